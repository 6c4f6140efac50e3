import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { schemaDrift, type SchemaColumn, type SchemaDrift } from '#detectors/schema-drift.ts';
import { editDistance, nameSimilarity } from '#detectors/schema-drift/name-similarity.ts';
import { typeChange } from '#detectors/schema-drift/type-change.ts';

/** `id bigint, name text null`. */
function columns(text: string): SchemaColumn[] {
  return text.split(', ').map((part) => {
    const [name = '', type = '', ...rest] = part.split(' ');
    const nullable = rest.join(' ') === 'null' ? true : rest.join(' ') === 'not null' ? false : undefined;
    return { name, type: type === '' ? null : type, ...(nullable !== undefined && { nullable }) };
  });
}
const drift = (before: string, after: string, against: 'contract' | 'before' = 'before'): SchemaDrift =>
  schemaDrift(columns(before), columns(after), { against, label: 'orders' });
const short = ({ changes }: SchemaDrift): string[] =>
  changes.map((one) => [one.change, ...('from' in one ? [one.from] : []), one.column].join(' '));

const ORDERS = 'id bigint, user_id bigint, amount decimal(10,2), created_at timestamp, status varchar(20)';

describe('changes', () => {
  const cases: [name: string, after: string, changes: readonly string[], status: SchemaDrift['status']][] = [
    ['none', ORDERS, [], 'normal'],
    [
      'other words for the same types',
      ORDERS.replace('bigint', 'int8').replace('timestamp', 'datetime'),
      [],
      'normal',
    ],
    ['added', `${ORDERS}, note text`, ['added note'], 'notice'],
    ['removed', ORDERS.replace(', amount decimal(10,2)', ''), ['removed amount'], 'anomalous'],
    [
      'renamed',
      ORDERS.replace('user_id', 'customer_user_id'),
      ['renamed user_id customer_user_id'],
      'anomalous',
    ],
    [
      'renamed in the other style',
      ORDERS.replace('created_at', 'createdAt'),
      ['renamed created_at createdAt'],
      'anomalous',
    ],
    [
      'renamed by a letter, and wider',
      ORDERS.replace('status varchar(20)', 'statuss varchar(40)'),
      ['renamed status statuss', 'widened varchar(20) statuss'],
      'anomalous',
    ],
    [
      'one gone and an unlike one come',
      ORDERS.replace('amount decimal(10,2)', 'region text'),
      ['removed amount', 'added region'],
      'anomalous',
    ],
    ['widened', ORDERS.replace('varchar(20)', 'text'), ['widened varchar(20) status'], 'notice'],
    ['narrowed', ORDERS.replace('user_id bigint', 'user_id int'), ['narrowed bigint user_id'], 'anomalous'],
    [
      'another type',
      ORDERS.replace('user_id bigint', 'user_id text'),
      ['retyped bigint user_id'],
      'anomalous',
    ],
    [
      'moved',
      'user_id bigint, amount decimal(10,2), created_at timestamp, id bigint, status varchar(20)',
      ['moved id'],
      'notice',
    ],
  ];
  for (const [name, after, changes, status] of cases) {
    test(name, () => {
      const found = drift(ORDERS, after);
      assert.deepEqual(short(found), changes);
      assert.equal(found.status, status);
    });
  }

  test('two columns that change places are one that moved', () => {
    assert.deepEqual(short(drift('a int, b int, c int', 'b int, a int, c int')), ['moved b']);
  });

  test('against a contract a wider type is a breach and a narrower none', () => {
    const wider = ORDERS.replace('varchar(20)', 'text');
    assert.equal(drift(ORDERS, wider, 'contract').status, 'anomalous');
    assert.equal(drift(wider, ORDERS, 'contract').status, 'notice');
  });

  test('nulls where none were promised', () => {
    const found = drift('id bigint not null, a int null', 'id bigint null, a int not null');
    assert.deepEqual(short(found), ['may_be_null id', 'never_null a']);
    assert.equal(found.status, 'anomalous');
    assert.equal(drift('a int null', 'a int not null').status, 'notice');
    assert.deepEqual(short(drift('id bigint not null', 'id bigint')), [], 'not told is not changed');
  });

  test('what happens to a column happens to those in it', () => {
    const before = 'id int, address struct, address.street text, address.city text';
    assert.deepEqual(short(drift(before, 'id int')), ['removed address']);
    assert.deepEqual(short(drift(before, before.replaceAll('address', 'addr'))), ['renamed address addr']);
    assert.deepEqual(
      short(drift(before, 'id int, addr struct, addr.street text, addr.town text')).slice(0, 2),
      ['removed address.city', 'renamed address addr'],
    );
  });

  test('a type that is not told is not compared', () => {
    assert.deepEqual(short(drift('a int, b', 'a, b text')), []);
  });

  test('no columns: nothing to compare', () => {
    const found = schemaDrift([], columns('a int'), { against: 'before', label: 'orders' });
    assert.equal(found.status, 'no_data');
    assert.equal(found.message, 'orders cannot be compared: nothing to compare with');
  });

  test('the message names the worst first, and no more than it must', () => {
    const found = drift(
      'a int, b int, c int, d int, e int, name text',
      'e bigint, full_name text, note text',
    );
    assert.equal(
      found.message,
      'other columns than before in orders: 4 removed (a, b, c and 1 more), 1 renamed (name to full_name), ' +
        '1 wider (e from int to bigint), 1 added (note)',
    );
    assert.equal(
      drift('a int', 'a int', 'contract').message,
      'the columns of orders are no other than its contract says',
    );
  });
});

