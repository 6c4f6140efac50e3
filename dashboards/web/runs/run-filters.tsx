import { useDeferredValue, useId, useState, type ReactNode } from 'react';
import type { JobDetail, JobList } from '../../../collector/api/schema/model.ts';
import type { DatasetDetail } from '../../../collector/api/schema/overview.ts';
import { Name } from '../parts/name.tsx';
import { runState } from '../parts/states.ts';
import { read, useResource } from '../shell/read.ts';

const STATES = ['FAILED', 'LOST', 'ABORTED', 'RUNNING', 'STARTED', 'COMPLETED', 'UNKNOWN'] as const;

/** Spans of time by what they are called; in milliseconds. */
const SPANS: Readonly<Record<string, readonly [words: string, milliseconds: number]>> = {
  hour: ['the last hour', 3_600_000],
  day: ['the last 24 hours', 86_400_000],
  week: ['the last 7 days', 604_800_000],
  month: ['the last 30 days', 2_592_000_000],
};

/** Filters that are the API's own, as they stand in the address. */
const PLAIN = ['job', 'dataset', 'state', 'parent', 'root', 'until', 'cursor'] as const;

/** What is asked of the API for what the address of the page says. */
export function runsQuery(search: URLSearchParams, limit: number): string {
  const asked = new URLSearchParams({ limit: String(limit) });
  for (const name of PLAIN) {
    const value = search.get(name);
    if (value) asked.set(name, value);
  }
  const since = sinceOf(search.get('since'));
  if (since) asked.set('since', since);
  return asked.toString();
}

/** To the minute, so that the same words ask the same question for a while. */
function sinceOf(text: string | null): string | null {
  if (text === null || text === '') return null;
  const span = SPANS[text];
  if (!span) return text;
  return new Date(Math.floor((Date.now() - span[1]) / 60_000) * 60_000).toISOString();
}

export function isFiltered(search: URLSearchParams): boolean {
  return [...PLAIN, 'since'].some((name) => name !== 'cursor' && Boolean(search.get(name)));
}

interface RunFiltersProps {
  readonly search: URLSearchParams;
  readonly change: (changes: Readonly<Record<string, string | null>>) => void;
}

/** Job, state and time; what a link brought along (a dataset, a parent) stands beside them and can be taken away. */
export function RunFilters({ search, change }: RunFiltersProps) {
  const set = (name: string, value: string | null): void => change({ [name]: value, cursor: null });
  const job = search.get('job');
  const dataset = search.get('dataset');
  const since = search.get('since') ?? '';
  return (
    <div className="run-filters">
      <div className="tools">
        {job ? (
          <JobChosen id={job} onRemove={() => set('job', null)} />
        ) : (
          <JobChoice onChoose={(id) => set('job', id)} />
        )}
        <label>
          State
          <select value={search.get('state') ?? ''} onChange={({ target }) => set('state', target.value)}>
            <option value="">any</option>
            {STATES.map((state) => (
              <option key={state} value={state}>
                {runState(state).word}
              </option>
            ))}
          </select>
        </label>
        <label>
          First heard of
          <select value={since} onChange={({ target }) => set('since', target.value)}>
            <option value="">at any time</option>
            {Object.entries(SPANS).map(([key, [words]]) => (
              <option key={key} value={key}>
                in {words}
              </option>
            ))}
            {since === '' || since in SPANS ? null : <option value={since}>since {since}</option>}
          </select>
        </label>
        {dataset ? <DatasetChosen id={dataset} onRemove={() => set('dataset', null)} /> : null}
        {(['parent', 'root', 'until'] as const).map((name) => {
          const value = search.get(name);
          return value ? (
            <Chosen key={name} what={name} onRemove={() => set(name, null)}>
              <Name text={value} />
            </Chosen>
          ) : null;
        })}
      </div>
    </div>
  );
}

function jobsPath(text: string): string {
  return `/api/v2/jobs?limit=20${text === '' ? '' : `&q=${encodeURIComponent(text)}`}`;
}

async function firstJob(text: string): Promise<string | null> {
  const { jobs } = await read<JobList>(jobsPath(text), AbortSignal.timeout(10_000));
  return (jobs.find(({ name }) => name === text) ?? jobs[0])?.id ?? null;
}

/** A job by a part of its name. */
function JobChoice({ onChoose }: { readonly onChoose: (id: string) => void }) {
  const list = useId();
  const [typed, setTyped] = useState('');
  const text = useDeferredValue(typed.trim());
  const { data } = useResource<JobList>(jobsPath(text));
  const choose = (value: string): void => {
    setTyped(value);
    const found = data?.jobs.filter(({ name }) => name === value) ?? [];
    const [only] = found;
    if (only && found.length === 1) onChoose(only.id);
  };
  return (
    <form
      className="job-choice"
      onSubmit={(event) => {
        event.preventDefault();
        // Enter may come before the answer to the last letter.
        if (typed.trim() !== '') void firstJob(typed.trim()).then((id) => id !== null && onChoose(id));
      }}
    >
      <label>
        <span className="visually-hidden">Filter by job: a part of its name, then Enter</span>
        <input
          className="filter"
          type="search"
          placeholder="Job ( / )"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          list={list}
          value={typed}
          onChange={(event) => choose(event.target.value)}
          data-filter=""
        />
      </label>
      <datalist id={list}>
        {data?.jobs.map(({ id, namespace, name }) => (
          <option key={id} value={name}>
            {namespace}
          </option>
        ))}
      </datalist>
      <span className="soft" role="status">
        {text !== '' && data?.jobs.length === 0 ? 'no job has this in its name' : ''}
      </span>
    </form>
  );
}

function JobChosen({ id, onRemove }: { readonly id: string; readonly onRemove: () => void }) {
  const { data } = useResource<JobDetail>(`/api/v2/jobs/${encodeURIComponent(id)}`);
  return (
    <Chosen what="job" onRemove={onRemove}>
      <Name text={data?.job.name ?? id} />
    </Chosen>
  );
}

function DatasetChosen({ id, onRemove }: { readonly id: string; readonly onRemove: () => void }) {
  const { data } = useResource<DatasetDetail>(`/api/v2/datasets/${encodeURIComponent(id)}`);
  return (
    <Chosen what="dataset" onRemove={onRemove}>
      <Name text={data?.name ?? id} />
    </Chosen>
  );
}

interface ChosenProps {
  readonly what: string;
  readonly onRemove: () => void;
  readonly children: ReactNode;
}

function Chosen({ what, onRemove, children }: ChosenProps) {
  return (
    <span className="chosen">
      <span className="soft">{what}</span> {children}
      <button type="button" className="plain" onClick={onRemove}>
        Remove<span className="visually-hidden"> the filter by {what}</span>
      </button>
    </span>
  );
}
