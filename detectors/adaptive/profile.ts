import type { MetricKind } from '#model/detection.ts';

/** How a kind of metric behaves, and what is worth an alarm. */
export interface Profile {
  readonly family: 'volume' | 'mean' | 'rate';
  /** The scale of a quiet series, on the transformed scale: about a share of the value. */
  readonly priorScale: number;
  /** Share of the plain 30-day deviation that the scale never falls below (in squares). */
  readonly deviationShare: number;
  /**
   * What the scale is multiplied by at the end, so that |z| = 5 is about one false alarm in seven
   * metric-months in every family, and one threshold serves all. Measured by `npm run bench:detectors`.
   */
  readonly calibration: number;
  readonly direction: 'up' | 'down' | 'both';
  /** Whether zero is an empty partition and holidays move the value. */
  readonly followsCalendar: boolean;
  /** Whole numbers: half a unit is nothing. */
  readonly whole: boolean;
}

const VOLUME = {
  family: 'volume',
  priorScale: 0.06,
  deviationShare: 0,
  calibration: 0.9,
  direction: 'both',
  followsCalendar: true,
  whole: false,
} as const;
/** Early or quick is no alarm. */
const ELAPSED = { ...VOLUME, direction: 'up', followsCalendar: false } as const;

export const PROFILES: Readonly<Record<MetricKind, Profile>> = {
  count: { ...VOLUME, whole: true },
  sum: VOLUME,
  bytes: VOLUME,
  distinct: { ...VOLUME, priorScale: 0.03, whole: true },
  mean: {
    family: 'mean',
    priorScale: 0.04,
    deviationShare: 0.4,
    calibration: 0.65,
    direction: 'both',
    followsCalendar: false,
    whole: false,
  },
  rate: {
    family: 'rate',
    priorScale: 0.05,
    deviationShare: 0.4,
    calibration: 0.4,
    direction: 'up',
    followsCalendar: false,
    whole: false,
  },
  duration: ELAPSED,
  delay: ELAPSED,
};
