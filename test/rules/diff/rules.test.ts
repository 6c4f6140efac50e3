import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiffOptions } from '#rules/diff/change.ts';
import { diffTexts, ODCS, SHORT, summaryOf } from './support.ts';

interface Case {
  readonly what: string;
  /** `short` unless stated. */
  readonly base?: 'odcs';
  readonly from: string;
  readonly to: string;
  /** What is said of the change, and of its reverse. */
  readonly there: readonly string[];
  readonly back: readonly string[];
  readonly options?: DiffOptions;
}

const orders = '/datasets/orders';
const column = (name: string, at: string): string => `${orders}/columns/${name}/${at}`;

const CASES: readonly Case[] = [
  {
    what: 'B1, B15: a column is removed, or added',
    from: '  - name: updated_at\n    type: timestamp\n',
    to: '',
    there: [`B1 MAJOR ${orders}/columns/updated_at`],
    back: [`B15 MINOR ${orders}/columns/updated_at`],
  },
  {
    what: 'B1: a column is renamed by likeness of name and type',
    from: '- name: email\n',
    to: '- name: emails\n',
    there: [`B1 MAJOR ${column('email', 'name')}`],
    back: [`B1 MAJOR ${column('emails', 'name')}`],
  },
  {
    what: 'B1: words in another order are a likeness too',
    from: '- name: updated_at\n',
    to: '- name: at_updated\n',
    there: [`B1 MAJOR ${column('updated_at', 'name')}`],
    back: [`B1 MAJOR ${column('at_updated', 'name')}`],
  },
  {
    what: 'B1: what has another name and another type is removed and added',
    from: '  - name: updated_at\n    type: timestamp\n',
    to: '  - name: revision\n    type: bigint\n',
    there: [`B1 MAJOR ${orders}/columns/updated_at`, `B15 MINOR ${orders}/columns/revision`],
    back: [`B1 MAJOR ${orders}/columns/revision`, `B15 MINOR ${orders}/columns/updated_at`],
  },
  {
    what: 'B1, B9: a column of the table that has another name in the contract',
    from: '- name: amount\n',
    to: '- name: total\n    physical_name: amount\n',
    there: [`B1 MAJOR ${column('amount', 'name')}`],
    back: [`B1 MAJOR ${column('total', 'name')}`],
  },
  {
    what: 'B1: a rename that keeps the old name as an alias',
    base: 'odcs',
    from: '      - name: weight\n',
    to: '      - name: mass\n        customProperties: [{property: aliases, value: [weight]}]\n',
    there: [`B1 MINOR ${column('weight', 'name')}`, `B19 PATCH ${column('weight', 'carried')}`],
    back: [`B1 MAJOR ${orders}/columns/mass`, `B15 MINOR ${orders}/columns/weight`],
  },
  {
    what: 'B1, B15: a dataset is removed, or added',
    base: 'odcs',
    from: ODCS.slice(ODCS.indexOf('  - name: customers\n'), ODCS.indexOf('team:')),
    to: '',
    there: ['B1 MAJOR /datasets/customers'],
    back: ['B15 MINOR /datasets/customers'],
  },
  {
    what: 'B1: a dataset is renamed, its columns stay',
    from: 'dataset: orders\n',
    to: 'dataset: sales\n',
    there: [`B1 MAJOR ${orders}/name`],
    back: ['B1 MAJOR /datasets/sales/name'],
  },
  {
    what: 'B2, B3: a decimal',
    from: 'decimal(12,2)',
    to: 'decimal(10,2)',
    there: [`B2 MAJOR ${column('amount', 'type')}`],
    back: [`B3 MINOR ${column('amount', 'type')} (strict consumers)`],
  },
  {
    what: 'B2: a decimal with more digits behind the point and fewer before it',
    from: 'decimal(12,2)',
    to: 'decimal(12,4)',
    there: [`B2 MAJOR ${column('amount', 'type')}`],
    back: [`B2 MAJOR ${column('amount', 'type')}`],
  },
  {
    what: 'B3: strict consumers break at wider types as well',
    from: 'varchar(64)',
    to: 'varchar(128)',
    there: [`B3 MAJOR ${column('email', 'type')}`],
    back: [`B2 MAJOR ${column('email', 'type')}`],
    options: { strict: true },
  },
  {
    what: 'B4: nullability of a column',
    from: '    type: decimal(12,2)\n    required: true\n',
    to: '    type: decimal(12,2)\n',
    there: [`B4 MAJOR ${column('amount', 'required')}`],
    back: [`B4 MINOR ${column('amount', 'required')}`],
  },
  {
    what: 'B4: a new duty breaks other writers',
    from: '    type: timestamp\n',
    to: '    type: timestamp\n    required: true\n',
    there: [`B4 MAJOR ${column('updated_at', 'required')}`],
    back: [`B4 MAJOR ${column('updated_at', 'required')}`],
    options: { otherWriters: true },
  },
  {
    what: 'B5: the primary key goes (and its columns may be null)',
    from: '    primary_key: true\n',
    to: '    required: true\n',
    there: [`B5 MAJOR ${orders}/primary_key`],
    back: [`B5 MINOR ${orders}/primary_key`],
  },
  {
    what: 'B5: the key gets another column',
    from: '    type: date\n    required: true\n',
    to: '    type: date\n    primary_key: true\n',
    there: [`B5 MAJOR ${orders}/primary_key`],
    back: [`B5 MAJOR ${orders}/primary_key`],
  },
  {
    what: 'B5: the places in the key change, not its columns',
    base: 'odcs',
    from: 'primaryKeyPosition: 1\n      - name: line\n        logicalType: integer\n        physicalType: int\n        primaryKey: true\n        primaryKeyPosition: 2',
    to: 'primaryKeyPosition: 2\n      - name: line\n        logicalType: integer\n        physicalType: int\n        primaryKey: true\n        primaryKeyPosition: 1',
    there: [`B5 MINOR ${orders}/primary_key`],
    back: [`B5 MINOR ${orders}/primary_key`],
  },
  {
    what: 'B5: a unique column',
    from: '    type: varchar(64)\n',
    to: '    type: varchar(64)\n    unique: true\n',
    there: [`B5 MINOR ${column('email', 'unique')}`],
    back: [`B5 MAJOR ${column('email', 'unique')}`],
  },
  {
    what: 'B6: allowed values',
    from: "one_of('DE', 'FR')",
    to: "one_of('DE', 'FR', 'IT')",
    there: [`B6 MINOR ${column('country', 'one_of')} (consumers that list the values)`],
    back: [`B6 MINOR ${column('country', 'one_of')}`],
  },
  {
    what: 'B6: new values of a critical element break',
    from: "    type: string\n    constraints: [\"one_of('DE', 'FR')\"",
    to: "    type: string\n    critical: true\n    constraints: [\"one_of('DE', 'FR', 'IT')\"",
    there: [`B19 PATCH ${column('country', 'critical')}`, `B6 MAJOR ${column('country', 'one_of')}`],
    back: [`B19 PATCH ${column('country', 'critical')}`, `B6 MINOR ${column('country', 'one_of')}`],
  },
  {
    what: 'B6: a pattern that matches more',
    from: '^[A-Z]{2}$',
    to: '^[A-Z]{2,3}$',
    there: [`B6 MINOR ${column('country', 'pattern')} (consumers that list the values)`],
    back: [`B6 MINOR ${column('country', 'pattern')}`],
  },
  {
    what: 'B6: a pattern written otherwise is the same promise',
    from: '^[A-Z]{2}$',
    to: '^[A-Z][A-Z]$',
    there: [],
    back: [],
  },
  {
    what: 'B6: a lower bound',
    from: 'min_value(0)',
    to: 'min_value(-10)',
    there: [`B6 MINOR ${column('amount', 'range')} (consumers that list the values)`],
    back: [`B6 MINOR ${column('amount', 'range')}`],
  },
  {
    what: 'B7: the currency',
    from: 'currency: EUR',
    to: 'currency: USD',
    there: [`B7 MAJOR ${column('amount', 'currency')}`],
    back: [`B7 MAJOR ${column('amount', 'currency')}`],
  },
  {
    what: 'B7: the unit is stated, or withdrawn',
    from: '    currency: EUR\n',
    to: '    currency: EUR\n    unit: cents\n',
    there: [`B7 MINOR ${column('amount', 'unit')}`],
    back: [`B7 MAJOR ${column('amount', 'unit')}`],
  },
  {
    what: 'B8: the partition column',
    from: 'column: dt, ',
    to: 'columns: [dt, country], ',
    there: [`B8 MAJOR ${orders}/partition/columns`],
    back: [`B8 MAJOR ${orders}/partition/columns`],
  },
  {
    what: 'B8: the grain',
    from: 'grain: day',
    to: 'grain: hour',
    there: [`B8 MAJOR ${orders}/partition/grain`],
    back: [`B8 MAJOR ${orders}/partition/grain`],
  },
  {
    what: 'B9: the name in the store',
    base: 'odcs',
    from: 'orders_v1',
    to: 'orders_v2',
    there: [`B9 MAJOR ${orders}/physical_name`],
    back: [`B9 MAJOR ${orders}/physical_name`],
  },
  {
    what: 'B9: where gold is published',
    from: 'warehouse:gold.orders',
    to: 'warehouse:platinum.orders',
    there: [`B9 MAJOR ${orders}/publish_to`],
    back: [`B9 MAJOR ${orders}/publish_to`],
  },
  {
    what: 'B9: a server moves',
    base: 'odcs',
    from: 'host: db1',
    to: 'host: db2',
    there: ['B9 MAJOR /document/servers/prod'],
    back: ['B9 MAJOR /document/servers/prod'],
  },
  {
    what: 'B9: a server moves and the old place stays, under another name',
    base: 'odcs',
    from: '    host: db1\n    port: 5432\n    database: shop\n    schema: public\n',
    to: '    host: db2\n    port: 5432\n    database: shop\n    schema: public\n  - server: old\n    type: postgres\n    host: db1\n    port: 5432\n    database: shop\n    schema: public\n',
    there: ['B9 MINOR /document/servers/prod', 'B9 MINOR /document/servers/old'],
    back: ['B9 MAJOR /document/servers/prod', 'B9 MINOR /document/servers/old'],
  },
  {
    what: 'B10: freshness',
    from: 'sla: 4 hours',
    to: 'sla: 6 hours',
    there: [`B10 MAJOR ${orders}/objectives/freshness`],
    back: [`B10 MINOR ${orders}/objectives/freshness`],
  },
  {
    what: 'B10: the deadline',
    from: '06:30',
    to: '07:00',
    there: [`B10 MAJOR ${orders}/deadline`],
    back: [`B10 MINOR ${orders}/deadline`],
  },
  {
    what: 'B10: fewer days with a deadline',
    from: 'mon-fri',
    to: 'mon-thu',
    there: [`B10 MAJOR ${orders}/deadline`],
    back: [`B10 MINOR ${orders}/deadline`],
  },
  {
    what: 'B10: availability',
    base: 'odcs',
    from: 'value: 99.5',
    to: 'value: 99',
    there: ['B10 MAJOR /document/sla/availability'],
    back: ['B10 MINOR /document/sla/availability'],
  },
  {
    what: 'B10: retention',
    base: 'odcs',
    from: 'value: 3, unit: y',
    to: 'value: 2, unit: y',
    there: [`B10 MAJOR ${orders}/objectives/retention`, 'B10 MAJOR /datasets/customers/objectives/retention'],
    back: [`B10 MINOR ${orders}/objectives/retention`, 'B10 MINOR /datasets/customers/objectives/retention'],
  },
  {
    what: 'B10: latency in another unit is the same',
    base: 'odcs',
    from: 'value: 4, unit: h',
    to: 'value: 240, unit: m',
    there: [],
    back: [],
  },
  {
    what: 'B10: how long a column is kept',
    from: 'retention: 24 months',
    to: 'retention: 12 months',
    there: [`B10 MAJOR ${column('email', 'retention')}`],
    back: [`B10 MINOR ${column('email', 'retention')} (compliance)`],
  },
  {
    what: 'B11: what an empty partition means',
    from: 'empty_partition: block',
    to: 'empty_partition: allow',
    there: [`B11 MAJOR ${orders}/gate/empty_partition`],
    back: [`B11 MINOR ${orders}/gate/empty_partition`],
  },
  {
    what: 'B12, B13: classification',
    from: 'classification: confidential',
    to: 'classification: restricted',
    there: [`B12 MAJOR ${column('email', 'classification')} (compliance)`],
    back: [`B13 MINOR ${column('email', 'classification')} approval (compliance)`],
  },
  {
    what: 'B13: a classification that nobody can rank needs a person',
    from: 'classification: confidential',
    to: 'classification: tier-x',
    there: [`B13 MINOR ${column('email', 'classification')} approval (compliance)`],
    back: [`B13 MINOR ${column('email', 'classification')} approval (compliance)`],
  },
  {
    what: 'B12, B13: personal data',
    from: '    type: timestamp\n',
    to: '    type: timestamp\n    pii: birthday\n',
    there: [`B12 MAJOR ${column('updated_at', 'pii')} (compliance)`],
    back: [`B13 MINOR ${column('updated_at', 'pii')} approval (compliance)`],
  },
  {
    what: 'B12: a role',
    base: 'odcs',
    from: '  - role: reader\n    access: read\n',
    to: '  - role: analyst\n    access: read\n',
    there: [
      'B12 MAJOR /document/roles/reader (compliance)',
      'B12 MAJOR /document/roles/analyst (compliance)',
    ],
    back: ['B12 MAJOR /document/roles/analyst (compliance)', 'B12 MAJOR /document/roles/reader (compliance)'],
  },
  {
    what: 'B12: an approver',
    base: 'odcs',
    from: 'firstLevelApprovers: boss',
    to: 'firstLevelApprovers: board',
    there: ['B12 MAJOR /document/roles/reader (compliance)'],
    back: ['B12 MAJOR /document/roles/reader (compliance)'],
  },
  {
    what: 'B14: masking',
    from: 'masking: sha256',
    to: 'masking: none',
    there: [`B14 MAJOR ${column('email', 'masking')} approval (compliance)`],
    back: [`B14 MAJOR ${column('email', 'masking')} approval (compliance)`],
  },
  {
    what: 'B15: a required column breaks other writers',
    from: '  - name: updated_at\n',
    to: '  - name: shop\n    type: bigint\n    required: true\n  - name: updated_at\n',
    there: [`B15 MAJOR ${orders}/columns/shop`],
    back: [`B1 MAJOR ${orders}/columns/shop`],
    options: { otherWriters: true },
  },
  {
    what: 'B15, B16: a column in the midst breaks readers by place',
    from: '  - name: updated_at\n',
    to: '  - name: shop\n    type: bigint\n  - name: updated_at\n',
    there: [`B15 MINOR ${orders}/columns/shop`, `B16 MAJOR ${orders}/columns`],
    back: [`B1 MAJOR ${orders}/columns/shop`],
    options: { positional: true },
  },
  {
    what: 'B16: the order of columns',
    from: '  - name: dt\n    type: date\n    required: true\n  - name: amount\n    type: decimal(12,2)\n    required: true\n    currency: EUR\n    constraints: ["min_value(0)"]\n',
    to: '  - name: amount\n    type: decimal(12,2)\n    required: true\n    currency: EUR\n    constraints: ["min_value(0)"]\n  - name: dt\n    type: date\n    required: true\n',
    there: [`B16 MINOR ${orders}/columns`],
    back: [`B16 MINOR ${orders}/columns`],
  },
  {
    what: 'B16: the contract itself says that the order counts',
    from: 'tier: 1\n',
    to: 'tier: 1\npositional: true\n',
    there: [`B16 MINOR ${orders}/positional`],
    back: [`B16 MAJOR ${orders}/positional`],
  },
  {
    what: 'B17: deprecated',
    from: 'status: active',
    to: 'status: deprecated',
    there: ['B17 MINOR /document/status (consumers, with a notice period)'],
    back: ['B17 MINOR /document/status'],
  },
  {
    what: 'B17: retired',
    from: 'status: active',
    to: 'status: retired',
    there: ['B17 MAJOR /document/status'],
    back: ['B17 PATCH /document/status'],
  },
  {
    what: 'B17: no longer active',
    from: 'status: active',
    to: 'status: draft',
    there: ['B17 MAJOR /document/status'],
    back: ['B17 PATCH /document/status'],
  },
  {
    what: 'B17: the end of life',
    base: 'odcs',
    from: '2030-01-01',
    to: '2029-01-01',
    there: ['B17 MAJOR /document/sla/endOfLife'],
    back: ['B17 MINOR /document/sla/endOfLife'],
  },
  {
    what: 'B18: the owner',
    from: 'checkout@example.com',
    to: 'payments@example.com',
    there: ['B18 PATCH /document/owner'],
    back: ['B18 PATCH /document/owner'],
  },
  {
    what: 'B18: nobody is left to be woken',
    base: 'odcs',
    from: 'support:\n  - channel: "#shop"\n    tool: slack\n',
    to: '',
    there: ['B18 PATCH /document/support (the on-call route is empty)'],
    back: ['B18 PATCH /document/support'],
  },
  {
    what: 'B18: the tier',
    from: 'tier: 1\n',
    to: 'tier: 2\n',
    there: [`B18 PATCH ${orders}/tier`],
    back: [`B18 PATCH ${orders}/tier`],
  },
  {
    what: 'B19: words',
    from: 'description: All orders',
    to: 'description: Every order',
    there: [`B19 PATCH ${orders}/description`],
    back: [`B19 PATCH ${orders}/description`],
  },
  {
    what: 'B20: the target of a foreign key',
    base: 'odcs',
    from: 'to: customers.id',
    to: 'to: accounts.id',
    there: [`B20 MAJOR ${column('customer', 'relationships/customer')}`],
    // The check that holds the data to customers stays, so the other target was enforced by none.
    back: [`B20 MINOR ${column('customer', 'relationships/customer')}`],
  },
  {
    what: 'B20: a foreign key is dropped, or added',
    base: 'odcs',
    from: '        relationships:\n          - type: foreignKey\n            to: customers.id\n',
    to: '',
    there: [`B20 MAJOR ${column('customer', 'relationships/customer')}`],
    back: [`B20 MINOR ${column('customer', 'relationships/customer')}`],
  },
  {
    what: 'columns within columns are compared alike',
    base: 'odcs',
    from: '          - name: zip\n            logicalType: string\n            physicalType: varchar(10)\n',
    to: '',
    there: [`B1 MAJOR ${column('address', 'columns/zip')}`],
    back: [`B15 MINOR ${column('address', 'columns/zip')}`],
  },
];

