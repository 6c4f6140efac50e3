import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerSearch } from '#api/search.ts';
import type { SearchAnswer } from '#api/schema/search.ts';
import { SearchIndex } from '#collector/search/search-index.ts';
import { Ingest } from '#ingest/ingest.ts';
import { sql } from '#store/sql.ts';
import type { Database } from '#store/database.ts';
import { testDatabase } from '#test/support/database.ts';
import { DAYS, estate, goodDays } from '#test/incidents/estate.ts';
import { facet } from '#test/support/sample-events.ts';

interface Table {
  readonly name: string;
  readonly namespace?: string;
  readonly columns?: readonly string[];
  readonly facets?: object;
  readonly reads?: readonly string[];
  readonly job?: string;
  readonly state?: 'COMPLETE' | 'FAIL';
  /** Minute and run; else the next. */
  readonly number?: number;
}

const WAREHOUSE = 'postgres://db:5432';

interface Searching {
  readonly database: Database;
  /** Stores what runs wrote, and brings the index up to date. */
  readonly write: (...tables: readonly Table[]) => Promise<void>;
  /** Stores an event, or what a run wrote, and nothing else. */
  readonly store: (what: Table | object) => Promise<void>;
  readonly index: SearchIndex;
  readonly settle: () => Promise<number>;
  readonly find: (query: Readonly<Record<string, string>>) => Promise<SearchAnswer>;
  /** `kind name` of each hit. */
  readonly names: (q: string, more?: Readonly<Record<string, string>>) => Promise<string[]>;
}

async function searching(t: TestContext): Promise<Searching> {
  const database = await testDatabase(t);
  const now = (): Date => new Date('2026-01-02T00:00:00Z');
  const ingest = new Ingest({ database, now });
  const index = new SearchIndex({ database, now, pause: 10 });
  const app = Fastify();
  answerProblems(app);
  registerSearch(app, { database });
  t.after(() => app.close());
  const find = async (query: Readonly<Record<string, string>>): Promise<SearchAnswer> => {
    const answer = await app.inject({ url: '/api/v2/search', query: { ...query } });
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json();
  };
  let number = 0;
  const store = async (what: object): Promise<void> => {
    await ingest.receive(Buffer.from(JSON.stringify(what)), 'http');
  };
  const eventOf = (table: Table): object => {
    number = table.number ?? number + 1;
    const { namespace = WAREHOUSE, columns = [] } = table;
    return {
      eventTime: new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString(),
      eventType: table.state ?? 'COMPLETE',
      producer: 'https://example.com/p',
      run: { runId: `018cc251-f400-717f-9d98-${String(number).padStart(12, '0')}` },
      job: { namespace: 'airflow', name: table.job ?? `make_${table.name}` },
      inputs: (table.reads ?? []).map((name) => ({ namespace: WAREHOUSE, name })),
      outputs: [
        {
          namespace,
          name: table.name,
          facets: {
            schema: facet({ fields: columns.map((name) => ({ name, type: 'text' })) }),
            ...table.facets,
          },
        },
      ],
    };
  };
  return {
    database,
    index,
    store: (what) => store('job' in what || 'dataset' in what ? what : eventOf(what as Table)),
    async write(...tables) {
      for (const table of tables) await store(eventOf(table));
      await index.settle();
    },
    settle: () => index.settle(),
    find,
    names: async (q, more = {}) =>
      (await find({ q, ...more })).items.map(({ kind, name }) => `${kind} ${name}`),
  };
}

test('the name itself comes before its beginning, its words, and what is said of it', async (t) => {
  const { write, find } = await searching(t);
  await write(
    { name: 'shop.raw.order_items', columns: ['id'] },
    { name: 'shop.gold.customers', columns: ['orders'], job: 'load_customers' },
    { name: 'shop.gold.orders', columns: ['id'] },
    { name: 'shop.gold.daily_orders', columns: ['id'] },
    { name: 'shop.gold.orders_by_day', columns: ['id'] },
  );
  const { items } = await find({ q: 'orders', kind: 'dataset' });
  assert.deepEqual(
    items.map(({ name, match, matchedColumn }) => [name, match, matchedColumn]),
    [
      ['shop.gold.orders', 'exact', null],
      ['shop.gold.orders_by_day', 'prefix', null],
      ['shop.gold.daily_orders', 'name', null],
      ['shop.gold.customers', 'text', 'orders'],
    ],
  );
});

