import type { SourcePosition } from '#model/contract.ts';
import type { Json } from '#model/json.ts';

/** The rules of docs/contract-changes.md. */
export type RuleId =
  | 'B1'
  | 'B2'
  | 'B3'
  | 'B4'
  | 'B5'
  | 'B6'
  | 'B7'
  | 'B8'
  | 'B9'
  | 'B10'
  | 'B11'
  | 'B12'
  | 'B13'
  | 'B14'
  | 'B15'
  | 'B16'
  | 'B17'
  | 'B18'
  | 'B19'
  | 'B20';

/** What a change is for those who read the data: MAJOR breaks them, MINOR adds, PATCH only tells. */
export type ChangeClass = 'MAJOR' | 'MINOR' | 'PATCH';

/** What each rule is about, in the words of reports. */
export const RULE_TITLES: Readonly<Record<RuleId, string>> = {
  B1: 'Dataset or column removed or renamed',
  B2: 'Type narrowed or changed',
  B3: 'Type widened',
  B4: 'Nullability changed',
  B5: 'Key or uniqueness changed',
  B6: 'Values allowed changed',
  B7: 'Unit, time zone, currency, encoding or format changed',
  B8: 'Partitioning changed',
  B9: 'Physical place changed',
  B10: 'Promise in time or service changed',
  B11: 'Quality promise changed',
  B12: 'Access narrowed',
  B13: 'Protection lowered',
  B14: 'Masking or encryption changed',
  B15: 'Dataset or column added',
  B16: 'Order of columns changed',
  B17: 'Life cycle changed',
  B18: 'Owner, team or support changed',
  B19: 'Documentation changed',
  B20: 'Relationship changed',
};

/** One difference between two versions of a contract. */
export interface Change {
  readonly rule: RuleId;
  readonly class: ChangeClass;
  /** Somebody (the data protection officer) has to agree, whatever the version says. */
  readonly approval: boolean;
  /** JSON pointer by names, stable when lines move: `/datasets/orders/columns/amount/type`. */
  readonly path: string;
  /** Null for what concerns the whole file. */
  readonly dataset: string | null;
  /** As the old version names it where there was one; parts of nested columns joined by dots. */
  readonly column: string | null;
  /** In the new file: of the thing itself, else of what held it; null when nothing of it is left. */
  readonly position: SourcePosition | null;
  /** Null: there was, or is, none. */
  readonly before: Json;
  readonly after: Json;
  /** One sentence, without the full stop. */
  readonly message: string;
  /** What to do, one sentence. */
  readonly mend: string;
  /** What somebody should be told besides: `compliance`, … */
  readonly notice: string | null;
}

/** How the world reads and writes the data; all false unless stated. */
export interface DiffOptions {
  /** Readers take columns by their place. */
  readonly positional?: boolean;
  /** Readers that break at wider types too, like loaders with fixed columns. */
  readonly strict?: boolean;
  /** Others write the data as well: for them new duties break. */
  readonly otherWriters?: boolean;
}
