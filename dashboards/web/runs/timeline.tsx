import { Link } from 'wouter';
import type { RunDetail, RunItem, RunList } from '../../../collector/api/schema/model.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name } from '../parts/name.tsx';
import { runState } from '../parts/states.ts';
import { clockTime, count, duration, seconds } from '../parts/words.ts';
import { runHref } from '../shell/address.ts';
import { useAddressState } from '../shell/address-state.ts';
import { useResource } from '../shell/read.ts';
import { timelineShape, type TimelineRow, type TimelineShape } from './timeline-rows.ts';

const MOST = 200;

/** The run among its parents and children, by time; the same as a table. */
export function Timeline({ detail }: { readonly detail: RunDetail }) {
  const { run, parent, children } = detail;
  const root = run.rootRunId ?? run.id;
  const { data, dataUpdatedAt } = useResource<RunList>(
    `/api/v2/runs?root=${encodeURIComponent(root)}&limit=${MOST}`,
  );
  const [search, change] = useAddressState();
  const asTable = search.get('as') === 'table';
  const all = new Map<string, RunItem>(
    [...(data?.runs ?? []), ...(parent ? [parent] : []), ...children, run].map((one) => [one.id, one]),
  );
  const shape = timelineShape([...all.values()], dataUpdatedAt);
  return (
    <section className="block" aria-labelledby="timeline">
      <div className="block-head">
        <h2 id="timeline">{all.size === 1 ? 'When it ran' : 'With its parents and children'}</h2>
        <span className="soft figures">
          {count(all.size, 'run')} in {seconds((shape.end - shape.begin) / 1000)}
        </span>
        <span className="toggle" role="group" aria-label="Show the runs as">
          <button type="button" aria-pressed={!asTable} onClick={() => change({ as: null })}>
            Timeline
          </button>
          <button type="button" aria-pressed={asTable} onClick={() => change({ as: 'table' })}>
            Table
          </button>
        </span>
      </div>
      {asTable ? <AsTable shape={shape} current={run.id} /> : <AsBars shape={shape} current={run.id} />}
      {data?.next ? (
        <p className="quiet">
          The newest {MOST} are shown. <Link href={`/runs?root=${encodeURIComponent(root)}`}>List all</Link>.
        </p>
      ) : null}
    </section>
  );
}

interface FormProps {
  readonly shape: TimelineShape;
  /** Id of the run that the page is about. */
  readonly current: string;
}

function AsBars({ shape, current }: FormProps) {
  const { rows, begin, end } = shape;
  return (
    <>
      <div className="timeline-scale figures" aria-hidden="true">
        <span className="timeline-ticks">
          <span>{clockTime(begin)}</span>
          <span>+ {seconds((end - begin) / 1000)}</span>
        </span>
      </div>
      <ol className="timeline" ref={showCurrent}>
        {rows.map((row) => (
          <Bar key={row.run.id} row={row} isCurrent={row.run.id === current} />
        ))}
      </ol>
    </>
  );
}

/** Scrolls a long list, and not the page, to the run that the page is about. */
function showCurrent(list: HTMLOListElement | null): void {
  const row = list?.querySelector<HTMLElement>('[aria-current]');
  if (list && row) list.scrollTop = row.offsetTop - list.offsetTop - list.clientHeight / 2;
}

function Bar({
  row: { run, depth, from, length },
  isCurrent,
}: {
  readonly row: TimelineRow;
  readonly isCurrent: boolean;
}) {
  const { kind, word } = runState(run.state);
  return (
    <li aria-current={isCurrent ? 'true' : undefined}>
      <span className="timeline-name" style={{ paddingLeft: `${Math.min(depth, 8) * 0.9}rem` }}>
        <Mark kind={kind} word={word} />
        <RunName run={run} isCurrent={isCurrent} />
      </span>
      <svg className="timeline-bars" aria-hidden="true" focusable="false">
        <rect
          className={`bar-${kind}`}
          x={`${Math.min(from * 100, 99.6)}%`}
          y="15%"
          width={`${Math.max(length * 100, 0.4)}%`}
          height="70%"
          rx="2"
        />
      </svg>
      <span className="number">{duration(run.startedAt, run.endedAt)}</span>
    </li>
  );
}

function RunName({ run, isCurrent }: { readonly run: RunItem; readonly isCurrent: boolean }) {
  return isCurrent ? (
    <strong>
      <Name text={run.job} />
    </strong>
  ) : (
    <Link href={runHref(run.id)} data-row="">
      <Name text={run.job} />
    </Link>
  );
}

function AsTable({ shape, current }: FormProps) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Runs as a table">
      <table>
        <caption>Each parent before its children</caption>
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col" className="number">
              Level
            </th>
            <th scope="col">State</th>
            <th scope="col">Begun</th>
            <th scope="col" className="number">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {shape.rows.map(({ run, depth }) => {
            const { kind, word } = runState(run.state);
            return (
              <tr key={run.id}>
                <th scope="row">
                  <RunName run={run} isCurrent={run.id === current} />
                </th>
                <td className="number">{depth + 1}</td>
                <td>
                  <Mark kind={kind} word={word} />
                </td>
                <td>
                  {run.startedAt === null ? <span className="soft">–</span> : <Moment at={run.startedAt} />}
                </td>
                <td className="number">{duration(run.startedAt, run.endedAt)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
