import { factKey, type FactKey, type MeasurementSource } from '#model/measurement.ts';
import type { EventKind } from '#model/order-key.ts';
import type { RawDataset, RawEvent, RawFacets } from '../envelope.ts';
import { JsonSlice } from '../json-slice.ts';
import { isObject, numberOf, requireObject, textOf, type JsonObject, type Warnings } from './facet-reader.ts';

export interface Statistic {
  readonly fact: FactKey;
  readonly value: number;
  readonly source: MeasurementSource;
}

const NONE: readonly Statistic[] = [];

/** How far the outputStatistics of an event can be believed. */
export interface StatisticsTrust {
  /** dbt's come from the adapter, or from the catalogue when docs were generated; Spark's from its tasks. */
  readonly source: 'output_statistics' | 'dbt';
  /**
   * Spark states the numbers of its last job on every output of the event, whatever was written where: with
   * several outputs they are about none of them.
   */
  readonly aboutNone: boolean;
  /** Spark states 0 rows and 0 bytes before anything was written: until the end that is unknown, not zero. */
  readonly zeroIsUnknown: boolean;
}

/** Says it once for an event (traps: OutputStatisticsOutputDatasetFacetBuilder and JobMetricsHolder of openlineage-spark). */
export function trustOf({ producer, outputs }: RawEvent, kind: EventKind): StatisticsTrust {
  const isSpark = producer?.includes('/integration/spark') === true;
  return {
    source: producer?.includes('/integration/dbt') === true ? 'dbt' : 'output_statistics',
    aboutNone:
      isSpark && outputs !== undefined && outputs !== null && outputs.length > 1 && areShared(outputs),
    zeroIsUnknown: isSpark && kind !== 'COMPLETE' && kind !== 'FAIL' && kind !== 'ABORT',
  };
}

/** Two outputs of different names bear the same numbers. */
function areShared(outputs: readonly RawDataset[]): boolean {
  const stated = new Map<string, string>();
  for (const { namespace, name, outputFacets } of outputs) {
    const sent = outputFacets?.['outputStatistics'];
    if (sent === undefined || sent === null) continue;
    const text = sent instanceof JsonSlice ? sent.text() : JSON.stringify(sent);
    const owner = `${namespace}\u0000${name}`;
    const known = stated.get(text);
    if (known !== undefined && known !== owner) return true;
    stated.set(text, owner);
  }
  return false;
}

/** Whether facets of a dataset hold its quality metrics. */
export function statesQuality(facets: RawFacets | null | undefined): boolean {
  return QUALITY.some((name) => facets?.[name] !== undefined);
}

/**
 * All numbers that one entry of inputs or outputs states. What is absent stays unknown; it is never zero.
 * @param own statesQuality of the dataset's own facets.
 */
export function readStatistics(
  { facets, inputFacets, outputFacets }: RawDataset,
  own: { readonly statesQuality: boolean },
  pointer: string,
  trust: StatisticsTrust,
  warnings: Warnings,
): readonly Statistic[] {
  let all = NONE;
  const read = (
    sent: RawFacets | null | undefined,
    name: string,
    place: string,
    reader: (facet: JsonObject) => readonly Statistic[],
  ): readonly Statistic[] =>
    sent?.[name] === undefined
      ? NONE
      : (warnings.readOnce(sent, name, `${pointer}/${place}`, reader) ?? NONE);
  const add = (found: readonly Statistic[]): void => {
    if (found.length > 0) all = all.length === 0 ? found : [...all, ...found];
  };
  add(read(inputFacets, 'inputStatistics', 'inputFacets', inputTotals));
  add(read(inputFacets, 'icebergScanReport', 'inputFacets', scanReport));
  add(believed(read(outputFacets, 'outputStatistics', 'outputFacets', outputTotals), trust));
  add(read(outputFacets, 'icebergCommitReport', 'outputFacets', commitReport));
  for (const name of QUALITY) {
    if (own.statesQuality) add(read(facets, name, 'facets', qualityMetrics));
    add(read(inputFacets, name, 'inputFacets', qualityMetrics));
    add(read(outputFacets, name, 'outputFacets', qualityMetrics));
  }
  return all;
}

/** The standard facet, in whatever place, and Great Expectations' own of the same form. */
const QUALITY = ['dataQualityMetrics', 'dataQuality'] as const;

function believed(totals: readonly Statistic[], trust: StatisticsTrust): readonly Statistic[] {
  if (totals.length === 0 || trust.aboutNone) return NONE;
  if (trust.zeroIsUnknown && totals.every(({ value }) => value === 0)) return NONE;
  if (trust.source === 'output_statistics') return totals;
  return totals.map((statistic) => ({ ...statistic, source: trust.source }));
}

function inputTotals(facet: JsonObject): Statistic[] {
  return totals(facet, 'input_statistics');
}

function outputTotals(facet: JsonObject): Statistic[] {
  return totals(facet, 'output_statistics');
}

function totals(facet: JsonObject, source: MeasurementSource): Statistic[] {
  return numbers(source, [
    ['row_count', facet['rowCount']],
    ['size_bytes', facet['size']],
    ['file_count', facet['fileCount']],
  ]);
}

/** IcebergScanReportInputDatasetFacet 1-0-1: the files that the scan planned to read. */
function scanReport(facet: JsonObject): Statistic[] {
  const metrics = facet['scanMetrics'];
  if (!isObject(metrics)) return [];
  return numbers('input_statistics', [
    ['size_bytes', metrics['totalFileSizeInBytes']],
    ['file_count', metrics['resultDataFiles']],
  ]);
}

/**
 * IcebergCommitReportOutputDatasetFacet 1-0-2: what the commit added, exact and of this table alone. A commit
 * that only deletes says nothing of rows written.
 */
function commitReport(facet: JsonObject): Statistic[] {
  const metrics = facet['commitMetrics'];
  if (!isObject(metrics) || textOf(facet['operation'])?.toLowerCase() === 'delete') return [];
  return numbers('iceberg_commit', [
    ['row_count', metrics['addedRecords']],
    ['size_bytes', metrics['addedFilesSizeInBytes']],
    ['file_count', metrics['addedDataFiles']],
  ]);
}

// DataQualityMetrics: quantiles wait for a metric that can be compared (a later contract vocabulary).
function qualityMetrics(facet: JsonObject): Statistic[] {
  const source = 'quality_metrics';
  const statistics = numbers(source, [
    ['row_count', facet['rowCount']],
    ['size_bytes', facet['bytes']],
    ['file_count', facet['fileCount']],
  ]);
  if (facet['columnMetrics'] === undefined) return statistics;
  for (const [column, metrics] of Object.entries(requireObject(facet, 'columnMetrics'))) {
    if (!isObject(metrics)) continue;
    statistics.push(
      ...numbers(source, [
        [factKey('null_count', [column]), metrics['nullCount']],
        [factKey('distinct_count', [column]), metrics['distinctCount']],
        [factKey('count', [column]), metrics['count']],
        [factKey('sum', [column]), metrics['sum']],
        [factKey('min', [column]), metrics['min']],
        [factKey('max', [column]), metrics['max']],
      ]),
    );
  }
  return statistics;
}

function numbers(source: MeasurementSource, list: readonly (readonly [FactKey, unknown])[]): Statistic[] {
  const statistics: Statistic[] = [];
  for (const [fact, stated] of list) {
    const value = numberOf(stated);
    if (value !== null) statistics.push({ fact, value, source });
  }
  return statistics;
}
