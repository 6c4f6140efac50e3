import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { groupAliases } from '#model/alias-groups.ts';
import type { AliasDecision, AliasEdge, AliasName } from '#model/alias.ts';
import { parseEventTime } from '#model/event-time.ts';
import { contentId, datasetId } from '#model/ids.ts';
import { orderKey } from '#model/order-key.ts';

const HIVE = 'hive://meta:9083';
const GLUE = 'arn:aws:glue:eu:1';

const nameOf = (namespace: string, name: string): AliasName => ({
  id: datasetId(namespace, name),
  namespace,
  name,
});
const at = (time: string): string => {
  const parsed = parseEventTime(time);
  assert(parsed);
  return orderKey(parsed, 'COMPLETE', contentId(time));
};

const edge = (
  kind: AliasEdge['kind'],
  from: AliasName,
  to: AliasName,
  first = '2026-01-01T00:00:00Z',
  last = first,
): AliasEdge => ({
  kind,
  from: from.id,
  to: to.id,
  firstKey: kind === 'rename' ? at(first) : null,
  lastKey: kind === 'rename' ? at(last) : null,
});

/** The groups as sorted lists of names, the canonical one first, and why edges do not join. */
function grouped(
  names: readonly AliasName[],
  edges: readonly AliasEdge[],
  decisions: readonly AliasDecision[] = [],
): { groups: string[][]; withheld: string[] } {
  const { canonical, withheld } = groupAliases(names, edges, decisions);
  const name = (id: string): string => names.find((one) => one.id === id)?.name ?? id;
  const groups = new Map<string, string[]>();
  for (const [member, head] of canonical) {
    const group = groups.get(head) ?? [];
    groups.set(head, member === head ? group : [...group, name(member)].sort());
  }
  return {
    groups: [...groups]
      .map(([head, members]) => [name(head), ...members])
      .sort((a, b) => (a.join() < b.join() ? -1 : 1)),
    withheld: [...withheld].map(([{ from, to }, reason]) => `${name(from)} ${name(to)} ${reason}`).sort(),
  };
}

const table = nameOf(HIVE, 'db.orders');
const path = nameOf('s3://lake', 'warehouse/orders');
const other = nameOf(HIVE, 'db.users');
const glue = nameOf(GLUE, 'table/db/orders');

describe('names that are one dataset', () => {
  test('by either direction of symlinks, under the name of the catalogue', () => {
    for (const edges of [
      [edge('table', path, table)],
      [edge('location', table, path)],
      [edge('table', path, table), edge('location', table, path)],
    ])
      assert.deepEqual(grouped([table, path], edges), {
        groups: [['db.orders', 'warehouse/orders']],
        withheld: [],
      });
  });

  test('a catalogue in a path of its own (an Iceberg warehouse) is a catalogue all the same', () => {
    const iceberg = nameOf('s3://lake/warehouse', 'db.orders');
    assert.deepEqual(grouped([iceberg, path], [edge('table', path, iceberg)]).groups, [
      ['db.orders', 'warehouse/orders'],
    ]);
  });

  test('two catalogues may name one place', () => {
    const { groups, withheld } = grouped(
      [table, path, glue],
      [edge('table', path, table), edge('table', path, glue)],
    );
    assert.deepEqual(
      groups.map((group) => group.toSorted()),
      [['db.orders', 'table/db/orders', 'warehouse/orders']],
    );
    assert.deepEqual(withheld, []);
  });

  test('a table whose path was renamed goes under the name that lies at the present path', () => {
    const before = nameOf(HIVE, 'db.a_before');
    const after = nameOf(HIVE, 'db.b_after');
    const oldPath = nameOf('s3://lake', 'warehouse/a_before');
    const newPath = nameOf('s3://lake', 'warehouse/b_after');
    const symlinks = [edge('table', oldPath, before), edge('table', newPath, after)];
    const all = [before, after, oldPath, newPath];
    const { groups } = grouped(all, [...symlinks, edge('rename', oldPath, newPath)]);
    assert.deepEqual(groups, [['db.b_after', 'db.a_before', 'warehouse/a_before', 'warehouse/b_after']]);
    // A table that lies at the present path as well was not left.
    const both = [...symlinks, edge('location', before, newPath), edge('rename', oldPath, newPath)];
    assert.equal(
      grouped(all, both, [{ a: before.id, b: after.id, verdict: 'join' }]).groups[0]?.[0],
      'db.a_before',
    );
  });

  test('a renamed one goes under its present name', () => {
    const [a, b, c] = ['z', 'y', 'x'].map((name) => nameOf(HIVE, name)) as [AliasName, AliasName, AliasName];
    const renames = [
      edge('rename', c, b, '2026-01-01T00:00:00Z'),
      edge('rename', b, a, '2026-01-05T00:00:00Z'),
    ];
    assert.deepEqual(grouped([a, b, c], renames), { groups: [['z', 'x', 'y']], withheld: [] });
  });
});

