import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerSearch } from '#api/search.ts';
import type { SearchAnswer } from '#api/schema/search.ts';
import { datasetEntry } from '#collector/search/describe.ts';
import { derivedId } from '#model/ids.ts';
import { CLASS_WIDTH, weightClass } from '#model/search-labels.ts';
import { askedWords, lastPart, searchName, searchWords } from '#model/search-words.ts';
import { SEARCH_RANKED } from '#store/search.ts';
import { addSearchWords, putEntries, type SearchEntry } from '#store/search-index.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { seededRandom } from '#test/bench/statistics.ts';

// What search answers, held to a scan of everything by plain code: looking through an index class by class, and
// stopping early, must lose nothing that counts more than what is shown.

const THINGS = 6000;
const WORDS = [
  'gold',
  'silver',
  'orders',
  'order',
  'customers',
  'daily',
  'eu',
  'flights',
  'x',
  'returns',
  'zeta',
];

/** Datasets with few words, of very unlike frequency, and of many weights. */
function estate(): SearchEntry[] {
  const random = seededRandom(7);
  const word = (): string => WORDS[Math.floor(random() ** 2 * WORDS.length)] ?? '';
  return Array.from({ length: THINGS }, (_, index) => {
    const rare = index % 1500 === 0 ? 'quagga_' : '';
    return datasetEntry(
      {
        id: derivedId('dataset', String(index)),
        namespace: index % 3 === 0 ? 's3://lake' : 'postgres://db:5432',
        name: `${word()}.${rare}${word()}_${word()}_${index % 7 === 0 ? 'gold_' : ''}${index}`,
        aliases: [],
        schema_id: null,
        columns: [`${word()}_${word()}`, 'id'],
        column_texts: [],
        facets: { ownership: { owners: [{ name: `team-${index % 40}` }] } },
        lifecycle_last: true,
        consumers: Math.floor(random() ** 8 * 400),
        last_run_state: index % 50 === 0 ? 'FAILED' : 'COMPLETED',
        last_event_at: null,
        stated: derivedId('stated', ''),
        watched: index % 5 === 0,
        held: false,
        published: index % 11 === 0,
        incident: false,
      },
      null,
    );
  });
}

/** 0 the name itself, 1 its beginning, 2 its words, 3 what is said of it; null: no hit. */
function tierOf(entry: SearchEntry, q: string, common: ReadonlySet<string>): number | null {
  const name = searchName(q);
  const asked = askedWords(q);
  const [folded, last] = [searchName(entry.name), searchName(lastPart(entry.name))];
  if (folded === name || last === name) return 0;
  if (folded.startsWith(name) || last.startsWith(name)) return 1;
  const meets = (words: readonly string[], within: 'names' | 'everything') =>
    asked.every((word) =>
      words.some(
        (known) =>
          known === word ||
          (known.startsWith(word) &&
            word.length > 1 &&
            (within === 'names' || (word.length >= 4 && !common.has(word)))),
      ),
    );
  const names = searchWords(entry.name);
  if (meets(names, 'names')) return 2;
  return meets(
    entry.words.filter((word) => !/^[#=^]/.test(word)),
    'everything',
  )
    ? 3
    : null;
}

test('a question class by class finds what a scan of everything finds, in the same order', async (t) => {
  const database = await testDatabase(t);
  const entries = estate();
  const now = new Date('2026-01-02T00:00:00Z');
  for (let at = 0; at < entries.length; at += 1000)
    await database.execute(putEntries(entries.slice(at, at + 1000), now));
  const words = new Set(entries.flatMap((one) => one.words.filter((word) => !/^[=#^]|^\d+$/.test(word))));
  await database.execute(addSearchWords([...words]));
  await database.execute(sql`analyze search_entity`);
  const [told] = await database.rows<{ common: string[] }>(sql`
    select array(select told.word from unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) as told(word, part)
                  where told.part >= 0.02) as common
      from pg_stats s where s.tablename = 'search_entity' and s.attname = 'words'`);
  const common = new Set(told?.common);
  const weightiest = Math.max(...entries.map(({ weight }) => weightClass(weight)));
  assert.ok(weightiest * CLASS_WIDTH > 5, 'some weigh more than others');

  const app = Fastify();
  answerProblems(app);
  registerSearch(app, { database });
  t.after(() => app.close());
  let cut = 0;
  const compare = async (q: string, filter: Readonly<Record<string, string>>): Promise<void> => {
    const answer = await app.inject({
      url: '/api/v2/search',
      query: { q, ...filter, kind: 'dataset', limit: '100' },
    });
    assert.equal(answer.statusCode, 200, answer.body);
    const { items, total, more, facets } = answer.json<SearchAnswer>();
    const passing = entries.filter(
      (one) =>
        (filter['owner'] === undefined || one.owner === filter['owner']) &&
        (filter['platform'] === undefined || one.platform === filter['platform']) &&
        (filter['layer'] === undefined || one.layer === filter['layer']) &&
        (filter['status'] === undefined || one.status === filter['status']),
    );
    const expected = passing
      .flatMap((entry) => {
        const tier = q === '' ? 3 : tierOf(entry, q, common);
        return tier === null ? [] : [{ entry, tier }];
      })
      .sort(
        (a, b) =>
          a.tier - b.tier ||
          Math.fround(b.entry.weight) - Math.fround(a.entry.weight) ||
          (a.entry.folded < b.entry.folded ? -1 : 1),
      );
    const about = `${q} ${JSON.stringify(filter)}`;
    assert.equal(total, Math.min(expected.length, SEARCH_RANKED), about);
    assert.equal(more, expected.length >= SEARCH_RANKED, about);
    const weights = new Map(entries.map((one) => [one.id, one.weight]));
    const found = items.map(({ id, match }) => ({
      id,
      match,
      class: weightClass(weights.get(id ?? '') ?? -1),
    }));
    if (expected.length <= SEARCH_RANKED)
      assert.deepEqual(
        found.map(({ id }) => id),
        expected.slice(0, 100).map(({ entry }) => entry.id),
        about,
      );
    else {
      cut += 1;
      // Not all are read: none that is left out matches better, or is of a heavier class, than what is shown.
      const places = ['exact', 'prefix', 'name', q === '' ? 'all' : 'text'];
      assert.deepEqual(
        found.map((one) => [places.indexOf(one.match), one.class]),
        expected.slice(0, 100).map(({ entry, tier }) => [tier, weightClass(entry.weight)]),
        about,
      );
    }
    if (expected.length <= SEARCH_RANKED) {
      const failed = expected.filter(({ entry }) => entry.status === 'failed').length;
      assert.equal(facets.status.find(({ value }) => value === 'failed')?.count ?? 0, failed, about);
    }
  };
  const questions = [
    'gold',
    'go',
    'orders',
    'orders daily',
    'gold orders',
    'returns eu',
    'x',
    'zeta',
    'quagga',
    'customers flights',
    'id',
    'gold.silver',
    'ord',
    'quagga zeta gold',
    'g',
    '',
  ];
  for (const q of questions)
    for (const filter of [
      {},
      { owner: 'team-7' },
      { platform: 's3' },
      { layer: 'silver', owner: 'team-3' },
      { status: 'failed' },
    ])
      await compare(q, filter);
  assert.ok(cut > 5, `${cut} questions had more hits than are ranked`);
});
