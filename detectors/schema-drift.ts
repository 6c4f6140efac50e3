import { nameSimilarity } from './schema-drift/name-similarity.ts';
import { type TypeChange, typeChange } from './schema-drift/type-change.ts';

/** A column as a schema names it; nested ones by a dotted path, in the order of the schema. */
export interface SchemaColumn {
  readonly name: string;
  /** As the engine writes it; null: not told. */
  readonly type: string | null;
  /** Not told when absent. */
  readonly nullable?: boolean;
}

export type SchemaChange =
  | { readonly change: 'added' | 'removed'; readonly column: string; readonly type: string | null }
  | {
      readonly change: 'renamed';
      /** The new name. */
      readonly column: string;
      readonly from: string;
      /** 0.6 to 1: how sure it is that both are one column. */
      readonly likeness: number;
    }
  | {
      readonly change: Exclude<TypeChange, 'same'>;
      readonly column: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly change: 'may_be_null' | 'never_null' | 'moved'; readonly column: string };

export interface SchemaDrift {
  readonly detector: 'schema_drift';
  /** notice: readers go on as before. anomalous: some reader fails, or reads something else. */
  readonly status: 'normal' | 'notice' | 'anomalous' | 'no_data';
  readonly changes: readonly SchemaChange[];
  readonly message: string;
}

export interface SchemaDriftOptions {
  /**
   * What the first list is. `contract`: a promise to readers, so a wider type breaks it and a narrower one
   * keeps it. `before`: what was there, so a wider type still holds it and a narrower one may cut values.
   */
  readonly against: 'contract' | 'before';
  /** How the dataset is called in the message. */
  readonly label: string;
}

const HARMLESS: Readonly<Record<SchemaDriftOptions['against'], ReadonlySet<SchemaChange['change']>>> = {
  contract: new Set(['added', 'narrowed', 'never_null', 'moved']),
  before: new Set(['added', 'widened', 'never_null', 'moved']),
};

/** From this likeness on a column that went and one that came are taken for one. */
const LIKELY = 0.6;
/** However well type and place fit: names must have this much in common. */
const LEAST_NAME = 0.34;
/** With more pairs than that to compare only columns at about the same place are. */
const MANY_PAIRS = 40_000;
const NEARBY = 10;

/**
 * What changed between two schemas: columns added, removed, renamed (by the likeness of names, with the same
 * type, at the same place), types narrowed or widened or replaced, nulls allowed or ruled out, columns moved
 * against the others. Names that differ only in case are one column, renamed. What follows from a change of
 * the column above (nested columns of a removed one) is not told again.
 */
export function schemaDrift(
  before: readonly SchemaColumn[],
  after: readonly SchemaColumn[],
  { against, label }: SchemaDriftOptions,
): SchemaDrift {
  if (before.length === 0 || after.length === 0) {
    const message = `${label} cannot be compared: ${before.length === 0 ? 'nothing to compare with' : 'no column is known'}`;
    return { detector: 'schema_drift', status: 'no_data', changes: [], message };
  }
  const pairs = pairsOf(before, after);
  const paired = new Map(pairs.map(({ one, other }) => [one.name, other.name]));
  const taken = new Set(paired.values());
  const changes = withoutInherited([
    ...before
      .filter(({ name }) => !paired.has(name))
      .map(({ name, type }): SchemaChange => ({ change: 'removed', column: name, type })),
    ...pairs.flatMap(changesOf),
    ...after
      .filter(({ name }) => !taken.has(name))
      .map(({ name, type }): SchemaChange => ({ change: 'added', column: name, type })),
    ...moved(pairs).map((column): SchemaChange => ({ change: 'moved', column })),
  ]);
  const breaking = changes.some(({ change }) => !HARMLESS[against].has(change));
  const status = changes.length === 0 ? 'normal' : breaking ? 'anomalous' : 'notice';
  return { detector: 'schema_drift', status, changes, message: messageOf(changes, label, against) };
}

interface Pair {
  readonly one: SchemaColumn;
  readonly other: SchemaColumn;
  readonly likeness: number;
  /** Place in the newer schema. */
  readonly at: number;
}

/** Which column of the one schema is which of the other, in the order of the older. */
function pairsOf(before: readonly SchemaColumn[], after: readonly SchemaColumn[]): Pair[] {
  const places = new Map(after.map(({ name }, at) => [name, at]));
  const pairs: Pair[] = [];
  const gone: number[] = [];
  before.forEach((one, index) => {
    const at = places.get(one.name);
    const other = at === undefined ? undefined : after[at];
    if (at === undefined || other === undefined) gone.push(index);
    else pairs.push({ one, other, likeness: 1, at });
  });
  const kept = new Set(pairs.map(({ at }) => at));
  const come = after.flatMap((_, at) => (kept.has(at) ? [] : [at]));
  const order = new Map(before.map(({ name }, index) => [name, index]));
  return [...pairs, ...renamed(before, after, gone, come, kept)].sort(
    (a, b) => (order.get(a.one.name) ?? 0) - (order.get(b.one.name) ?? 0),
  );
}

