import type { Uuid } from './ids.ts';
import type { Identifier } from './naming.ts';

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