test('among equals, use and trust decide', async (t) => {
  const { database, write, names, settle } = await searching(t);
  await write(
    { name: 'a.sales_eu' },
    { name: 'b.sales_us' },
    { name: 'c.sales_jp' },
    { name: 'reader_1', reads: ['c.sales_jp'] },
    { name: 'reader_2', reads: ['c.sales_jp'] },
  );
  assert.equal((await names('sales', { kind: 'dataset' }))[0], 'dataset c.sales_jp');
  await database.execute(sql`
    insert into contract (dataset_id, namespace, name, version, precedence, hash, owner, file_name, text, pushed_at)
    select id, ${WAREHOUSE}, name, '1.2.0', '{1,2,0,1}', 'h', 'team-us', 'sales.yaml', E'dataset: b.sales_us\nowner: team-us\ntags: [gold]\n', '2026-01-03'
      from dataset where name = 'b.sales_us'`);
  await settle();
  assert.deepEqual(await names('sales', { kind: 'dataset' }), [
    'dataset b.sales_us',
    'dataset c.sales_jp',
    'dataset a.sales_eu',
  ]);
  assert.deepEqual(await names('team us', { kind: 'owner' }), ['owner team-us']);
  assert.deepEqual(await names('sales', { kind: 'contract' }), ['contract b.sales_us']);
  assert.deepEqual(await names('', { owner: 'team-us', kind: 'dataset' }), ['dataset b.sales_us']);
});

test('a mistyped word, a part of a word and words without accents are found', async (t) => {
  const { write, find, names } = await searching(t);
  await write(
    { name: 'crm.customers', columns: ['e_mail'] },
    { name: 'crm.salesorderheader' },
    { name: 'crm.Gästebuch' },
    { name: 'crm.dailyRevenueByRegion' },
  );
  for (const typo of ['custmers', 'cusotmers', 'customrs', 'vustomers'])
    assert.deepEqual(await names(typo, { kind: 'dataset' }), ['dataset crm.customers'], typo);
  const { items, corrected, typoTolerant } = await find({ q: 'custmers', kind: 'dataset' });
  assert.equal(typoTolerant, true);
  assert.equal(items[0]?.match, 'typo');
  assert.deepEqual(corrected, [{ word: 'custmers', meant: ['customers'] }]);
  assert.deepEqual(await names('orderhead', { kind: 'dataset' }), ['dataset crm.salesorderheader']);
  assert.deepEqual(await names('gastebuch', { kind: 'dataset' }), ['dataset crm.Gästebuch']);
  assert.deepEqual(await names('revenue region', { kind: 'dataset' }), ['dataset crm.dailyRevenueByRegion']);
  assert.deepEqual(await names('zzzzqqqq'), []);
});

test('columns are found once, with the number of datasets that have them', async (t) => {
  const { write, find } = await searching(t);
  await write(
    { name: 'a', columns: ['customer_id', 'x'] },
    { name: 'b', columns: ['customer_id', 'customer_name'] },
    { name: 'c', columns: ['y'] },
  );
  const { items } = await find({ q: 'customer_id', kind: 'column' });
  assert.deepEqual(
    items.map(({ kind, name, match, datasets }) => [kind, name, match, datasets]),
    [['column', 'customer_id', 'exact', 2]],
  );
  const both = await find({ q: 'customer' });
  assert.deepEqual(
    both.items.filter(({ kind }) => kind === 'column').map(({ name, datasets }) => [name, datasets]),
    [
      ['customer_id', 2],
      ['customer_name', 1],
    ],
  );
});

test('facets count what was hit, and filter it', async (t) => {
  const { write, find, names } = await searching(t);
  const tagged = (value: string): object => ({
    tags: facet({ tags: [{ key: 'domain', value }] }),
    ownership: facet({ owners: [{ name: `team-${value}` }] }),
  });
  await write(
    { name: 'gold.flights', facets: tagged('air') },
    { name: 'silver.flights', facets: tagged('air') },
    { name: 'bronze.flights', namespace: 's3://lake', facets: tagged('raw'), state: 'FAIL' },
  );
  const { facets, total } = await find({ q: 'flights', kind: 'dataset' });
  assert.equal(total, 3);
  assert.deepEqual(facets.layer, [
    { value: 'bronze', count: 1 },
    { value: 'gold', count: 1 },
    { value: 'silver', count: 1 },
  ]);
  assert.deepEqual(facets.owner, [
    { value: 'team-air', count: 2 },
    { value: 'team-raw', count: 1 },
  ]);
  assert.deepEqual(facets.platform, [
    { value: 'postgres', count: 2 },
    { value: 's3', count: 1 },
  ]);
  assert.deepEqual(facets.tag, [
    { value: 'domain:air', count: 2 },
    { value: 'domain:raw', count: 1 },
  ]);
  assert.deepEqual(await names('flights', { status: 'failed', kind: 'dataset' }), ['dataset bronze.flights']);
  assert.deepEqual(await names('flights', { tag: 'domain:air', layer: 'gold', kind: 'dataset' }), [
    'dataset gold.flights',
  ]);
  assert.deepEqual(await names('domain air', { kind: 'tag' }), ['tag domain:air']);
});

