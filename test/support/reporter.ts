import { existsSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { spec as Spec } from 'node:test/reporters';
import type { TestEvent } from 'node:test/reporters';

/** Counts of the closing summary by their names in it, and the tests that were skipped with the reason. */
interface Tallies {
  readonly counts: Record<string, number>;
  readonly skipped: string[];
}

const SUMMARY = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

/**
 * Node's own spec reporter, with one closing summary over all parts of a run (test/run.ts starts two) and
 * every skipped test named before it, so that nothing is skipped in silence.
 */
export default async function* reporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const talliesFile = process.env['ASSAY_TEST_TALLIES'] ?? '';
  const isLast = process.env['ASSAY_TEST_LAST_PART'] !== '';
  const tallies = readTallies(talliesFile);
  const output = Readable.from(combined(source, tallies, isLast, talliesFile)).compose(new Spec());
  for await (const text of output) writeOut(String(text));
  yield '';
}

/**
 * Waits until the text is out. Node is told to exit after the last test whatever is left open
 * (--test-force-exit), and would cut off what a slow reader has not taken yet.
 */
function writeOut(text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

async function* combined(
  source: AsyncIterable<TestEvent>,
  tallies: Tallies,
  isLast: boolean,
  talliesFile: string,
): AsyncGenerator<TestEvent> {
  let announced = false;
  for await (const event of source) {
    const reason = skipReason(event);
    if (reason !== undefined) tallies.skipped.push(reason);
    const found =
      event.type === 'test:diagnostic' && event.data.nesting === 0 ? SUMMARY.exec(event.data.message) : null;
    if (event.type !== 'test:diagnostic' || found === null) {
      yield event;
      continue;
    }
    const [, name = '', value = '0'] = found;
    const total = (tallies.counts[name] ?? 0) + Number(value);
    tallies.counts[name] = total;
    // At once: node may be told to exit as soon as the last test is done.
    if (talliesFile !== '') writeFileSync(talliesFile, JSON.stringify(tallies));
    if (!isLast) continue;
    if (!announced) {
      for (const skipped of tallies.skipped)
        yield { ...event, data: { ...event.data, message: `SKIPPED ${skipped}` } };
      announced = true;
    }
    yield { ...event, data: { ...event.data, message: `${name} ${total}` } };
  }
}

function skipReason(event: TestEvent): string | undefined {
  if (event.type !== 'test:pass' || event.data.skip === undefined || event.data.skip === false)
    return undefined;
  const reason = typeof event.data.skip === 'string' ? event.data.skip : 'no reason given';
  return `${event.data.name}: ${reason}`;
}

function readTallies(path: string): Tallies {
  if (path === '' || !existsSync(path)) return { counts: {}, skipped: [] };
  return JSON.parse(readFileSync(path, 'utf8')) as Tallies;
}
