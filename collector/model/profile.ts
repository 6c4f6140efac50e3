import type { Facts } from './measurement.ts';
import type { Sketches } from './statistics/packed-sketches.ts';

/** A column that is profiled. */
export interface ProfiledColumn {
  /** As facts name it. */
  readonly name: string;
  /** In the table. */
  readonly source: string;
  /** Its values may be told: least, greatest, sum, quantiles. False of personal data, which is only counted. */
  readonly values: boolean;
}

/** What a warehouse is asked to sum up of some rows, in one statement. */
export interface ProfileRequest {
  /** A table as people write it: `staging.orders_20260101`. */
  readonly ref: string;
  /** Which rows, compiled for this dialect with the columns under the alias `c`; null: all. */
  readonly where: string | null;
  readonly columns: readonly ProfiledColumn[];
  /** Columns whose values are segments, by fact name and name in the table. */
  readonly segments: readonly Omit<ProfiledColumn, 'values'>[];
  /** Values of a segment column at most; one of more gives no segments. */
  readonly mostSegments: number;
  /** Columns of the table whose content is summed up in a checksum: without those of the partition's key. */
  readonly content: readonly string[];
  /** Columns of the table that tell its rows apart; none: no sketch of keys. */
  readonly keys: readonly string[];
  /** Longest time in milliseconds. */
  readonly timeLimitMs: number;
}

/** Mergeable statistics of a partition, or of one segment of it. */
export interface ProfilePart {
  /** In the form of a partition key, `country=DE`; '' for all rows. */
  readonly segment: string;
  readonly facts: Facts;
  readonly sketches: Sketches;
}

/** What tells whether another partition holds the same rows. */
export interface ContentSummary {
  /** Of the rows whatever their order; equal checksums of one warehouse mean equal rows. Null: not known. */
  readonly checksum: string | null;
  /** The smallest hashes of the keys, ascending, each once (60 bits of MD5); null: not known. */
  readonly keys: readonly bigint[] | null;
}

/** What a warehouse summed up. */
export interface TableProfile {
  /** All rows first, then the segments by name. */
  readonly parts: readonly ProfilePart[];
  readonly content: ContentSummary;
  /** Segment columns that have too many values, or values that are too long for a name. */
  readonly refused: readonly string[];
}

/** Hashes that a sketch of keys keeps: their overlap is estimated to a few per cent. */
export const KEY_HASHES = 256;
