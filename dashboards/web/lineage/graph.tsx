import {
  Background,
  Controls,
  MarkerType,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type Edge,
  type Node,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { shortName } from '../parts/words.ts';
import { shapeOf, WIDTH, type Box } from './boxes.ts';
import { DatasetBox, GraphActions, type BoxNode } from './dataset-box.tsx';
import type { Link } from './graph-model.ts';
import { startLayout, useLayout, type Places } from './layout.ts';
import { neighbourTowards, type ArrowKey } from './move.ts';
import type { ColumnLink, Side } from './terms.ts';
import './graph.css';

export interface GraphProps {
  readonly boxes: readonly Box[];
  readonly links: readonly Link[];
  /** When columns are followed: lines lie between them. */
  readonly columnLinks: readonly ColumnLink[];
  readonly column: string | null;
  readonly centre: string;
  readonly onExpand: (id: string, side: Side) => void;
  readonly onFold: (id: string, side: Side) => void;
}

/** The lineage as a picture; the table has the same rows. */
export default function Graph(props: GraphProps) {
  return (
    <ReactFlowProvider>
      <Picture {...props} />
    </ReactFlowProvider>
  );
}

startLayout();

const NODE_TYPES = { dataset: DatasetBox };
const NEAREST = 0.15;
/** Smaller than this nobody can read a name: then the picture begins at the dataset that was asked for. */
const READABLE = 0.55;

function Picture({ boxes, links, columnLinks, column, centre, onExpand, onFold }: GraphProps) {
  // Laid out anew only when boxes come or go, not at each look at the server.
  const key = JSON.stringify([
    boxes.map(({ node, height }) => [node.id, height]),
    links.map(({ input, output }) => [input, output]),
  ]);
  const shape = useMemo(() => shapeOf(boxes, links), [key]);
  const { places, failed } = useLayout(shape);
  const [current, setCurrent] = useState(centre);
  const held = useRef<string | null>(null);
  const flow = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  useSteadyView(places, centre, held, frame);

  const focus = useCallback(
    (id: string): void => {
      setCurrent(id);
      const place = places?.get(id);
      const find = () => frame.current?.querySelector<HTMLElement>(`[data-box="${CSS.escape(id)}"]`);
      if (!place || isWithin(find(), frame.current)) {
        find()?.focus({ preventScroll: true });
        return;
      }
      // Out of sight it may not have been made: first the view, then the focus.
      void flow
        .setCenter(place.x + WIDTH / 2, place.y + 60, { zoom: flow.getZoom() })
        .then(() => requestAnimationFrame(() => find()?.focus({ preventScroll: true })));
    },
    [flow, places],
  );
  const actions = useMemo(
    () => ({
      column,
      current,
      setCurrent,
      expand: (id: string, side: Side) => {
        held.current = id;
        onExpand(id, side);
      },
      fold: (id: string, side: Side) => {
        held.current = id;
        onFold(id, side);
      },
      move: (id: string, arrow: ArrowKey) => {
        const next = places && neighbourTowards(id, arrow, links, places);
        if (next) focus(next);
      },
    }),
    [column, current, onExpand, onFold, places, links, focus],
  );
  const nodes = useMemo(() => (places ? boxes.flatMap((box) => nodeOf(box, places)) : []), [boxes, places]);
  const edges = useMemo(
    () => (columnLinks.length > 0 ? columnEdges(columnLinks) : datasetEdges(links, boxes)),
    [links, boxes, columnLinks],
  );
  if (failed)
    return (
      <p className="quiet" role="alert">
        This lineage cannot be drawn; it may be too deep. The table has all of it.
      </p>
    );
  return (
    <>
      <div className="graph" ref={frame} role="group" aria-label="Lineage, drawn">
        <GraphActions value={actions}>
          <ReactFlow
            nodes={nodes}
            edges={edges}
            nodeTypes={NODE_TYPES}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            disableKeyboardA11y
            preventScrolling={false}
            zoomOnScroll={false}
            panOnScroll={false}
            zoomOnDoubleClick={false}
            deleteKeyCode={null}
            selectionKeyCode={null}
            multiSelectionKeyCode={null}
            panActivationKeyCode={null}
            onlyRenderVisibleElements={nodes.length > 300}
            minZoom={NEAREST}
            maxZoom={1.25}
          >
            <Background gap={24} size={1} color="var(--line)" />
            <Controls showInteractive={false} />
          </ReactFlow>
        </GraphActions>
        {places ? null : <p className="graph-waiting soft">Being laid out</p>}
      </div>
      <p className="graph-keys">
        Arrow keys follow the lines, <kbd>+</kbd> shows what is hidden, <kbd>-</kbd> folds it again,{' '}
        <kbd>Enter</kbd> opens the dataset, <kbd>o</kbd> begins there. Drag to move, or take the table with{' '}
        <kbd>t</kbd>.
      </p>
    </>
  );
}

function isWithin(element: HTMLElement | null | undefined, frame: HTMLElement | null): boolean {
  const inner = element?.getBoundingClientRect();
  const outer = frame?.getBoundingClientRect();
  if (!inner || !outer) return false;
  return (
    inner.left >= outer.left &&
    inner.right <= outer.right &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom
  );
}

/** The whole picture at first; afterwards the box that somebody expanded stays where it is on the screen. */
function useSteadyView(
  places: Places | null,
  centre: string,
  held: { current: string | null },
  frame: { readonly current: HTMLDivElement | null },
): void {
  const flow = useReactFlow();
  const before = useRef<Places | null>(null);
  useEffect(() => {
    const last = before.current;
    before.current = places;
    if (!places) return;
    const anchor = held.current ?? centre;
    const was = last?.get(anchor);
    const is = places.get(anchor);
    if (was && is) {
      const { x, y, zoom } = flow.getViewport();
      void flow.setViewport({ x: x + (was.x - is.x) * zoom, y: y + (was.y - is.y) * zoom, zoom });
      return;
    }
    const outer = frame.current?.getBoundingClientRect();
    const all = [...places.values()];
    const begin = { x: Math.min(...all.map(({ x }) => x)), y: Math.min(...all.map(({ y }) => y)) };
    const end = {
      x: Math.max(...all.map(({ x }) => x)) + WIDTH,
      y: Math.max(...all.map(({ y }) => y)) + 160,
    };
    if (!outer || !is) return;
    const fits = Math.min(outer.width / (end.x - begin.x + 60), outer.height / (end.y - begin.y + 60), 1);
    if (fits >= READABLE) void flow.setCenter((begin.x + end.x) / 2, (begin.y + end.y) / 2, { zoom: fits });
    else void flow.setCenter(is.x + WIDTH / 2, is.y + 60, { zoom: 0.8 });
  }, [places, centre, held, frame, flow]);
}

function nodeOf(box: Box, places: Places): BoxNode[] {
  const place = places.get(box.node.id);
  if (!place) return [];
  const node: Node<{ box: Box }, 'dataset'> = {
    id: box.node.id,
    type: 'dataset',
    position: { x: place.x, y: place.y },
    // Known without a measurement, so that boxes out of sight need not be made.
    width: WIDTH,
    height: box.height,
    data: { box },
  };
  return [node];
}

const ARROW = { type: MarkerType.ArrowClosed, width: 16, height: 16, color: 'var(--soft)' } as const;

function datasetEdges(links: readonly Link[], boxes: readonly Box[]): Edge[] {
  const names = new Map(boxes.map(({ node, onWay }) => [node.id, { name: shortName(node.name), onWay }]));
  return links.map(({ input, output, jobs }) => {
    const onWay = Boolean(names.get(input)?.onWay && names.get(output)?.onWay);
    const by = jobs.length === 0 ? '' : ` by ${jobs.slice(0, 3).map(shortName).join(', ')}`;
    return {
      id: `${input} ${output}`,
      source: input,
      target: output,
      className: onWay ? 'on-way' : '',
      markerEnd: ARROW,
      ariaLabel: `${names.get(input)?.name ?? ''} makes ${names.get(output)?.name ?? ''}${by}`,
    };
  });
}

function columnEdges(links: readonly ColumnLink[]): Edge[] {
  return links.map(({ input, inputColumn, output, outputColumn }) => ({
    id: JSON.stringify([input, inputColumn, output, outputColumn]),
    source: input,
    sourceHandle: inputColumn === '' ? null : `out ${inputColumn}`,
    target: output,
    targetHandle: outputColumn === '' ? null : `in ${outputColumn}`,
    markerEnd: ARROW,
    ariaLabel: `${shortName(inputColumn)} makes ${shortName(outputColumn)}`,
  }));
}
