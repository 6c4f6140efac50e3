import { fileURLToPath } from 'node:url';

/**
 * Path of the demo's source: three million US flights of the first half of 2001 (Bureau of
 * Transportation Statistics), shipped by the npm package `vega-datasets`.
 *
 * @throws Error with the mend when the package is not installed (it is a development dependency).
 */
export function sourceFilePath(): string {
  try {
    // The package exports its entry (build/index.js) only; the data files lie beside it.
    return fileURLToPath(new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets')));
  } catch {
    throw new Error(
      'The demo needs the npm package vega-datasets, which is not installed: run `npm ci` without --omit=dev.',
    );
  }
}
