import type { Uuid } from './ids.ts';
import type { Identifier } from './naming.ts';
import type { OrderKey } from './order-key.ts';

/** A dataset's name with its id. */
export interface AliasName extends Identifier {
  readonly id: Uuid;
}

/**
 * Why two names are held to be one dataset, the strongest first.
 * - `rename`: lifecycleStateChange RENAME; `from` is the old name (previousIdentifier), `to` the new one.
 * - `table`: a symlink of type TABLE; `from` bears the facet, `to` is the table that it names.
 * - `location`: a symlink of type LOCATION; `from` bears the facet, `to` is the path that it names.
 */
export const CLAIM_KINDS = ['rename', 'table', 'location'] as const;
export type ClaimKind = (typeof CLAIM_KINDS)[number];

/**
 * What an event says: these two names are one dataset. Both names as `identifyDataset` writes them, never
 * equal. When and by whom it is said tells the event's delta (key, producer).
 */
export interface AliasClaim {
  readonly kind: ClaimKind;
  readonly from: AliasName;
  readonly to: AliasName;
}

/** All that events have said of one pair in one way, whoever said it. */
export interface AliasEdge {
  readonly kind: ClaimKind;
  readonly from: Uuid;
  readonly to: Uuid;
  /** Of the first and the last event that said so; kept of renames alone, whose order in time matters. */
  readonly firstKey: OrderKey | null;
  readonly lastKey: OrderKey | null;
}

/** An operator's standing word on a pair: are one, or never are. Outranks every claim. */
export interface AliasDecision {
  readonly a: Uuid;
  readonly b: Uuid;
  readonly verdict: 'join' | 'deny';
}

/**
 * Why an edge does not join.
 * - `root`: one end is a whole bucket or file system.
 * - `reused_name`: the name is left by renames and reached by later ones, as when tables are swapped through
 *   a temporary name: what had it before is another dataset than what has it now.
 * - `shared_location`: several tables of one catalogue are said to lie at this place.
 * - `denied`: it would join two names that an operator keeps apart.
 */
export type Withheld = 'root' | 'reused_name' | 'shared_location' | 'denied';