for (const { what, base, from, to, there, back, options } of CASES)
  test(what, () => {
    const before = base === 'odcs' ? ODCS : SHORT;
    assert.equal(before.split(from).length, 2, 'the example has what is changed, once');
    const after = before.replace(from, () => to);
    assert.deepEqual(diffTexts(before, after, options).map(summaryOf), there);
    assert.deepEqual(diffTexts(after, before, options).map(summaryOf), back);
  });

test('every rule has its cases', () => {
  const said = CASES.flatMap(({ there, back }) => [...there, ...back]).map((line) => line.split(' ')[0]);
  const rules = Array.from({ length: 20 }, (_, index) => `B${index + 1}`);
  assert.deepEqual(
    rules.filter((rule) => !said.includes(rule)),
    [],
  );
});

test('each change says what happened in a sentence, what to do, and where in the new file', () => {
  const after = SHORT.replace('decimal(12,2)', 'decimal(10,2)').replace(
    '  - name: country',
    '  - name: land',
  );
  for (const change of diffTexts(SHORT, after)) {
    assert.match(change.message, /^[^.].* .*[^.]$/s);
    assert.match(change.mend, /\.$/);
    assert.ok(change.position !== null);
  }
  const [narrowed] = diffTexts(SHORT, SHORT.replace('decimal(12,2)', 'decimal(10,2)'));
  assert.equal(
    narrowed?.message,
    'The type of orders.amount is narrowed from decimal(12,2) to decimal(10,2)',
  );
  assert.deepEqual([narrowed?.before, narrowed?.after], ['decimal(12,2)', 'decimal(10,2)']);
  const line = SHORT.split('\n').indexOf('  - name: amount') + 1;
  assert.deepEqual(narrowed?.position, { line, column: 5 });
});