test('pages hold every hit once', async (t) => {
  const { write, find } = await searching(t);
  await write(...Array.from({ length: 7 }, (_, index) => ({ name: `part_${index}`, job: 'make_parts' })));
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: SearchAnswer = await find({
      q: 'part',
      kind: 'dataset',
      limit: '3',
      ...(cursor !== null && { cursor }),
    });
    seen.push(...page.items.map(({ name }) => name));
    cursor = page.next;
  } while (cursor !== null);
  assert.deepEqual(
    seen.sort(),
    Array.from({ length: 7 }, (_, index) => `part_${index}`),
  );
});

test('what is written in any order, or indexed again, is found alike; what is gone is not', async (t) => {
  const { database, write, find, settle } = await searching(t);
  await write({ name: 'one', columns: ['a'] }, { name: 'two', reads: ['one'] });
  const before = await find({});
  await database.execute(sql`truncate search_entity, search_word, search_due`);
  await settle();
  assert.deepEqual(await find({}), before);
  await database.execute(sql`delete from dataset where name = 'one'`);
  await settle();
  assert.deepEqual((await find({ q: 'one', kind: 'dataset' })).items, []);
});

test('hostile names are indexed and found, whatever they hold', async (t) => {
  const { write, names } = await searching(t);
  const hostile = [
    `<script>alert(1)</script>`,
    `'; drop table search_entity; --`,
    `=cmd()|'/c calc'!A1`,
    `x\\'y & z | !w <-> (q):*`,
    `مخزن_الطلبات`,
    `表格_订单`,
    `😀😀😀`,
    `${'长'.repeat(1300)}_tail`,
    `${'😀'.repeat(25)}${'𝒳'.repeat(60)}`,
  ];
  await write(...hostile.map((name) => ({ name, columns: [name.slice(0, 40)], job: 'hostile' })));
  for (const [q, name] of [
    ['script alert', hostile[0]],
    ['drop table', hostile[1]],
    ['=cmd()', hostile[2]],
    [`x\\'y`, hostile[3]],
    ['الطلبات', hostile[4]],
    ['订单', hostile[5]],
  ] as const)
    assert.deepEqual(await names(q, { kind: 'dataset' }), [`dataset ${name}`], q);
  assert.deepEqual(await names(`':* | & !()\\`), []);
});

test('without trigrams search works by words and beginnings, and says so', async (t) => {
  const { database, write, find } = await searching(t);
  await write({ name: 'shop.orders' });
  await database.execute(sql`drop index assay.search_word_trigrams`);
  const { items, typoTolerant } = await find({ q: 'ord', kind: 'dataset' });
  assert.deepEqual([items[0]?.name, typoTolerant], ['shop.orders', false]);
  assert.deepEqual((await find({ q: 'ordrs', kind: 'dataset' })).items, []);
});

test('words that the statistics know as common find the same, page by page', async (t) => {
  const { database, write, find } = await searching(t);
  await write(
    ...Array.from({ length: 5 }, (_, index) => ({
      name: `sales.part_${index}`,
      columns: ['amount'],
      job: 'make_parts',
    })),
    { name: 'sales.orders', columns: ['part', 'amount'] },
  );
  await database.execute(sql`analyze search_entity`);
  const first = await find({ q: 'part', kind: 'dataset', limit: '4' });
  assert.deepEqual([first.total, first.more], [6, false]);
  const second = await find({ q: 'part', kind: 'dataset', limit: '4', cursor: first.next ?? '' });
  assert.deepEqual(
    [...first.items, ...second.items].map(({ name, match }) => `${name} ${match}`),
    [...Array.from({ length: 5 }, (_, index) => `sales.part_${index} prefix`), 'sales.orders text'],
  );
  const columns = await find({ q: 'amount', kind: 'column' });
  assert.deepEqual(
    columns.items.map(({ name, datasets }) => [name, datasets]),
    [['amount', 6]],
  );
});

