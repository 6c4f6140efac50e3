import { useState } from 'react';
import { Link } from 'wouter';
import { Mark } from '../parts/mark.tsx';
import { Name } from '../parts/name.tsx';
import { count, figure, shortName } from '../parts/words.ts';
import { datasetHref, lineageHref } from '../shell/address.ts';
import type { Box } from './boxes.ts';
import type { Shown } from './graph-model.ts';
import { datasetStatus } from './node-state.ts';
import { ByJobs } from './one-hop.tsx';
import type { Side } from './terms.ts';
import { totalWords } from './total-words.ts';

const SHOWN = 500;

interface LineageTableProps {
  readonly boxes: readonly Box[];
  readonly shown: Shown;
  readonly onExpand: (id: string, side: Side) => void;
  readonly onFold: (id: string, side: Side) => void;
}

/** The datasets of the picture as rows: what it is made from, itself, and what is made from it, nearest first. */
export function LineageTable({ boxes, shown, onExpand, onFold }: LineageTableProps) {
  const [most, setMost] = useState(SHOWN);
  const steps = (box: Box): number => shown.places.get(box.node.id)?.steps ?? 0;
  const rows = boxes.toSorted(
    (a, b) =>
      Math.sign(steps(a)) - Math.sign(steps(b)) ||
      Math.abs(steps(a)) - Math.abs(steps(b)) ||
      (a.node.name < b.node.name ? -1 : 1),
  );
  const jobs = jobsOf(shown);
  return (
    <>
      <table className="lineage-table">
        <caption className="visually-hidden">
          Datasets of this lineage with their distance, state, and how many neighbours of each are shown
        </caption>
        <thead>
          <tr>
            <th scope="col">Dataset</th>
            <th scope="col" className="col-where">
              Where
            </th>
            <th scope="col" className="col-state">
              State
            </th>
            <th scope="col" className="col-count">
              Made from
            </th>
            <th scope="col" className="col-count">
              Made into
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((box) => (
            <Row
              key={box.node.id}
              box={box}
              steps={steps(box)}
              jobs={jobs.get(box.node.id) ?? []}
              onExpand={onExpand}
              onFold={onFold}
            />
          ))}
        </tbody>
      </table>
      {rows.length > most ? (
        <p className="quiet">
          <button type="button" onClick={() => setMost(most + SHOWN)}>
            Show {figure(Math.min(SHOWN, rows.length - most))} more of {figure(rows.length)}
          </button>
        </p>
      ) : null}
    </>
  );
}

interface RowProps extends Pick<LineageTableProps, 'onExpand' | 'onFold'> {
  readonly box: Box;
  readonly steps: number;
  readonly jobs: readonly string[];
}

function Row({ box, steps, jobs, onExpand, onFold }: RowProps) {
  const { node, isCentre, columns } = box;
  const state = datasetStatus(node.status);
  return (
    <tr aria-current={isCentre ? 'true' : undefined}>
      <th scope="row">
        <Link href={datasetHref(node.id)} data-row="">
          <Name text={node.name} />
        </Link>
        <span className="namespace">
          <Name text={node.namespace} />
        </span>
        {jobs.length > 0 ? (
          <span className="namespace">
            <ByJobs jobs={jobs} />
          </span>
        ) : null}
        {columns.length > 0 ? (
          <span className="namespace">
            {columns.map((column, index) => (
              <span key={column}>
                {index > 0 ? ', ' : ''}
                <Name text={column} />
              </span>
            ))}
          </span>
        ) : null}
      </th>
      <td className="col-where figures">
        {isCentre ? 'this one' : whereWords(steps)}
        {isCentre ? null : (
          <span className="namespace">
            <Link href={lineageHref(node.id)} aria-label={`from here: lineage of ${shortName(node.name)}`}>
              from here
            </Link>
          </span>
        )}
      </td>
      <td className="col-state">
        <Mark kind={state.kind} word={state.word} />
      </td>
      {(['upstream', 'downstream'] as const).map((side) => (
        <td key={side} className="col-count figures">
          <Count box={box} side={side} onExpand={onExpand} onFold={onFold} />
        </td>
      ))}
    </tr>
  );
}

interface CountProps extends Pick<LineageTableProps, 'onExpand' | 'onFold'> {
  readonly box: Box;
  readonly side: Side;
}

function Count({ box, side, onExpand, onFold }: CountProps) {
  const { shown, total } = box.count[side];
  const all = totalWords(box.count[side]);
  const seen = shown < total ? `${figure(shown)} of ${all}` : all;
  if (total === 0) return <span className="soft">nothing</span>;
  const name = shortName(box.node.name);
  const what = side === 'upstream' ? 'that make' : 'that are made from';
  if (shown < total && !box.expanded[side])
    return (
      <button
        type="button"
        aria-label={`+ ${figure(shown)} of ${all} shown: show all ${what} ${name}`}
        onClick={() => onExpand(box.node.id, side)}
      >
        + {figure(shown)} of {all}
      </button>
    );
  if (box.expanded[side])
    return (
      <button
        type="button"
        aria-label={`− ${seen}: show fewer ${what} ${name}`}
        onClick={() => onFold(box.node.id, side)}
      >
        − {seen}
      </button>
    );
  return all;
}

function whereWords(steps: number): string {
  if (steps === 0) return 'beside';
  return `${count(Math.abs(steps), 'step')} ${steps < 0 ? 'above' : 'below'}`;
}

/** By which jobs each is made of what is shown. */
function jobsOf({ links }: Shown): Map<string, readonly string[]> {
  const jobs = new Map<string, Set<string>>();
  for (const { output, jobs: by } of links) {
    const known = jobs.get(output) ?? new Set<string>();
    jobs.set(output, known);
    by.forEach((job) => known.add(job));
  }
  return new Map([...jobs].map(([id, names]) => [id, [...names].toSorted()]));
}