test('every column of either side is accounted for once', () => {
  const name = fc.constantFrom(
    'id',
    'user_id',
    'userId',
    'users',
    'amount',
    'amt',
    'total',
    'note',
    'a',
    'b',
  );
  const schema = fc.uniqueArray(
    fc.record({ name, type: fc.constantFrom('int', 'bigint', 'text', 'date', null) }),
    {
      selector: ({ name }) => name,
      minLength: 1,
    },
  );
  fc.assert(
    fc.property(schema, schema, (before, after) => {
      const { changes } = schemaDrift(before, after, { against: 'before', label: 'x' });
      const of = (kind: string): string[] =>
        changes.filter(({ change }) => change === kind).map(({ column }) => column);
      const from = changes.flatMap((one) => (one.change === 'renamed' ? [one.from] : []));
      const old = before.map(({ name }) => name);
      const young = after.map(({ name }) => name);
      const stayed = old.filter((one) => young.includes(one));
      assert.deepEqual([...of('removed'), ...from, ...stayed].sort(), old.sort());
      assert.deepEqual([...of('added'), ...of('renamed'), ...stayed].sort(), young.sort());
      assert.equal(
        changes.length === 0,
        schemaDrift(after, before, { against: 'before', label: 'x' }).changes.length === 0,
      );
    }),
  );
});

describe('types', () => {
  const cases: [before: string, after: string, change: ReturnType<typeof typeChange>][] = [
    ['INT', 'integer', 'same'],
    ['int', 'bigint', 'widened'],
    ['bigint', 'smallint', 'narrowed'],
    ['int unsigned', 'bigint', 'widened'],
    ['int unsigned', 'int', 'retyped'],
    ['UInt32', 'UInt64', 'widened'],
    ['int', 'decimal(12,2)', 'widened'],
    ['bigint', 'decimal(10,0)', 'retyped'],
    ['decimal(10,2)', 'decimal(12,4)', 'widened'],
    ['decimal(10,2)', 'decimal(10,4)', 'retyped'],
    ['numeric(18, 2)', 'decimal(18,2)', 'same'],
    ['int', 'double', 'widened'],
    ['bigint', 'double', 'retyped'],
    ['float', 'double precision', 'widened'],
    ['varchar(20)', 'character varying(40)', 'widened'],
    ['varchar', 'text', 'same'],
    ['char(3)', 'varchar(2)', 'narrowed'],
    ['string', 'int', 'retyped'],
    ['date', 'timestamp', 'widened'],
    ['timestamp(6)', 'timestamp(3)', 'narrowed'],
    ['timestamp with time zone', 'timestamptz', 'same'],
    ['timestamp', 'timestamptz', 'retyped'],
    ['timestamp(3) without time zone', 'datetime(3)', 'same'],
    ['array<int>', 'array<bigint>', 'widened'],
    ['int[]', 'array<int>', 'same'],
    ['map<string,int>', 'map<string,bigint>', 'widened'],
    ['struct<a:int,b:text>', 'struct<a:bigint,b:text,c:date>', 'widened'],
    ['struct<a:int,b:text>', 'struct<a:int>', 'narrowed'],
    ['ROW(a int, b decimal(10,2))', 'struct<a:int,b:decimal(10,2)>', 'same'],
    ['Nullable(Int32)', 'int', 'same'],
    ['geometry', 'geometry', 'same'],
    ['geometry', 'geography', 'retyped'],
    ['bitmap(', 'bitmap(', 'same'],
    ['', '', 'same'],
  ];
  for (const [before, after, change] of cases)
    test(`${before} to ${after}: ${change}`, () => {
      assert.equal(typeChange(before, after), change);
      const back = { widened: 'narrowed', narrowed: 'widened', same: 'same', retyped: 'retyped' }[change];
      assert.equal(typeChange(after, before), back);
    });

  test('any text is a type, and the same as itself', () => {
    fc.assert(fc.property(fc.string(), (text) => assert.equal(typeChange(text, text), 'same')));
  });
});

describe('names', () => {
  test('edits', () => {
    assert.equal(editDistance('', 'abc'), 3);
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('form', 'from'), 1);
  });

  test('words, letters and abbreviations', () => {
    assert.equal(nameSimilarity('user_id', 'UserID'), 1);
    assert.ok(nameSimilarity('cust_id', 'customer_id') > 0.9);
    assert.ok(nameSimilarity('id', 'order_id') > 0.6);
    assert.ok(nameSimilarity('amount', 'region') < 0.34);
    assert.equal(nameSimilarity('', ''), 1);
  });
});
