import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LineageEdge, LineageNode } from '#api/schema/lineage.ts';
import {
  mergeAnswers,
  nearestSteps,
  readExpansions,
  shownOf,
  sideCount,
  writeExpansions,
} from '../../dashboards/web/lineage/graph-model.ts';
import { rankerFor } from '../../dashboards/web/lineage/layout-request.ts';
import { neighbourTowards } from '../../dashboards/web/lineage/move.ts';

const node = (
  id: string,
  hidden: Partial<LineageNode['hidden']> = {},
  status: LineageNode['status'] = 'ok',
): LineageNode => ({
  id,
  namespace: 'n',
  name: id,
  depth: 0,
  hidden: { upstream: 0, downstream: 0, ...hidden },
  owner: null,
  layer: null,
  status,
  contract: null,
});
const edge = (input: string, output: string, job: string | null = 'job'): LineageEdge => ({
  input,
  output,
  jobId: null,
  jobNamespace: null,
  job,
  source: 'cartesian',
});

describe('what is shown of a lineage', () => {
  const below = Array.from({ length: 12 }, (_, index) => `d${String(index).padStart(2, '0')}`);
  const answer = {
    datasets: [
      node('centre'),
      node('up', { upstream: 3 }),
      ...below.map((id) => node(id, {}, id === 'd11' ? 'held' : 'ok')),
    ],
    edges: [edge('up', 'centre'), ...below.map((id) => edge('centre', id))],
  };

  test('one step, of many neighbours the first, the worst before the others, and how many there are', () => {
    const graph = mergeAnswers([answer]);
    const shown = shownOf(graph, 'centre', 1, []);
    assert.equal(shown.places.size, 1 + 1 + 8);
    assert.ok(shown.places.has('d11'), 'what is held is not hidden');
    assert.deepEqual(sideCount(graph, shown, 'centre', 'downstream'), {
      shown: 8,
      total: 12,
      atLeast: false,
    });
    assert.deepEqual(sideCount(graph, shown, 'up', 'upstream'), { shown: 0, total: 3, atLeast: false });
    assert.equal(shown.links.length, 1 + 8);
    assert.equal(
      shownOf(graph, 'centre', Number.POSITIVE_INFINITY, []).places.size,
      14,
      'all when all is asked for',
    );
  });

  test('where the server stopped counting, there are at least so many', () => {
    const graph = mergeAnswers([{ datasets: [node('hub', { downstream: 1000 })], edges: [] }]);
    const count = sideCount(graph, shownOf(graph, 'hub', 1, []), 'hub', 'downstream');
    assert.deepEqual(count, { shown: 0, total: 1000, atLeast: true });
  });

  test('an expansion shows all of one side, once it is read, and expansions follow one another', () => {
    const further = {
      datasets: [node('up'), node('top', { upstream: 1 })],
      edges: [edge('top', 'up', 'a'), edge('top', 'up', 'b')],
    };
    const graph = mergeAnswers([answer, further]);
    const expansions = readExpansions('utop,uup,dcentre,nonsense');
    assert.equal(writeExpansions(expansions), 'utop,uup,dcentre');
    const shown = shownOf(graph, 'centre', 1, expansions);
    assert.equal(shown.places.size, 14 + 1);
    assert.deepEqual(shown.places.get('top'), { id: 'top', steps: -2 });
    assert.deepEqual(graph.links.find(({ input }) => input === 'top')?.jobs, ['a', 'b']);
    assert.deepEqual(sideCount(graph, shown, 'up', 'upstream'), { shown: 1, total: 3, atLeast: false });
  });

  test('a circle and an edge to itself end', () => {
    const graph = mergeAnswers([
      { datasets: [node('a'), node('b')], edges: [edge('a', 'b'), edge('b', 'a'), edge('a', 'a')] },
    ]);
    assert.equal(shownOf(graph, 'a', Number.POSITIVE_INFINITY, readExpansions('da,db,ua')).places.size, 2);
  });
});

test('of too many the nearest steps that can be drawn are offered', () => {
  const places = new Map(
    [0, 1, 1, -1, 2, 2, 2, -2, 3, 3].map((steps, index) => [String(index), { id: String(index), steps }]),
  );
  const shown = { places, links: [] };
  assert.deepEqual(nearestSteps(shown, 9), { steps: 2 });
  assert.deepEqual(nearestSteps(shown, 7), { steps: 1 });
  assert.equal(nearestSteps(shown, 3), null, 'one step has too many');
  assert.equal(
    nearestSteps({ places: new Map([...places].slice(0, 3)), links: [] }, 2),
    null,
    'nothing is farther',
  );
});

test('up to 300 boxes the better layout is taken, above it the quicker one', () => {
  assert.equal(rankerFor(300), 'network-simplex');
  assert.equal(rankerFor(301), 'longest-path');
});

test('arrow keys lead along the lines, and to what stands above and below', () => {
  const at = (id: string, x: number, y: number) => [id, { id, x, y }] as const;
  const places = new Map([at('a', 0, 0), at('b', 300, 0), at('c', 300, 100), at('d', 300, 250)]);
  const links = ['b', 'c', 'd'].map((output) => ({ input: 'a', output, jobs: [] }));
  assert.equal(neighbourTowards('a', 'ArrowRight', links, places), 'b');
  assert.equal(neighbourTowards('d', 'ArrowLeft', links, places), 'a');
  assert.equal(neighbourTowards('c', 'ArrowDown', links, places), 'd');
  assert.equal(neighbourTowards('c', 'ArrowUp', links, places), 'b');
  assert.equal(neighbourTowards('b', 'ArrowUp', links, places), null);
  assert.equal(neighbourTowards('a', 'ArrowLeft', links, places), null);
});
