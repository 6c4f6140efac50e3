import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { MetricKind } from '#model/detection.ts';
import { parseCsv } from './series.ts';

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

/** Reads hourly_labelled.csv (series_id, ts, value, label) and its kinds from series_meta.csv; none without it. */
export function readHourlySeries(folder: string): HourlySeries[] {
  const path = join(folder, 'hourly_labelled.csv');
  if (!existsSync(path)) return [];
  const about = join(folder, 'series_meta.csv');
  const kinds = new Map(
    existsSync(about)
      ? parseCsv(readFileSync(about, 'utf8')).map((row) => [row['series_id'], row['kind']])
      : [],
  );
  const rows = new Map<string, { hour: number; value: number; label: number }[]>();
  for (const { series_id: id = '', ts = '', value = '', label = '' } of parseCsv(
    readFileSync(path, 'utf8'),
  )) {
    const hour = Math.floor(Date.parse(`${ts.slice(0, 10)}T${ts.slice(11, 13) || '00'}:00:00Z`) / HOUR_MS);
    if (Number.isNaN(hour)) continue;
    const list = rows.get(id) ?? [];
    list.push({ hour, value: value.trim() === '' ? Number.NaN : Number(value), label: Number(label) });
    rows.set(id, list);
  }
  return [...rows].map(([id, points]) => {
    const firstHour = points.reduce((least, { hour }) => Math.min(least, hour), Infinity);
    const lastHour = points.reduce((most, { hour }) => Math.max(most, hour), -Infinity);
    const values = new Float64Array(lastHour - firstHour + 1).fill(Number.NaN);
    const labels = new Uint8Array(values.length);
    for (const { hour, value, label } of points) {
      values[hour - firstHour] = value;
      labels[hour - firstHour] = label > 0 ? 1 : 0;
    }
    const kind = kinds.get(id) ?? '';
    return { id, kind: KINDS.includes(kind) ? (kind as MetricKind) : 'count', firstHour, values, labels };
  });
}
