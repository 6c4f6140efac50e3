import { useCallback, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { Mark } from '../parts/mark.tsx';
import { Name } from '../parts/name.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { count, figure } from '../parts/words.ts';
import { datasetHref } from '../shell/address.ts';
import { Absent, isAbsent } from '../shell/absent.tsx';
import { useAddressState } from '../shell/address-state.ts';
import { Answer, Page } from '../shell/page.tsx';
import { partFile } from '../shell/part-file.tsx';
import { boxesOf } from './boxes.ts';
import { columnsByDataset, edgesOfColumns, nodesOfColumns } from './column-model.ts';
import {
  mergeAnswers,
  nearestSteps,
  readExpansions,
  shownOf,
  writeExpansions,
  type Shown,
} from './graph-model.ts';
import { DRAWN_UP_TO } from './layout-request.ts';
import { LineageTable } from './lineage-table.tsx';
import type { GraphProps } from './graph.tsx';
import { questionOf, stepsOf } from './lineage-question.ts';
import { LineageTools } from './lineage-tools.tsx';
import { datasetStatus } from './node-state.ts';
import { PathBlock } from './path-block.tsx';
import { useExpansions, useLineage, useLineagePath } from './read-lineage.ts';
import type { LineageAnswer, LineagePathAnswer, Side } from './terms.ts';
import './lineage.css';

// The picture's library comes in a file of its own.
const Graph = partFile<GraphProps>(() => import('./graph.tsx'), <Skeleton rows={8} />);

const NARROW = '(max-width: 640px)';

/** Where from, where to? */
export default function LineagePage({ id }: { readonly id: string }) {
  const [search] = useAddressState();
  const column = search.get('column');
  const at = search.get('at');
  // While the answer is on its way.
  useState(() => matchMedia(NARROW).matches || void Graph.preload().catch(() => undefined));
  const query = useLineage(questionOf(id, search));
  const path = useLineagePath(id, search.get('to'), at);
  const { data } = query;
  return (
    <Page
      title={data ? `Lineage of ${data.dataset.name}` : 'Lineage'}
      heading={
        data ? (
          <>
            Lineage of <Name text={data.dataset.name} />
            {column === null ? null : (
              <>
                {' '}
                column <Name text={column} />
              </>
            )}
          </>
        ) : isAbsent(query) ? (
          'There is no such dataset'
        ) : (
          'Lineage'
        )
      }
      about={data ? <About answer={data} /> : undefined}
      readAt={query.dataUpdatedAt}
    >
      {isAbsent(query) ? (
        <Absent query={query} />
      ) : (
        <Answer query={query} rows={12}>
          {(answer) => (
            <>
              <PathBlock id={answer.dataset.id} path={path} />
              <Content answer={answer} path={path.data ?? null} />
            </>
          )}
        </Answer>
      )}
    </Page>
  );
}

function About({ answer }: { readonly answer: LineageAnswer }) {
  const { dataset, datasets, column } = answer;
  const here = datasets.find(({ id }) => id === dataset.id);
  const state = datasetStatus(here?.status ?? null);
  return (
    <>
      <ul className="facts-line">
        <li>
          <Mark kind={state.kind} word={state.word} />
        </li>
        {here?.owner ? (
          <li>
            <Name text={here.owner} />
          </li>
        ) : null}
        <li>
          <Link href={datasetHref(dataset.id)}>the dataset</Link>
        </li>
        {column === null ? null : (
          <li>
            <Link href={`/lineage/${encodeURIComponent(dataset.id)}`}>the whole dataset’s lineage</Link>
          </li>
        )}
      </ul>
      <p className="namespace">
        <Name text={dataset.namespace} />
      </p>
    </>
  );
}

interface ContentProps {
  readonly answer: LineageAnswer;
  readonly path: LineagePathAnswer | null;
}

function Content({ answer, path }: ContentProps) {
  const [search, change] = useAddressState();
  const opened = search.get('open');
  const expansions = useMemo(() => readExpansions(opened), [opened]);
  const followsColumn = answer.column !== null;
  const further = useExpansions(followsColumn ? [] : expansions, search.get('at'));
  const centre = answer.dataset.id;
  const graph = useMemo(
    () =>
      mergeAnswers([
        followsColumn ? { datasets: nodesOfColumns(answer), edges: edgesOfColumns(answer) } : answer,
        ...further.answers,
        ...(path && !followsColumn ? [path] : []),
      ]),
    [answer, further.answers, path, followsColumn],
  );
  const depth = stepsOf(search) ?? Number.POSITIVE_INFINITY;
  const shown = useMemo(
    () => shownOf(graph, centre, depth, expansions, path?.datasets.map(({ id }) => id) ?? []),
    [graph, centre, depth, expansions, path],
  );
  const boxes = useMemo(
    () =>
      boxesOf({
        graph,
        shown,
        centre,
        expansions,
        way: path?.datasets.map(({ id }) => id) ?? [],
        columns: followsColumn ? columnsByDataset(answer) : new Map<string, string[]>(),
      }),
    [graph, shown, centre, expansions, path, answer, followsColumn],
  );
  const expand = useCallback(
    (id: string, side: Side): void => {
      if (followsColumn) change({ steps: 'all' }, { push: true });
      else change({ open: writeExpansions([...readExpansions(opened), { id, side }]) }, { push: true });
    },
    [change, opened, followsColumn],
  );
  const fold = useCallback(
    (id: string, side: Side): void =>
      change(
        { open: writeExpansions(readExpansions(opened).filter((one) => one.id !== id || one.side !== side)) },
        { push: true },
      ),
    [change, opened],
  );
  const tooMany = boxes.length > DRAWN_UP_TO;
  const asTable =
    tooMany || (search.get('as') ?? (matchMedia(NARROW).matches ? 'table' : 'graph')) === 'table';
  const alone = boxes.length === 1;
  return (
    <section className="block lineage" aria-label="Lineage">
      <LineageTools answer={answer} boxes={boxes} asTable={asTable} canDraw={!tooMany} />
      <div role="status">
        {alone ? <Alone answer={answer} /> : null}
        {tooMany ? <TooMany shown={shown} boxes={boxes.length} /> : null}
        {answer.truncated ? (
          <p className="quiet">
            There is more: {count(answer.datasets.length, 'dataset')} were read. Choose fewer steps, or take
            the file of all that lies above or below.
          </p>
        ) : null}
        {further.error ? <p className="quiet">{further.error.message}</p> : null}
      </div>
      {asTable ? (
        <LineageTable boxes={boxes} shown={shown} onExpand={expand} onFold={fold} />
      ) : (
        <Graph
          key={`${centre} ${answer.column ?? ''}`}
          boxes={boxes}
          links={shown.links}
          columnLinks={followsColumn ? answer.columnEdges : NO_LINKS}
          column={answer.column}
          centre={centre}
          onExpand={expand}
          onFold={fold}
        />
      )}
    </section>
  );
}

/** What to do about a lineage that nobody could read as a picture. */
function TooMany({ shown, boxes }: { readonly shown: Shown; readonly boxes: number }) {
  const [search, change] = useAddressState();
  // Of all that there is every neighbour is shown; of so many steps the first of them.
  const near = nearestSteps(shown, DRAWN_UP_TO) ?? (stepsOf(search) === null ? { steps: 1 } : null);
  return (
    <p className="quiet">
      {figure(boxes)} datasets are too many to draw; the table has all of them, and leads to the lineage of
      each.{' '}
      {near === null ? null : (
        <button
          type="button"
          className="plain"
          onClick={() => change({ steps: String(near.steps), open: null, as: null }, { push: true })}
        >
          Draw the nearest {near.steps === 1 ? 'step' : `${figure(near.steps)} steps`}
        </button>
      )}
    </p>
  );
}

const NO_LINKS: LineageAnswer['columnEdges'] = [];

/** Nothing above, nothing below: what would make it otherwise. */
function Alone({ answer: { column, at } }: { readonly answer: LineageAnswer }) {
  return (
    <p className="quiet">
      {column === null
        ? 'No event says what this dataset is made from, or what is made of it. Lineage comes from runs that name both inputs and outputs'
        : 'No event says where this column comes from, or where it goes. Column lineage comes with the columnLineage facet, which Spark and dbt send by themselves'}
      {at === null ? '.' : ', and at that time there were none.'}
    </p>
  );
}