/** The likeliest pairs first; each column in one pair only. */
function renamed(
  before: readonly SchemaColumn[],
  after: readonly SchemaColumn[],
  gone: readonly number[],
  come: readonly number[],
  kept: ReadonlySet<number>,
): Pair[] {
  const keptNames = new Set([...kept].map((at) => after[at]?.name));
  const all = gone.length * come.length <= MANY_PAIRS;
  const candidates = gone
    .flatMap((index) =>
      come.flatMap((at) => {
        const [one, other] = [before[index], after[at]];
        if (one === undefined || other === undefined || !(all || Math.abs(index - at) <= NEARBY)) return [];
        const name = pathSimilarity(one.name, other.name);
        if (name < LEAST_NAME) return [];
        const place = samePlace(before, index, after, at, keptNames);
        return [
          {
            one,
            other,
            at,
            likeness: name === 1 ? 1 : 0.5 * name + 0.25 * typeLikeness(one, other) + 0.25 * place,
          },
        ];
      }),
    )
    .filter(({ likeness }) => likeness >= LIKELY)
    .sort((a, b) => b.likeness - a.likeness);
  const used = new Set<SchemaColumn>();
  return candidates.filter(({ one, other }) => {
    if (used.has(one) || used.has(other)) return false;
    used.add(one).add(other);
    return true;
  });
}

/** Of nested columns the last names must be alike, and what is above them. */
function pathSimilarity(a: string, b: string): number {
  const [one, other] = [a.lastIndexOf('.'), b.lastIndexOf('.')];
  const above = nameSimilarity(a.slice(0, Math.max(0, one)), b.slice(0, Math.max(0, other)));
  return above * nameSimilarity(a.slice(one + 1), b.slice(other + 1));
}

function typeLikeness({ type: a }: SchemaColumn, { type: b }: SchemaColumn): number {
  if (a === null || b === null) return 0.5;
  const change = typeChange(a, b);
  return change === 'same' ? 1 : change === 'retyped' ? 0 : 0.6;
}

/** Half for each neighbour (the next one that stayed, or the edge) that is the same. */
function samePlace(
  before: readonly SchemaColumn[],
  index: number,
  after: readonly SchemaColumn[],
  at: number,
  kept: ReadonlySet<string | undefined>,
): number {
  const neighbour = (columns: readonly SchemaColumn[], from: number, step: number): string | null => {
    for (let place = from + step; place >= 0 && place < columns.length; place += step) {
      const name = columns[place]?.name;
      if (name !== undefined && kept.has(name)) return name;
    }
    return null;
  };
  return [-1, 1].filter((step) => neighbour(before, index, step) === neighbour(after, at, step)).length / 2;
}

function changesOf({ one, other, likeness }: Pair): SchemaChange[] {
  const changes: SchemaChange[] = [];
  const column = other.name;
  if (one.name !== other.name) changes.push({ change: 'renamed', column, from: one.name, likeness });
  if (one.type !== null && other.type !== null) {
    const change = typeChange(one.type, other.type);
    if (change !== 'same') changes.push({ change, column, from: one.type, to: other.type });
  }
  if (one.nullable === false && other.nullable === true) changes.push({ change: 'may_be_null', column });
  if (one.nullable === true && other.nullable === false) changes.push({ change: 'never_null', column });
  return changes;
}

/** The fewest columns whose moving explains the new order: those outside a longest run that kept it. */
function moved(pairs: readonly Pair[]): string[] {
  const lengths: number[] = [];
  const previous: number[] = [];
  let last = -1;
  pairs.forEach(({ at }, index) => {
    lengths[index] = 1;
    previous[index] = -1;
    for (let back = 0; back < index; back += 1) {
      if ((pairs[back]?.at ?? 0) > at || (lengths[back] ?? 0) + 1 <= (lengths[index] ?? 0)) continue;
      lengths[index] = (lengths[back] ?? 0) + 1;
      previous[index] = back;
    }
    if ((lengths[index] ?? 0) > (lengths[last] ?? 0)) last = index;
  });
  const stayed = new Set<number>();
  for (let index = last; index >= 0; index = previous[index] ?? -1) stayed.add(index);
  return pairs.flatMap(({ other }, index) => (stayed.has(index) ? [] : [other.name]));
}

/** Nested columns that only share the fate of the column above them. */
function withoutInherited(changes: readonly SchemaChange[]): SchemaChange[] {
  return changes.filter((one) => {
    const parent = one.column.slice(0, Math.max(0, one.column.lastIndexOf('.')));
    if (parent === '') return true;
    return !changes.some((above) => {
      if (above.change !== one.change || above.column !== parent) return false;
      if (one.change !== 'renamed' || above.change !== 'renamed')
        return one.change !== 'widened' && one.change !== 'narrowed';
      return one.from === `${above.from}${one.column.slice(parent.length)}`;
    });
  });
}

const WORDS: Readonly<Record<SchemaChange['change'], string>> = {
  removed: 'removed',
  renamed: 'renamed',
  retyped: 'of another type',
  narrowed: 'narrower',
  widened: 'wider',
  may_be_null: 'now with nulls',
  never_null: 'now without nulls',
  added: 'added',
  moved: 'moved',
};
/** Names of each kind that are told; the others are counted. */
const TOLD = 3;

function messageOf(
  changes: readonly SchemaChange[],
  label: string,
  against: SchemaDriftOptions['against'],
): string {
  const than = against === 'contract' ? 'than its contract says' : 'than before';
  if (changes.length === 0) return `the columns of ${label} are no other ${than}`;
  const kinds = Object.keys(WORDS) as SchemaChange['change'][];
  const told = kinds.flatMap((kind) => {
    const own = changes.filter(({ change }) => change === kind);
    if (own.length === 0) return [];
    const more = own.length > TOLD ? ` and ${own.length - TOLD} more` : '';
    return [`${own.length} ${WORDS[kind]} (${own.slice(0, TOLD).map(describe).join(', ')}${more})`];
  });
  return `other columns ${than} in ${label}: ${told.join(', ')}`;
}

function describe(change: SchemaChange): string {
  if (change.change === 'renamed') return `${change.from} to ${change.column}`;
  return 'to' in change ? `${change.column} from ${change.from} to ${change.to}` : change.column;
}
