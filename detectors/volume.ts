import type { Cadence, Calendar, Detection, Mark, MetricKind } from '#model/detection.ts';

import { detectAdaptive } from './adaptive.ts';
import { detectHourly } from './hourly.ts';

/** What the metadata of a table format or a catalogue tells of a partition, without reading it. */
export interface PartitionSize {
  readonly partition: string;
  readonly at: Date;
  readonly rows?: number;
  readonly bytes?: number;
  readonly files?: number;
}

export interface VolumeOptions {
  readonly cadence: Cadence;
  readonly marks?: readonly Mark[];
  readonly calendar?: Calendar;
}

export interface VolumeFinding {
  readonly metric: 'row_count' | 'size_bytes' | 'file_count';
  readonly detection: Detection;
}

const METRICS = [
  { metric: 'row_count', kind: 'count', of: 'rows' },
  { metric: 'size_bytes', kind: 'bytes', of: 'bytes' },
  { metric: 'file_count', kind: 'count', of: 'files' },
] as const satisfies readonly {
  metric: VolumeFinding['metric'];
  kind: MetricKind;
  of: keyof PartitionSize;
}[];

/**
 * Rows, bytes and files of a partition against those of the partitions before it (oldest first), by the
 * detector of the cadence. What the metadata of the target does not tell is not judged.
 */
export function volume(
  history: readonly PartitionSize[],
  target: PartitionSize,
  options: VolumeOptions,
): VolumeFinding[] {
  const detect = options.cadence === 'hourly' ? detectHourly : detectAdaptive;
  return METRICS.flatMap(({ metric, kind, of }) => {
    const value = target[of];
    if (value === undefined) return [];
    const detection = detect({
      kind,
      cadence: options.cadence,
      history: history.map((size) => ({ partition: size.partition, at: size.at, value: size[of] ?? null })),
      target: { partition: target.partition, at: target.at, value },
      marks: options.marks ?? [],
      calendar: options.calendar ?? (() => null),
      label: metric,
    });
    return [{ metric, detection }];
  });
}
