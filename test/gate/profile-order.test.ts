import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hintsOf } from '#gate/measure-candidate.ts';
import { affordable, MOST_VALUES, profileOrder, type ProfileSubject } from '#gate/profile-order.ts';
import { parseContracts } from '#rules/contract/parse.ts';

const CONTRACT = `
dataset: gold.orders
owner: planning@example.com
partition: { column: dt, grain: day }
quality:
  - check: "row_count > 0"
  - check: "sum(amount) > 0"
schema:
  - { name: id, type: integer, primary_key: true }
  - { name: dt, type: date, primary_key: true }
  - { name: country, type: string, physical_name: land }
  - { name: amount, type: "decimal(12,2)" }
  - { name: email, type: string, pii: email }
  - { name: gone, type: string }
`;

const TABLE = {
  from: 'only "staging"."orders"',
  name: 'staging.orders',
  columns: [
    ['id', 'integer'],
    ['dt', 'date'],
    ['land', 'text'],
    ['amount', 'numeric(12,2)'],
    ['email', 'text'],
    ['raw', 'json'],
    ['loaded_at', 'timestamp with time zone'],
  ].map(([name = '', type = '']) => ({ name, type })),
};

function subject(text = CONTRACT, change: Partial<ProfileSubject> = {}): ProfileSubject {
  const parsed = parseContracts(text, 'orders.yaml');
  assert.equal(parsed.status, 'ok');
  const [contract] = parsed.contracts;
  assert.ok(contract);
  return {
    contract,
    ref: 'staging.orders',
    table: TABLE,
    dialect: 'postgres',
    partition: [['dt', '2026-01-31']],
    whole: true,
    hints: hintsOf(contract),
    now: new Date('2026-02-01T00:00:00Z'),
    ...change,
  };
}

const names = (columns: readonly { readonly name: string }[]): string[] => columns.map(({ name }) => name);

test('the columns of the schema that the table has are profiled, without those of the partition', () => {
  const order = profileOrder(subject());
  assert.deepEqual(order.columns, [
    { name: 'id', source: 'id', values: true },
    { name: 'country', source: 'land', values: true },
    { name: 'amount', source: 'amount', values: true },
    { name: 'email', source: 'email', values: false },
  ]);
  assert.deepEqual(order.segments, []);
  assert.equal(order.where, null);
  // What is not promised, a time of loading, makes no other content.
  assert.deepEqual(order.content, ['id', 'land', 'amount', 'email']);
  assert.deepEqual(order.keys, ['id']);
});

test('without a schema it is what checks look at, and the content is all that the table has', () => {
  const order = profileOrder(subject(CONTRACT.replace(/schema:[^]*/, '')));
  assert.deepEqual(names(order.columns), ['amount']);
  assert.deepEqual(order.content, ['id', 'land', 'amount', 'email', 'raw', 'loaded_at']);
  assert.deepEqual(order.keys, []);
});

test('a contract names columns and segments; what is personal is no segment', () => {
  const text = `${CONTRACT}\nprofile: { columns: [amount, loaded_at], segments: [country, email] }`;
  const order = profileOrder(subject(text));
  assert.deepEqual(names(order.columns), ['amount', 'loaded_at']);
  assert.deepEqual(order.segments, [{ name: 'country', source: 'land' }]);
  assert.equal(order.mostSegments, 50);
});

test('a published partition is read by its key; a dataset without partitions has no content to compare', () => {
  assert.equal(profileOrder(subject(CONTRACT, { whole: false })).where, `("dt" = date '2026-01-31')`);
  const all = profileOrder(subject(CONTRACT, { whole: false, partition: [] }));
  assert.deepEqual([all.where, all.content, all.keys], [null, [], []]);
});

test('many columns leave room for fewer segments', () => {
  const wide = Array.from({ length: 60 }, (_, n) => ({ name: `c${n}`, type: 'integer' }));
  const schema = wide.map(({ name }) => `  - { name: ${name}, type: integer }`).join('\n');
  const text = CONTRACT.replace(/schema:[^]*/, `schema:\n${schema}\nprofile: { segments: [c1, c2] }`);
  const order = profileOrder(subject(text, { table: { ...TABLE, columns: wide } }));
  assert.deepEqual([order.columns.length, order.mostSegments], [40, 12]);
});

test('large partitions are profiled on request alone; of them the content is told still', () => {
  const ask = (text: string, rows?: number): string => {
    const { contract, ...rest } = subject(text);
    const order = profileOrder({ contract, ...rest });
    const facts = new Map(rows === undefined ? [] : [['row_count', rows]]);
    const found = affordable(order, contract, facts);
    return found === null ? 'nothing' : found.columns.length === 0 ? 'content' : 'all';
  };
  const always = `${CONTRACT}\nprofile: { when: always }`;
  const never = `${CONTRACT}\nprofile: { when: never }`;
  assert.equal(ask(CONTRACT, MOST_VALUES / 4), 'all');
  assert.equal(ask(CONTRACT, MOST_VALUES / 4 + 1), 'content');
  assert.equal(ask(CONTRACT, 1e9), 'nothing');
  assert.equal(ask(CONTRACT), 'nothing');
  assert.equal(ask(always, 1e9), 'all');
  assert.equal(ask(never, 10), 'nothing');
});
