/**
 * What a detector is told and what it answers. A detector is a pure function of (history, marks, calendar,
 * target): the same question always has the same answer, so that any verdict can be computed again.
 */

/** What a number counts; it decides the transform, the direction that matters and the hard rules. */
export type MetricKind =
  | 'count'
  | 'sum'
  | 'distinct'
  | 'bytes'
  | 'mean'
  | 'rate'
  /** Seconds that a run took. */
  | 'duration'
  /** Seconds from the end of the data's time to its landing. */
  | 'delay';

export type Cadence = 'daily' | 'hourly' | 'other';

/** One partition's value. */
export interface DetectionPoint {
  readonly partition: string;
  /** The day or hour that the partition is about. */
  readonly at: Date;
  /** null: the partition is absent or incomplete. */
  readonly value: number | null;
  /** Rows behind a rate or a mean, when known: few rows scatter more. */
  readonly rows?: number;
}

/**
 * What a person said of a partition or a metric. Marks are events (with author and reason) in the store; a
 * detector sees only what follows from them.
 *
 * expected: a one-off that is fine; kept out of training, no alarm.
 * new_normal: a level shift from this partition on; what lies before is rescaled.
 * incident: bad data; kept out of training until repaired.
 * noisy: the metric alarms too often; its threshold rises by a quarter and is forgotten with a half-life of 90 days.
 */
export type MarkKind = 'expected' | 'new_normal' | 'incident' | 'noisy';

export interface Mark {
  readonly kind: MarkKind;
  /** The partition that it is about; for `noisy` the one that was open when it was said. */
  readonly partition: string;
  /** The day or hour of that partition. */
  readonly at: Date;
  /** When it was said. */
  readonly markedAt: Date;
}

/** The name of the holiday on a calendar day `YYYY-MM-DD`, or null on a common day. */
export type Calendar = (day: string) => string | null;

export interface DetectionQuestion {
  readonly kind: MetricKind;
  readonly cadence: Cadence;
  /** Oldest first, all before the target; about 42 days (hourly: 28 days). Flagged points are left in. */
  readonly history: readonly DetectionPoint[];
  readonly target: DetectionPoint;
  readonly marks: readonly Mark[];
  readonly calendar: Calendar;
  /** |z| from which the value is an alarm; the default of the metric's kind when absent. */
  readonly threshold?: number;
  readonly direction?: 'up' | 'down' | 'both';
  /** How the value is called in messages: `row_count`. */
  readonly label: string;
}

/** A forecaster's part in the expectation. */
export interface Because {
  /** `Wednesdays + level of 21 days`. */
  readonly name: string;
  /** 0..1. */
  readonly weight: number;
  /** In the metric's own units. */
  readonly forecast: number;
}

/** What a group of rows adds to a deviation of the whole. */
export interface SegmentPart {
  /** `country=DE`. */
  readonly name: string;
  readonly actual: number;
  /** The group's usual share of the expected whole. */
  readonly expected: number;
  /** Part of the whole deviation that lies in this group; negative when it moved the other way. */
  readonly share: number;
}

export type HardRule = 'absent' | 'empty' | 'exact_repeat' | 'out_of_bounds_while_learning';

export interface Detection {
  readonly detector: string;
  /**
   * notice: worth a line in a digest. anomalous: worth an incident. learning: too little history to say, and
   * never read as normal (a hard rule may still make it anomalous).
   */
  readonly status: 'normal' | 'notice' | 'anomalous' | 'learning' | 'no_data';
  readonly value: number | null;
  /** In the metric's units; null while learning. */
  readonly expected: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Distance from the expected range in robust scales; signed; null while learning. */
  readonly z: number | null;
  /** The threshold that was applied, after widening and marks. */
  readonly threshold: number;
  /** value / expected; null when that says nothing. */
  readonly ratio: number | null;
  readonly rules: readonly HardRule[];
  readonly holiday: string | null;
  /** `about twice the expectation: loaded twice?` */
  readonly hint: string | null;
  /** Heaviest first. */
  readonly because: readonly Because[];
  /** Usable points of history. */
  readonly points: number;
  /** `country=DE explains 83 % of the missing rows`, where rows are counted by group. */
  readonly where?: string;
  /** The groups that make up the deviation, largest share first; where one stands out. */
  readonly segments?: readonly SegmentPart[];
  /** One sentence for a person, the reason first. */
  readonly message: string;
}
