import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { scoreByAssay } from '../bench/detectors/assay.ts';
import { parseCsv } from '../bench/detectors/csv-file.ts';
import { PEERS } from '../bench/detectors/methods.ts';
import { type BenchDay, daysOf, figuresOf, scoreDays } from '../bench/detectors/protocol.ts';
import { type BenchSeries, readSeries } from '../bench/detectors/series.ts';
import { businessDays, DAY_MS, day, START } from './adaptive-support.ts';

const MAIN = join(import.meta.dirname, '../bench/detectors/main.ts');

function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function csvOf(values: readonly number[]): string {
  const lines = values.map((value, index) => `mine,${day(index).toISOString().slice(0, 10)},${value}`);
  return `series_id,ts,value\n${lines.join('\n')}\n`;
}

function seriesOf(values: readonly number[], source = 'one'): BenchSeries {
  return {
    id: `${source}_rows`,
    source,
    kind: 'count',
    firstDay: START / DAY_MS,
    values: Float64Array.from(values),
    rows: new Float64Array(values.length).fill(Number.NaN),
    holidays: values.map(() => null),
  };
}

describe('series', () => {
  test('quoted fields may hold commas', () => {
    assert.deepEqual(parseCsv('a,b\n"x, ""y""",2\n3,\n'), [
      { a: 'x, "y"', b: '2' },
      { a: '3', b: '' },
    ]);
  });

  test('a folder may lack everything but daily.csv; what is missing is said', (t) => {
    const { series, remarks } = readSeries(
      folderWith(t, {
        'daily.csv': 'series_id,ts,value\nmine,2026-01-05,7\nmine,2026-01-07,\nmine,2026-01-08,9\n',
      }),
    );
    assert.deepEqual(
      series.map(({ id, kind, values }) => [id, kind, [...values]]),
      [['mine', 'count', [7, Number.NaN, Number.NaN, 9]]],
    );
    assert.equal(remarks.filter((remark) => remark.includes('is missing')).length, 3);
  });

  test('lines that cannot be read are left out, counted and shown; so is a file without its columns', (t) => {
    const { series, remarks } = readSeries(
      folderWith(t, {
        'daily.csv':
          '\uFEFFseries_id,ts,value\nmine,2026-01-05,7\nmine,2026-01-06,abc\nmine,2026-13-45,8\nmine,2026-01-08,Infinity\nmine,2026-01-09,9\n',
        'null_rates_semisynthetic.csv': 'id,day,share\nmine,2026-01-05,0.1\n',
        'series_meta.csv': '',
        'holidays.csv': 'country,date,type,name\nUS,soon,public,Some Day\n',
      }),
    );
    assert.deepEqual([...(series[0]?.values ?? [])], [7, Number.NaN, Number.NaN, Number.NaN, 9]);
    assert.deepEqual(remarks, [
      'daily.csv: 3 of 5 lines cannot be read and are left out; the first is "mine,2026-01-06,abc".',
      'null_rates_semisynthetic.csv has no column series_id, ts, value: its first line must name them.',
      'series_meta.csv has no line below its header.',
      'holidays.csv: 1 of 1 lines cannot be read and are left out; the first is "US,soon,public,Some Day".',
    ]);
  });

  test('public holidays of the country count, observances do not', (t) => {
    const { series } = readSeries(
      folderWith(t, {
        'daily.csv': 'series_id,ts,value\nmine,2026-01-01,7\nmine,2026-01-02,8\n',
        'series_meta.csv': 'series_id,source,kind,freq,country\nmine,shop,count,D,DE\n',
        'holidays.csv':
          'country,date,type,name\nDE,2026-01-01,public,Neujahr\nUS,2026-01-02,public,Other\nDE,2026-01-02,observance,X\n',
      }),
    );
    assert.deepEqual(series[0]?.holidays, ['Neujahr', null]);
  });
});

