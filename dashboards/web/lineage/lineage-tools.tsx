import { useState } from 'react';
import type { ColumnList } from '../../../collector/api/schema/model.ts';
import { count, shortName } from '../parts/words.ts';
import { useAddressState } from '../shell/address-state.ts';
import { saveFile } from '../shell/save-file.ts';
import { useResource } from '../shell/read.ts';
import type { Box } from './boxes.ts';
import { csvOf, saveImpact } from './lineage-csv.ts';
import { stepsOf } from './lineage-question.ts';
import type { LineageAnswer, Side } from './terms.ts';

const STEPS = ['1', '2', '3', '5', 'all'] as const;

interface LineageToolsProps {
  readonly answer: LineageAnswer;
  readonly boxes: readonly Box[];
  readonly asTable: boolean;
  readonly canDraw: boolean;
}

/** Steps, column, moment, form, and files. */
export function LineageTools({ answer, boxes, asTable, canDraw }: LineageToolsProps) {
  const [search, change] = useAddressState();
  const steps = stepsOf(search);
  return (
    <div className="block-head lineage-tools">
      <div className="tools">
        <span className="toggle" role="group" aria-label="Show the lineage as">
          <button
            type="button"
            aria-pressed={!asTable}
            disabled={!canDraw}
            onClick={() => change({ as: 'graph' })}
          >
            Graph
          </button>
          <button type="button" aria-pressed={asTable} onClick={() => change({ as: 'table' })}>
            Table
          </button>
        </span>
        <label>
          Steps
          <select
            value={steps === null ? 'all' : String(steps)}
            onChange={({ target }) => change({ steps: target.value, open: null }, { push: true })}
          >
            {[...new Set([...STEPS, ...(steps === null ? [] : [String(steps)])])].map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </select>
        </label>
        <ColumnChoice answer={answer} />
        <MomentChoice />
      </div>
      <div className="tools">
        <span className="soft figures">{count(boxes.length, 'dataset')}</span>
        <Files answer={answer} boxes={boxes} />
      </div>
    </div>
  );
}

function ColumnChoice({ answer: { dataset, column } }: { readonly answer: LineageAnswer }) {
  const [, change] = useAddressState();
  const { data } = useResource<ColumnList>(
    `/api/v2/datasets/${encodeURIComponent(dataset.id)}/columns?limit=1000`,
  );
  const names = data?.columns.map(({ name }) => name) ?? [];
  const options = column === null || names.includes(column) ? names : [column, ...names];
  // Its room is there before the names are, so that nothing jumps.
  if (data !== undefined && options.length === 0) return null;
  return (
    <label>
      Column
      <select
        value={column ?? ''}
        onChange={({ target }) =>
          change({ column: target.value, open: null, steps: null, to: null }, { push: true })
        }
      >
        <option value="">whole dataset</option>
        {options.map((name) => (
          <option key={name} value={name}>
            {shortName(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Lineage as it was: in the reader's own time, as the field of the browser shows it. */
function MomentChoice() {
  const [search, change] = useAddressState();
  const at = search.get('at');
  return (
    <>
      <label>
        As of
        <input
          type="datetime-local"
          value={at === null ? '' : localText(at)}
          onChange={({ target }) => {
            const time = Date.parse(target.value);
            change({ at: Number.isNaN(time) ? null : new Date(time).toISOString() });
          }}
        />
      </label>
      {at === null ? null : (
        <button type="button" className="plain" onClick={() => change({ at: null })}>
          Now
        </button>
      )}
    </>
  );
}

/** `2026-11-21T23:10` in the reader's zone. */
function localText(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function Files({ answer, boxes }: { readonly answer: LineageAnswer; readonly boxes: readonly Box[] }) {
  const [search] = useAddressState();
  const [failure, setFailure] = useState<string | null>(null);
  const save = (side: Side): void => {
    setFailure(null);
    saveImpact(answer, side, search.get('at')).catch((error: unknown) =>
      setFailure(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <>
      <button type="button" onClick={() => saveFile('lineage.csv', csvOf(boxes))}>
        These rows as CSV
      </button>
      <details className="files">
        <summary>All of it</summary>
        <div>
          <button type="button" onClick={() => save('upstream')}>
            All that it is made from, as CSV
          </button>
          <button type="button" onClick={() => save('downstream')}>
            All that is made from it, as CSV
          </button>
        </div>
      </details>
      {failure === null ? null : (
        <span className="refusal" role="alert">
          {failure}
        </span>
      )}
    </>
  );
}
