import type { CarriedCheck, Check, Contract, Severity } from '#model/contract.ts';
import type { ChangeClass, RuleId } from './change.ts';
import type { ChangeList, Place } from './change-list.ts';
import { pointerPart } from './change-list.ts';
import { ofExpressions } from './expression-relation.ts';
import type { Relation } from './relation.ts';
import { isSame, valueKey } from './value-key.ts';

const SEVERITIES: readonly Severity[] = ['info', 'warn', 'block'];

/**
 * B11: the checks that the author wrote. Those that follow from a column's own promises (required, unique, bounds,
 * keys, relationships) are compared there.
 */
export function compareChecks(list: ChangeList, place: Place, before: Contract, after: Contract): void {
  const [was, is] = [before.checks.filter(isStated), after.checks.filter(isStated)];
  const pairs = pairUp(was, is);
  for (const check of was) {
    const partner = pairs.get(check) ?? null;
    if (partner === null) removed(list, place, check);
    else comparePair(list, place, check, partner);
  }
  const matched = new Set(pairs.values());
  for (const check of is) if (!matched.has(check)) added(list, place, check);
  compareCarried(list, place, before.carriedChecks, after.carriedChecks);
}

function isStated({ origin }: Check): boolean {
  return origin === 'quality';
}

/** Most pairs of checks that are held against each other; of more changes each counts as removed or added. */
const MOST_PAIRS = 10_000;

/** First what is alike, then what has one name, then what checks the same thing, over the same rows if there is such. */
function pairUp(before: readonly Check[], after: readonly Check[]): ReadonlyMap<Check, Check> {
  const pairs = new Map<Check, Check>();
  const left = new Set(after);
  const alike = Map.groupBy(after, ({ expression }) => valueKey(expression));
  for (const was of before) {
    const same = alike.get(valueKey(was.expression))?.find((is) => left.delete(is));
    if (same) pairs.set(was, same);
  }
  const rounds: readonly ((was: Check, is: Check) => boolean)[] = [
    (was, is) => was.name !== null && was.name === is.name,
    (was, is) => isSame(rowsOf(was), rowsOf(is)) && ofExpressions(was.expression, is.expression) !== null,
    (was, is) => ofExpressions(was.expression, is.expression) !== null,
  ];
  for (const isPair of rounds) {
    const missing = before.filter((was) => !pairs.has(was));
    if (missing.length * left.size > MOST_PAIRS) break;
    for (const was of missing) {
      const found = [...left].find((is) => isPair(was, is));
      if (found && left.delete(found)) pairs.set(was, found);
    }
  }
  return pairs;
}

function rowsOf({ expression: { where, scope, per } }: Check): unknown {
  return [where, scope, per];
}

function pathOf(check: { readonly id: string }): string {
  return `checks/${pointerPart(check.id)}`;
}

function removed(list: ChangeList, place: Place, check: Check): void {
  list.add(place, {
    rule: 'B11',
    class: 'MAJOR',
    at: pathOf(check),
    before: check.text,
    message: `The check ${quoted(check.text)} of ${place.name} is removed`,
    mend: 'A weakened promise: keep the check, or raise the major version.',
  });
}

function added(list: ChangeList, place: Place, check: Check): void {
  list.add(place, {
    rule: 'B11',
    class: 'MINOR',
    at: pathOf(check),
    after: check.text,
    position: check.position,
    message: `The check ${quoted(check.text)} of ${place.name} is added`,
    mend: 'Raise the minor version.',
  });
}

const SAID: Readonly<Record<Exclude<Relation, 'same'>, string>> = {
  looser: 'loosened to',
  tighter: 'tightened to',
  other: 'changed to',
};

function comparePair(list: ChangeList, place: Place, before: Check, after: Check): void {
  const relation = ofExpressions(before.expression, after.expression) ?? 'other';
  const at = pathOf(before);
  if (relation !== 'same')
    list.add(place, {
      ...weighed(relation !== 'tighter'),
      at,
      before: before.text,
      after: after.text,
      position: after.position,
      message: `The check ${quoted(before.text)} of ${place.name} is ${SAID[relation]} ${quoted(after.text)}`,
    });
  if (before.severity !== after.severity)
    list.add(place, {
      ...weighed(SEVERITIES.indexOf(after.severity) < SEVERITIES.indexOf(before.severity)),
      at: `${at}/severity`,
      before: before.severity,
      after: after.severity,
      position: after.position,
      message: `The check ${quoted(after.text)} of ${place.name} goes from ${before.severity} to ${after.severity}`,
    });
  if (before.approx !== after.approx)
    list.add(place, {
      ...weighed(after.approx),
      at: `${at}/approx`,
      before: before.approx,
      after: after.approx,
      position: after.position,
      message: `The check ${quoted(after.text)} of ${place.name} may ${after.approx ? 'now' : 'no longer'} use approximate values`,
    });
  list.compare({ ...place, position: after.position }, `${at}/about`, aboutOf(before), aboutOf(after));
}

function weighed(weaker: boolean): { rule: RuleId; class: ChangeClass; mend: string } {
  return weaker
    ? { rule: 'B11', class: 'MAJOR', mend: 'A weakened promise: raise the major version.' }
    : { rule: 'B11', class: 'MINOR', mend: 'Raise the minor version.' };
}

function aboutOf({
  name,
  description,
  dimension,
  owner,
  tags,
}: Check): Record<string, string | string[] | null> {
  return { name, description, dimension, owner, tags: [...tags].sort() };
}

/** Words for people are documentation; another engine's rule is a promise that somebody may hold us to. */
function compareCarried(
  list: ChangeList,
  place: Place,
  before: readonly CarriedCheck[],
  after: readonly CarriedCheck[],
): void {
  const [was, is] = [new Map(before.map((one) => [one.id, one])), new Map(after.map((one) => [one.id, one]))];
  for (const check of before) {
    const partner = is.get(check.id);
    if (partner !== undefined && partner.severity === check.severity) continue;
    const words = check.engine === null;
    list.add(place, {
      rule: words ? 'B19' : 'B11',
      class: words ? 'PATCH' : 'MAJOR',
      at: pathOf(check),
      before: partner === undefined ? check.text : check.severity,
      after: partner?.severity ?? null,
      position: partner?.position ?? place.position,
      message: `The ${words ? 'rule in words' : `check of ${check.engine ?? ''}`} ${quoted(check.text)} of ${place.name} is ${partner === undefined ? 'removed' : 'of another severity'}`,
      mend: words ? 'Raise the patch version.' : 'A weakened promise: raise the major version.',
    });
  }
  for (const check of after)
    if (!was.has(check.id))
      list.add(place, {
        rule: check.engine === null ? 'B19' : 'B11',
        class: check.engine === null ? 'PATCH' : 'MINOR',
        at: pathOf(check),
        after: check.text,
        position: check.position,
        message: `The ${check.engine === null ? 'rule in words' : `check of ${check.engine}`} ${quoted(check.text)} of ${place.name} is added`,
        mend: 'Raise the version.',
      });
}

/** On one line, and not longer than one. */
function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return `"${line.length > 120 ? `${line.slice(0, 119)}…` : line}"`;
}
