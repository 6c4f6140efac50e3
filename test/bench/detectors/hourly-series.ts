import type { MetricKind } from '#model/detection.ts';
import { isAnything, isDay, isNumber, numberOf, readRows } from './csv-file.ts';

const HOUR_MS = 3_600_000;
const KINDS: readonly string[] = ['count', 'sum', 'distinct', 'bytes', 'mean', 'rate', 'duration', 'delay'];

/** One labelled hourly series on an unbroken axis of hours. */
export interface HourlySeries {
  readonly id: string;
  readonly kind: MetricKind;
  /** Hours since 1970 of the first value. */
  readonly firstHour: number;
  /** NaN: the hour is absent. */
  readonly values: Float64Array;
  /** 1: an expert calls the hour anomalous. */
  readonly labels: Uint8Array;
}

export interface HourlyData {
  readonly series: readonly HourlySeries[];
  /** What was unreadable; not that the file is missing. */
  readonly remarks: readonly string[];
}

/** Reads hourly_labelled.csv (series_id, ts, value, label) and its kinds from series_meta.csv; none without it. */
export function readHourlySeries(folder: string): HourlyData {
  const remarks: string[] = [];
  const points = readRows(
    folder,
    'hourly_labelled.csv',
    { series_id: isAnything, ts: isHour, value: isNumber, label: isNumber },
    null,
    remarks,
  );
  // What is wrong with it is said where the daily series are read.
  const about = readRows(folder, 'series_meta.csv', { series_id: isAnything }, null, []);
  const kinds = new Map(about.map((row) => [row['series_id'], row['kind']]));
  const rows = new Map<string, { hour: number; value: number; label: number }[]>();
  for (const { series_id: id = '', ts = '', value, label } of points) {
    const list = rows.get(id) ?? [];
    list.push({ hour: hourNumber(ts), value: numberOf(value), label: Number(label) });
    rows.set(id, list);
  }
  const series = [...rows].map(([id, own]) => {
    const firstHour = own.reduce((least, { hour }) => Math.min(least, hour), Infinity);
    const lastHour = own.reduce((most, { hour }) => Math.max(most, hour), -Infinity);
    const values = new Float64Array(lastHour - firstHour + 1).fill(Number.NaN);
    const labels = new Uint8Array(values.length);
    for (const { hour, value, label } of own) {
      values[hour - firstHour] = value;
      labels[hour - firstHour] = label > 0 ? 1 : 0;
    }
    const kind = kinds.get(id) ?? '';
    return { id, kind: KINDS.includes(kind) ? (kind as MetricKind) : 'count', firstHour, values, labels };
  });
  return { series, remarks };
}

const isHour = (text: string): boolean => isDay(text) && !Number.isNaN(hourNumber(text));

/** Hours since 1970 of `2018-06-19T00`, whatever follows; of a date alone its first hour. */
function hourNumber(text: string): number {
  return Math.floor(Date.parse(`${text.slice(0, 10)}T${text.slice(11, 13) || '00'}:00:00Z`) / HOUR_MS);
}
