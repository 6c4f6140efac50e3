import type { ContractDocument, SlaProperty } from '#model/contract.ts';
import type { ChangeList, Place } from './change-list.ts';
import { pointerPart } from './change-list.ts';

type Better = 'more' | 'less' | 'earlier' | 'later';

/** In which direction a promise gets stronger, by the names that ODCS recommends. */
const BETTER: Readonly<Record<string, Better>> = {
  availability: 'more',
  throughput: 'more',
  retention: 'more',
  errorrate: 'less',
  frequency: 'less',
  latency: 'less',
  freshness: 'less',
  timetodetect: 'less',
  timetonotify: 'less',
  timetorepair: 'less',
  generalavailability: 'earlier',
  endofsupport: 'later',
  endoflife: 'later',
};

/** Read into objectives and the deadline, which objectives.ts compares. */
const TIMED = ['latency', 'freshness', 'retention', 'duration', 'lag'];
const DEADLINES = ['timeofavailability', 'deadline'];
const LIFE = ['generalavailability', 'endofsupport', 'endoflife'];

/** B10 and the dates of B17: service level properties that are no objectives of a dataset. */
export function compareService(
  list: ChangeList,
  place: Place,
  before: ContractDocument,
  after: ContractDocument,
): void {
  const left = after.sla.filter(isOwn);
  for (const was of before.sla.filter(isOwn)) {
    const index = left.findIndex((one) => keyOf(one) === keyOf(was));
    const [is] = index === -1 ? [] : left.splice(index, 1);
    compareOne(list, place, was, is ?? null);
  }
  for (const is of left) compareOne(list, place, null, is);
}

function isOwn({ property, seconds }: SlaProperty): boolean {
  const name = property.toLowerCase();
  return !(TIMED.includes(name) && seconds !== null) && !DEADLINES.includes(name);
}

function keyOf({ property, element, driver }: SlaProperty): string {
  return JSON.stringify([property.toLowerCase(), element, driver]);
}

function compareOne(
  list: ChangeList,
  place: Place,
  before: SlaProperty | null,
  after: SlaProperty | null,
): void {
  const one = after ?? before;
  if (one === null) return;
  const name = one.property.toLowerCase();
  const at = `sla/${pointerPart(one.property)}${one.element === null ? '' : `/${pointerPart(one.element)}`}`;
  const [was, is] = [before && textOf(before), after && textOf(after)];
  if (was === is) return list.compare(place, at, before && talkOf(before), after && talkOf(after));
  const rule = LIFE.includes(name) ? 'B17' : 'B10';
  const breaks = before !== null && (after === null ? rule === 'B10' : isWeaker(name, before, after));
  list.add(place, {
    rule,
    class: breaks ? 'MAJOR' : 'MINOR',
    at,
    before: was,
    after: is,
    position: after?.position ?? place.position,
    message: `The ${one.property} ${one.element === null ? '' : `of ${one.element} `}is ${is ?? 'not promised any more'}, it was ${was ?? 'not promised'}`,
    mend: breaks ? 'A weakened promise: raise the major version.' : 'Raise the minor version.',
  });
}

/** Also true when it cannot be told. */
function isWeaker(name: string, before: SlaProperty, after: SlaProperty): boolean {
  const better = Object.hasOwn(BETTER, name) ? BETTER[name] : undefined;
  if (better === 'earlier' || better === 'later') {
    const [was, is] = [Date.parse(String(before.value)), Date.parse(String(after.value))];
    if (Number.isNaN(was) || Number.isNaN(is)) return true;
    return better === 'later' ? is < was : is > was;
  }
  const [was, is] = [amountOf(before), amountOf(after)];
  if (better === undefined || was === null || is === null) return true;
  return better === 'more' ? is < was : is > was;
}

/** In seconds, or as a plain number when the units are the same text. */
function amountOf({ value, seconds }: SlaProperty): number | null {
  if (seconds !== null) return seconds;
  const number = typeof value === 'number' ? value : Number.parseFloat(String(value));
  return Number.isNaN(number) ? null : number;
}

function textOf({ value, valueExt, unit }: SlaProperty): string {
  return [value, valueExt, unit].filter((part) => part !== null).join(' ');
}

function talkOf({ driver, schedule, scheduler, carried }: SlaProperty): SlaProperty['carried'] {
  return { driver, schedule, scheduler, carried };
}