describe('what must not be glued', () => {
  test('several tables at one location', () => {
    assert.deepEqual(
      grouped([table, path, other], [edge('table', path, table), edge('location', other, path)]),
      {
        groups: [],
        withheld: ['db.users warehouse/orders shared_location', 'warehouse/orders db.orders shared_location'],
      },
    );
    // The other catalogue names one table there, and that one holds.
    assert.deepEqual(
      grouped(
        [table, path, other, glue],
        [edge('table', path, table), edge('table', path, other), edge('table', path, glue)],
      ).groups,
      [['table/db/orders', 'warehouse/orders']],
    );
  });

  test('but one table in two letter cases, or renamed, is one', () => {
    const shouted = nameOf(HIVE, 'DB.ORDERS');
    assert.deepEqual(
      grouped([table, shouted, path], [edge('table', path, table), edge('table', path, shouted)]).withheld,
      [],
    );
    assert.deepEqual(
      grouped(
        [table, other, path],
        [edge('table', path, table), edge('table', path, other), edge('rename', table, other)],
      ),
      { groups: [['db.users', 'db.orders', 'warehouse/orders']], withheld: [] },
    );
  });

  test('a whole bucket', () => {
    const bucket = nameOf('s3://lake', '/');
    assert.deepEqual(grouped([table, bucket], [edge('location', table, bucket)]), {
      groups: [],
      withheld: ['db.orders / root'],
    });
  });

  test('tables that are swapped through a temporary name', () => {
    const [live, next, old] = ['t', 't_new', 't_old'].map((name) => nameOf(HIVE, name)) as [
      AliasName,
      AliasName,
      AliasName,
    ];
    const swap = [
      edge('rename', live, old, '2026-01-01T00:00:00Z'),
      edge('rename', next, live, '2026-01-01T00:00:01Z'),
    ];
    assert.deepEqual(grouped([live, next, old], swap), {
      groups: [],
      withheld: ['t t_old reused_name', 't_new t reused_name'],
    });
    // The same rename on another day is another table under the name.
    const daily = [edge('rename', next, live, '2026-01-01T00:00:00Z', '2026-01-03T00:00:00Z')];
    assert.deepEqual(grouped([live, next], daily).withheld, ['t_new t reused_name']);
  });

  test('what an operator denies, also by a way round', () => {
    const edges = [edge('table', path, table), edge('table', path, glue)];
    const deny: AliasDecision = { a: table.id, b: glue.id, verdict: 'deny' };
    const { groups, withheld } = grouped([table, path, glue], edges, [deny]);
    assert.equal(groups.length, 1);
    assert.equal(withheld.length, 1);
    assert.match(withheld[0] ?? '', /denied$/);
    assert.deepEqual(
      grouped([table, path, glue], edges, [deny, { a: table.id, b: path.id, verdict: 'deny' }]),
      {
        groups: [['table/db/orders', 'warehouse/orders']],
        withheld: ['warehouse/orders db.orders denied'],
      },
    );
  });
});

