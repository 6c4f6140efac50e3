import { factKey, type FactKey, type MeasurementSource } from '#model/measurement.ts';
import type { RawDataset } from '../envelope.ts';
import { isObject, numberOf, requireObject, type JsonObject, type Warnings } from './facet-reader.ts';

export interface Statistic {
  readonly fact: FactKey;
  readonly value: number;
  readonly source: MeasurementSource;
}

const NONE: readonly Statistic[] = [];

/** All numbers that one entry of inputs or outputs states. What is absent stays unknown; it is never zero. */
export function readStatistics(
  { facets, inputFacets, outputFacets }: RawDataset,
  pointer: string,
  warnings: Warnings,
): readonly Statistic[] {
  let all = NONE;
  const read = (
    source: typeof facets,
    name: string,
    place: string,
    reader: (facet: JsonObject) => readonly Statistic[],
  ): void => {
    if (source?.[name] === undefined) return;
    const found = warnings.readOnce(source, name, `${pointer}/${place}`, reader) ?? NONE;
    all = all.length === 0 ? found : [...all, ...found];
  };
  read(inputFacets, 'inputStatistics', 'inputFacets', inputTotals);
  read(outputFacets, 'outputStatistics', 'outputFacets', outputTotals);
  read(facets, 'dataQualityMetrics', 'facets', qualityMetrics);
  read(inputFacets, 'dataQualityMetrics', 'inputFacets', qualityMetrics);
  read(outputFacets, 'dataQualityMetrics', 'outputFacets', qualityMetrics);
  return all;
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
