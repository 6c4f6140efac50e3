import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readSeries } from '../bench/detectors/series.ts';
import { noShared, SHARED } from '../support/shared-data.ts';
import { DAY_MS } from './adaptive-support.ts';
import { detectAdaptive } from '#detectors/adaptive.ts';
import type { Detection } from '#model/detection.ts';

/** What the reference implementation of the research answers. */
interface Reference {
  readonly expected: number;
  readonly z: number;
}
type DetectReference = (
  history: readonly { ts: string; value: number | null }[],
  target: { ts: string; value: number },
  kind: string,
  options: { calendar: (day: string) => boolean },
) => Reference;

const folder = join(SHARED, 'anomaly');
const program = join(folder, 'reference/detector.mjs');
const skip = noShared() || (existsSync(program) ? false : 'needs the reference detector');

/** Six series of four sources: every day of a spring without gross events. */
const IDS = ['births_us', 'ped_southern', 'fl_atl_rows', 'fl_all_rows', 'fl_ord_dest', 'fl_all_meandist'];

describe('beside the reference', { skip }, () => {
  test('expects about the same, and has the same opinion of a clean day and of a halved one', async () => {
    const { detect } = (await import(program)) as { detect: DetectReference };
    const all = readSeries(folder).series;
    const expected: number[] = [];
    const agreed: boolean[] = [];
    for (const id of IDS) {
      const series = all.find((one) => one.id === id);
      assert.ok(series, id);
      for (let index = 60; index < 150; index += 3) {
        const value = series.values[index] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        const iso = (at: number): string =>
          new Date((series.firstDay + at) * DAY_MS).toISOString().slice(0, 10);
        const holiday = (day: string): string | null =>
          series.holidays[Date.parse(day) / DAY_MS - series.firstDay] ?? null;
        const past = Array.from({ length: 30 }, (_, back) => index - 30 + back).map((at) => {
          const known = series.values[at] ?? Number.NaN;
          return { ts: iso(at), value: Number.isNaN(known) ? null : known };
        });
        for (const target of [value, value / 2]) {
          const reference = detect(past, { ts: iso(index), value: target }, series.kind, {
            calendar: (day) => holiday(day) !== null,
          });
          const ours: Detection = detectAdaptive({
            kind: series.kind,
            cadence: 'daily',
            history: past.map(({ ts, value }) => ({ partition: ts, at: new Date(ts), value })),
            target: { partition: iso(index), at: new Date(iso(index)), value: target },
            marks: [],
            calendar: holiday,
            label: id,
          });
          expected.push(Math.abs((ours.expected ?? 0) / reference.expected - 1));
          agreed.push(Math.abs(reference.z) >= 5 === Math.abs(ours.z ?? 0) >= 5);
        }
      }
    }
    expected.sort((a, b) => a - b);
    assert.ok(expected.length > 300);
    assert.ok((expected[Math.floor(0.5 * expected.length)] ?? 1) < 0.005, 'half of them within 0.5 %');
    assert.ok((expected[Math.floor(0.9 * expected.length)] ?? 1) < 0.03, 'nine of ten within 3 %');
    const same = agreed.filter(Boolean).length / agreed.length;
    assert.ok(same > 0.95, `the same opinion in ${same} of all`);
  });
});
