import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { createContext, useContext, type KeyboardEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { Mark } from '../parts/mark.tsx';
import { Name } from '../parts/name.tsx';
import { figure, shortName, visible } from '../parts/words.ts';
import { datasetHref, lineageHref } from '../shell/address.ts';
import type { Box } from './boxes.ts';
import { columnHref } from './lineage-address.ts';
import type { ArrowKey } from './move.ts';
import { datasetStatus } from './node-state.ts';
import type { Side } from './terms.ts';
import { totalWords } from './total-words.ts';

export type BoxNode = Node<{ box: Box }, 'dataset'>;

interface Actions {
  /** The column that is followed, of the dataset that was asked for. */
  readonly column: string | null;
  /** Which box Tab leads to. */
  readonly current: string;
  readonly setCurrent: (id: string) => void;
  readonly expand: (id: string, side: Side) => void;
  readonly fold: (id: string, side: Side) => void;
  readonly move: (id: string, arrow: ArrowKey) => void;
}

const Context = createContext<Actions | null>(null);
export const GraphActions = Context.Provider;

/** One dataset of the picture: its state as a shape and a word, its name, and how much of its neighbours is shown. */
export function DatasetBox({ data: { box } }: NodeProps<BoxNode>) {
  const actions = useContext(Context);
  const [, navigate] = useLocation();
  const { node, count } = box;
  const state = datasetStatus(node.status);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!actions || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const { key } = event;
    if (isArrow(key)) actions.move(node.id, key);
    else if (key === '+' || key === '=')
      SIDES.filter((side) => hides(box, side)).forEach((side) => actions.expand(node.id, side));
    else if (key === '-')
      SIDES.filter((side) => box.expanded[side]).forEach((side) => actions.fold(node.id, side));
    else if (key === 'o') navigate(lineageHref(node.id));
    else return;
    event.preventDefault();
  };
  const label = `${shortName(node.name)}, ${state.word}, made from ${sideWords(box, 'upstream')}, made into ${sideWords(box, 'downstream')}`;
  return (
    <div className={['box', box.isCentre ? 'centre' : '', box.onWay ? 'on-way' : ''].join(' ')}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="box-head">
        <Mark kind={state.kind} word={state.word} />
        {box.isCentre ? (
          <span className="soft">this one</span>
        ) : (
          <Link
            href={lineageHref(node.id)}
            className="soft"
            tabIndex={-1}
            aria-label={`from here: lineage of ${shortName(node.name)}`}
          >
            from here
          </Link>
        )}
      </div>
      <Link
        className="box-name"
        href={datasetHref(node.id)}
        data-box={node.id}
        data-row=""
        title={visible(node.name)}
        aria-label={label}
        tabIndex={(actions?.current ?? node.id) === node.id ? 0 : -1}
        onFocus={() => actions?.setCurrent(node.id)}
        onKeyDown={onKeyDown}
      >
        <Name text={node.name} />
      </Link>
      <span className="box-namespace soft">
        <Name text={node.namespace} />
      </span>
      {box.columns.length > 0 ? (
        <ul className="box-columns" aria-label={`Columns of ${shortName(node.name)}`}>
          {box.columns.map((column) => (
            <li key={column}>
              <Handle type="target" id={`in ${column}`} position={Position.Left} isConnectable={false} />
              <Link
                href={columnHref(node.id, column)}
                aria-current={box.isCentre && column === actions?.column ? 'true' : undefined}
                tabIndex={-1}
              >
                <Name text={column} />
              </Link>
              <Handle type="source" id={`out ${column}`} position={Position.Right} isConnectable={false} />
            </li>
          ))}
        </ul>
      ) : null}
      <div className="box-foot">
        {SIDES.map((side) => (
          <Expander key={side} box={box} side={side} actions={actions} />
        ))}
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
      <span className="visually-hidden">{count.upstream.total + count.downstream.total} neighbours</span>
    </div>
  );
}

const SIDES: readonly Side[] = ['upstream', 'downstream'];

interface ExpanderProps {
  readonly box: Box;
  readonly side: Side;
  readonly actions: Actions | null;
}

/** `+ 3 of 17`: what is shown of the neighbours on one side, and the way to the rest. */
function Expander({ box, side, actions }: ExpanderProps) {
  const { shown, total } = box.count[side];
  const all = totalWords(box.count[side]);
  const seen = shown < total ? `${figure(shown)} of ${all}` : all;
  const what = side === 'upstream' ? 'that make' : 'that are made from';
  const name = shortName(box.node.name);
  if (total === 0)
    return <span className="box-none soft">{side === 'upstream' ? 'from nothing' : 'into nothing'}</span>;
  if (shown < total && !box.expanded[side])
    return (
      <button
        type="button"
        tabIndex={-1}
        aria-label={`+ ${figure(shown)} of ${all} shown: show all ${what} ${name}`}
        onClick={() => actions?.expand(box.node.id, side)}
      >
        + {figure(shown)} of {all}
      </button>
    );
  if (box.expanded[side])
    return (
      <button
        type="button"
        tabIndex={-1}
        aria-label={`− ${seen}: show fewer ${what} ${name}`}
        onClick={() => actions?.fold(box.node.id, side)}
      >
        − {seen}
      </button>
    );
  return (
    <span className="box-none soft figures">
      {side === 'upstream' ? 'from' : 'into'} {all}
    </span>
  );
}

function hides({ count, expanded }: Box, side: Side): boolean {
  return !expanded[side] && count[side].shown < count[side].total;
}

function sideWords({ count }: Box, side: Side): string {
  const { shown, total } = count[side];
  const all = totalWords(count[side]);
  return shown === total ? all : `${all} of which ${figure(shown)} are shown`;
}

function isArrow(key: string): key is ArrowKey {
  return ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].includes(key);
}