test('an operator joins what nobody claims, and what a guard holds back', () => {
  const join: AliasDecision = { a: table.id, b: path.id, verdict: 'join' };
  assert.deepEqual(grouped([table, path], [], [join]).groups, [['db.orders', 'warehouse/orders']]);
  const { groups } = grouped(
    [table, path, other],
    [edge('table', path, table), edge('table', path, other)],
    [join],
  );
  assert.deepEqual(groups, [['db.orders', 'warehouse/orders']]);
});

const NAMES = [
  ...['db.a', 'db.b', 'db.A', 'db.c'].map((name) => nameOf(HIVE, name)),
  ...['table/db/a', 'table/db/b'].map((name) => nameOf(GLUE, name)),
  ...['a', 'b', 'c', '/'].map((name) => nameOf('s3://lake', name)),
];
const anyName = fc.constantFrom(...NAMES);
const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();
const anyEdge = fc
  .tuple(fc.constantFrom('rename', 'table', 'location'), anyName, anyName, fc.nat(4), fc.nat(1))
  .filter(([, from, to]) => from.id !== to.id)
  .map(([kind, from, to, first, more]) => edge(kind, from, to, day(first), day(first + more)));
const pair = (a: string, b: string): string => [a, b].sort().join();
const anyDecision = fc
  .tuple(anyName, anyName, fc.constantFrom<AliasDecision['verdict']>('join', 'deny'))
  .filter(([a, b]) => a.id < b.id)
  .map(([a, b, verdict]): AliasDecision => ({ a: a.id, b: b.id, verdict }));
const anyPicture = fc.record({
  edges: fc.uniqueArray(anyEdge, { maxLength: 14, selector: ({ kind, from, to }) => kind + from + to }),
  decisions: fc.uniqueArray(anyDecision, { maxLength: 4, selector: ({ a, b }) => pair(a, b) }),
});

describe('groups', () => {
  test('are a function of the sets of claims and decisions', () => {
    fc.assert(
      fc.property(
        anyPicture.chain(({ edges, decisions }) =>
          fc.tuple(
            fc.constant({ edges, decisions }),
            fc.shuffledSubarray(edges, { minLength: edges.length }),
            fc.shuffledSubarray(decisions, { minLength: decisions.length }),
            fc.shuffledSubarray(NAMES, { minLength: NAMES.length }),
          ),
        ),
        ([{ edges, decisions }, otherEdges, otherDecisions, otherNames]) =>
          assert.deepEqual(grouped(otherNames, otherEdges, otherDecisions), grouped(NAMES, edges, decisions)),
      ),
    );
  });

  test('of two pictures that share no name do not depend on each other', () => {
    const elsewhere = new Map(NAMES.map((name) => [name.id, nameOf(`${name.namespace}2`, name.name)]));
    const moved = (id: string): string => elsewhere.get(id)?.id ?? '';
    fc.assert(
      fc.property(anyPicture, anyPicture, (one, two) => {
        const alone = groupAliases(NAMES, one.edges, one.decisions);
        const both = groupAliases(
          [...NAMES, ...elsewhere.values()],
          [
            ...two.edges.map((each) => ({ ...each, from: moved(each.from), to: moved(each.to) })),
            ...one.edges,
          ],
          [
            ...two.decisions.map((each) => ({ ...each, a: moved(each.a), b: moved(each.b) })),
            ...one.decisions,
          ],
        );
        for (const { id } of NAMES) assert.equal(both.canonical.get(id), alone.canonical.get(id));
      }),
    );
  });

  test('never hold a denied pair, never a whole bucket, and stand under one of their own', () => {
    fc.assert(
      fc.property(anyPicture, ({ edges, decisions }) => {
        const { canonical } = groupAliases(NAMES, edges, decisions);
        for (const { a, b, verdict } of decisions) {
          const one = canonical.has(a) && canonical.get(a) === canonical.get(b);
          if (verdict === 'deny') assert(!one);
        }
        for (const head of canonical.values()) assert.equal(canonical.get(head), head);
        const bucket = NAMES.find(({ name }) => name === '/')?.id ?? '';
        if (!decisions.some(({ a, b, verdict }) => verdict === 'join' && (a === bucket || b === bucket)))
          assert(!canonical.has(bucket));
      }),
    );
  });
});
