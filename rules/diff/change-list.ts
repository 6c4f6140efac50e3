import type { SourcePosition } from '#model/contract.ts';
import type { Json } from '#model/json.ts';
import type { Change, ChangeClass, DiffOptions, RuleId } from './change.ts';
import { isSame } from './value-key.ts';

/** What a rule says of one change; the rest comes from where it happened. */
export interface Said {
  readonly rule: RuleId;
  readonly class: ChangeClass;
  /** Behind the path of the place. */
  readonly at?: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly message: string;
  readonly mend: string;
  readonly approval?: boolean;
  readonly notice?: string | null;
  readonly position?: SourcePosition | null;
}

/** The dataset or column that is being compared. */
export interface Place {
  readonly path: string;
  readonly dataset: string | null;
  readonly column: string | null;
  /** How messages call it: `orders.amount`. */
  readonly name: string;
  readonly position: SourcePosition | null;
}

/** Changes while they are collected. */
export class ChangeList {
  readonly changes: Change[] = [];
  readonly options: DiffOptions;

  constructor(options: DiffOptions) {
    this.options = options;
  }

  add(place: Place, said: Said): void {
    const { at, before = null, after = null, approval = false, notice = null, position, ...rest } = said;
    this.changes.push({
      ...rest,
      path: at === undefined ? place.path : `${place.path}/${at}`,
      dataset: place.dataset,
      column: place.column,
      position: position === undefined ? place.position : position,
      before,
      after,
      approval,
      notice,
    });
  }

  /** Adds a PATCH of B18 or B19 when two values differ. */
  compare(place: Place, at: string, before: Json, after: Json, rule: 'B18' | 'B19' = 'B19'): void {
    if (isSame(before, after)) return;
    const said = isBlank(before) ? 'is stated now' : isBlank(after) ? 'is no longer stated' : 'changed';
    this.add(place, {
      rule,
      class: 'PATCH',
      at,
      before,
      after,
      message: `The ${at.replaceAll('_', ' ')} of ${place.name} ${said}`,
      mend: 'Raise the patch version.',
    });
  }
}

/** Nothing stated. */
export function isBlank(value: Json): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A part of a JSON pointer (RFC 6901). */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