describe('protocol', () => {
  test('a day has the true value first, then one for each incident', () => {
    const values = businessDays(40);
    const [first] = daysOf(seriesOf(values));
    const value = values[30] ?? 0;
    assert.equal(first?.index, 30);
    assert.deepEqual([...(first?.candidates ?? [])].slice(0, 3), [value, 0, Math.round(value / 2)]);
    assert.equal(first?.candidates[9], values[29]);
    assert.equal(first?.candidates[10], values[23]);
  });

  test('gross days are left out by hindsight, unless they are holidays', () => {
    const values = businessDays(100);
    values[60] = 100;
    const indices = (series: BenchSeries): number[] => daysOf(series).map(({ index }) => index);
    assert.ok(!indices(seriesOf(values)).includes(60));
    const holidays = values.map((_, index) => (index === 60 ? 'Founding Day' : null));
    assert.ok(indices({ ...seriesOf(values), holidays }).includes(60));
    assert.ok(indices(seriesOf(values)).includes(61));
  });

  /** 3000 days whose clean scores are 1..3000 in some order. */
  const days: BenchDay[] = Array.from({ length: 3_000 }, (_, index) => ({
    series: seriesOf([]),
    index,
    candidates: new Float64Array(11),
  }));

  test('the threshold leaves as many false alarms as the budget, recall is the share beyond it', () => {
    const scores = days.map((_, index) =>
      new Float64Array(11).fill(2_950.5).fill(((index * 7) % 3_000) + 1, 0, 1),
    );
    const [loose, middle] = figuresOf(days, scores);
    assert.equal(loose?.threshold, 2_900);
    assert.equal(loose.recall, 1);
    assert.equal(middle?.threshold, 2_980);
    assert.equal(middle.recall, 0);
  });

  test('a source with many series counts no more than 1500 days', () => {
    const small = days.slice(0, 1_500).map((day) => ({ ...day, series: seriesOf([], 'small') }));
    const large = [...days, ...days].map((day) => ({ ...day, series: seriesOf([], 'large') }));
    const scores = [...small, ...large].map(({ series }) =>
      Float64Array.from({ length: 11 }, (_, at) => (at === 0 ? 0 : series.source === 'small' ? 1 : 0)),
    );
    const [figure] = figuresOf([...small, ...large], scores);
    assert.ok(Math.abs((figure?.recall ?? 0) - 0.5) < 1e-9);
  });

  test('every method answers every day, and finds more at a larger budget', () => {
    const steady = daysOf(seriesOf(businessDays(120, { noise: 0.05 })));
    const all = { ...PEERS, assay: null };
    for (const [name, method] of Object.entries(all)) {
      const scores = method === null ? scoreByAssay(steady, true).byModel : scoreDays(steady, method);
      assert.ok(
        scores.every((row) => row.every((score) => score >= 0)),
        name,
      );
      const recalls = figuresOf(steady, scores).map(({ recall }) => recall);
      assert.deepEqual(
        recalls,
        recalls.toSorted((a, b) => b - a),
        name,
      );
    }
  });
});

describe('the command', () => {
  const run = (...args: string[]): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });

  test('--json is one document in the form that was promised', (t) => {
    const folder = folderWith(t, { 'daily.csv': csvOf(businessDays(60)) });
    const { status, stdout } = run('--data', folder, '--json');
    assert.equal(status, 0);
    const document = JSON.parse(String(stdout)) as Record<string, Record<string, Record<string, number>>>;
    assert.deepEqual(Object.keys(document), ['counts', 'means', 'rates', 'hourly']);
    assert.deepEqual(Object.keys(document['counts']?.['assay'] ?? {}).sort(), ['0.05', '0.2', '1']);
    const recall = document['counts']?.['assay']?.['1'] ?? 0;
    assert.ok(recall > 50 && recall <= 100, String(recall));
    assert.deepEqual(document['means'], {});
  });

  test('a folder without series and wrong use are told in a sentence', (t) => {
    const empty = run('--data', folderWith(t, {}));
    assert.equal(empty.status, 3);
    assert.match(String(empty.stderr), /holds no series/);
    const short = run('--data', folderWith(t, { 'daily.csv': csvOf([5, 6, 7]), 'hourly_labelled.csv': '' }));
    assert.equal(short.status, 3);
    assert.match(String(short.stderr), /holds no series that can be judged/);
    const odd = folderWith(t, {});
    mkdirSync(join(odd, 'daily.csv'));
    const folder = run('--data', odd, '--json');
    assert.equal(folder.status, 3);
    assert.match(String(folder.stderr), /^daily\.csv cannot be read \(EISDIR\)\.$/m);
    assert.doesNotMatch(String(folder.stderr), / at .*\.ts:/);
    assert.equal(run('--data', MAIN).status, 4);
    assert.equal(run('--data', '/nowhere/at/all').status, 4);
    assert.equal(run('--dat', 'x').status, 4);
  });
});
