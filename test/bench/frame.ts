import type { BenchCluster } from './cluster.ts';
import { median } from './statistics.ts';

/** What the command line says. */
export interface BenchOptions {
  /** A smoke run: small and short; its figures are not to be quoted. */
  readonly quick: boolean;
  readonly seed: number;
  readonly rounds: number;
  /** Seconds of one measurement. */
  readonly windowSeconds: number;
  readonly jobs: number;
  readonly connections: number;
  /** A folder for the collector's CPU profile and the statements' times; null without. */
  readonly profile: string | null;
}

export interface BenchContext {
  readonly options: BenchOptions;
  readonly cluster: BenchCluster;
  /** Tells a person what is being done. */
  readonly progress: (text: string) => void;
}

/** Any JSON value: what a benchmark measured, under keys that stay. */
export type Figures = { readonly [key: string]: Figure };
export type Figure = number | string | boolean | null | readonly Figure[] | Figures;

export interface BenchReport {
  readonly figures: Figures;
  /** The same for a person. */
  readonly lines: readonly string[];
  /** Wrong results: a fast answer that is wrong counts as none. */
  readonly failures: readonly string[];
}

export interface Benchmark {
  /** Key of its figures in the JSON document, and its name for --only. */
  readonly name: string;
  readonly title: string;
  run(context: BenchContext): Promise<BenchReport>;
}

/** Busy cores of other work above which a measurement is repeated. */
export const QUIET = 0.1;

export interface Disturbed {
  /** Busy cores that were not ours while measuring. */
  readonly foreignCores: number;
}

/** One of the things that are compared: measured once in every round. */
export interface Rung<S extends Disturbed> {
  readonly name: string;
  measure(round: number): Promise<S>;
}

export interface InterleaveOptions {
  readonly rounds: number;
  /** Measurements that may be repeated at most because other work disturbed them. */
  readonly repeats: number;
  readonly progress: (text: string) => void;
}

/**
 * Measures all rungs in every round, each round beginning with another one, so that what the machine does
 * meanwhile meets all alike. A disturbed measurement is repeated once and the quieter of the two is kept.
 */
export async function interleave<S extends Disturbed>(
  rungs: readonly Rung<S>[],
  options: InterleaveOptions,
): Promise<Map<string, S[]>> {
  const samples = new Map<string, S[]>(rungs.map(({ name }) => [name, []]));
  let repeats = options.repeats;
  for (let round = 0; round < options.rounds; round += 1) {
    for (let turn = 0; turn < rungs.length; turn += 1) {
      const rung = rungs[(turn + round) % rungs.length] as Rung<S>;
      options.progress(`round ${round + 1} of ${options.rounds}: ${rung.name}`);
      let sample = await rung.measure(round);
      if (sample.foreignCores > QUIET && repeats > 0) {
        repeats -= 1;
        options.progress(
          `round ${round + 1} of ${options.rounds}: ${rung.name} again (${sample.foreignCores.toFixed(2)} cores were busy elsewhere)`,
        );
        const again = await rung.measure(round);
        if (again.foreignCores < sample.foreignCores) sample = again;
      }
      samples.get(rung.name)?.push(sample);
    }
  }
  return samples;
}

/** Median of one figure over the rounds. */
export function medianOf<S>(samples: readonly S[], figure: (sample: S) => number): number {
  return median(samples.map(figure));
}

/** A number with as many digits as it deserves; a dash when there is none. */
export function show(value: number | null, digits = 3): string {
  if (value === null || !Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-GB');
  const decimals = value === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 3));
}

/** Rounds for JSON: three significant digits or more, no noise. */
export function rounded(value: number, decimals = 3): number {
  const factor = 10 ** decimals;
  return Number.isFinite(value) ? Math.round(value * factor) / factor : value;
}

/** Lines of a table; the first column stands left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)];
}