test('every dataset with standing evidence in an open incident says so, not its root alone', async (t) => {
  const of = await estate(t);
  await goodDays(of);
  await of.write(DAYS, 'bronze', 50, { minute: 60 });
  await of.write(DAYS, 'silver', 50, { minute: 90, inputs: ['bronze'] });
  await of.settle();
  const index = new SearchIndex({ database: of.database, now: () => of.clock.now });
  await index.settle();
  const app = Fastify();
  answerProblems(app);
  registerSearch(app, { database: of.database });
  t.after(() => app.close());
  const statusOf = async (q: string): Promise<string | null | undefined> => {
    const answer = await app.inject({ url: '/api/v2/search', query: { q, kind: 'dataset' } });
    return answer.json<SearchAnswer>().items.find(({ name }) => name === q)?.status;
  };
  assert.equal(await statusOf('bronze'), 'incident');
  assert.equal(await statusOf('silver'), 'incident');
  assert.notEqual(await statusOf('gold'), 'incident');
  // Somebody ends it; what was indexed before is brought up to date.
  await of.database.execute(sql`update incident set state = 'resolved', resolved_at = now()`);
  of.clock.now = new Date(of.clock.now.getTime() + 3_600_000);
  await index.settle();
  assert.notEqual(await statusOf('silver'), 'incident');
});

test('events in another order give the same index', async (t) => {
  const tables: Table[] = [
    { number: 1, name: 'gold.a', columns: ['x', 'old'], job: 'j1' },
    {
      number: 2,
      name: 'gold.b',
      reads: ['gold.a'],
      job: 'j2',
      facets: { tags: facet({ tags: [{ key: 'pii', value: 'true' }] }) },
    },
    { number: 3, name: 'gold.a', columns: ['x', 'y'], job: 'j1', state: 'FAIL' },
    {
      number: 4,
      name: 'gold.b',
      reads: ['gold.a'],
      job: 'j2',
      facets: { ownership: facet({ owners: [{ name: 'team' }] }) },
    },
  ];
  const dump = async (order: readonly Table[]): Promise<unknown> => {
    const { write, database } = await searching(t);
    for (const table of order) await write(table);
    return database.rows(sql`
      select kind, id, name, folded, name_words::text, words::text, owner, layer, tags, status, consumers, weight, schema_id, content
        from search_entity order by kind, id`);
  };
  assert.deepEqual(await dump(tables), await dump(tables.toReversed()));
});

test('what a late event states of a schema, tags and owners is found after the next looks', async (t) => {
  const { write, find, store, index } = await searching(t);
  await write(
    { name: 'shop.orders', columns: ['id'], number: 1 },
    { name: 'shop.returns', columns: ['id'], number: 2 },
  );
  // Another run that began long before the last look, and an event of no run.
  await store({
    number: 3,
    name: 'shop.orders',
    columns: ['id', 'quokka'],
    facets: { tags: facet({ tags: [{ key: 'wombat', value: 'true' }] }) },
  });
  await store({
    eventTime: '2026-01-01T12:00:00Z',
    producer: 'https://example.com/p',
    dataset: {
      namespace: WAREHOUSE,
      name: 'shop.returns',
      facets: { ownership: facet({ owners: [{ name: 'team-numbat' }] }) },
    },
  });
  assert.deepEqual((await find({ q: 'quokka' })).items, []);
  index.start();
  t.after(() => index.stop());
  const isFound = async (q: string, name: string): Promise<boolean> =>
    (await find({ q, kind: 'dataset' })).items.some((hit) => hit.name === name);
  for (const [q, name] of [
    ['quokka', 'shop.orders'],
    ['wombat', 'shop.orders'],
    ['numbat', 'shop.returns'],
  ] as const) {
    const end = performance.now() + 60_000;
    while (!(await isFound(q, name))) {
      assert.ok(performance.now() < end, `${q} was not found`);
      await sleep(20);
    }
  }
});

test('while events wait to be stored few things are described at a time', async (t) => {
  const { database, store } = await searching(t);
  for (let table = 0; table < 60; table += 1) await store({ name: `shop.t${table}` });
  const steps = async (busy: boolean): Promise<number> => {
    let transactions = 0;
    const counting: Database = {
      ...database,
      transaction: (work) => {
        transactions += 1;
        return database.transaction(work);
      },
    };
    const index = new SearchIndex({ database: counting, now: () => new Date(), busy: () => busy });
    assert.ok((await index.settle()) >= 120); // 60 datasets and their jobs
    return transactions;
  };
  // The last one finds nothing left to do.
  assert.equal(await steps(false), 2);
  assert.ok((await steps(true)) >= 4);
});
