import type { ContractDocument, Deadline, Objective, SlaProperty } from '#model/contract.ts';

import { parseDeadline } from '../deadline.ts';
import { plainRest, scalarAt, textAt, type LocatedMap } from '../located.ts';

const UNITS: readonly (readonly [pattern: RegExp, seconds: number])[] = [
  [/^(?:s|secs?|seconds?)$/i, 1],
  [/^(?:m|mins?|minutes?)$/i, 60],
  [/^(?:h|hrs?|hours?)$/i, 3600],
  [/^(?:d|days?)$/i, 86_400],
  [/^(?:w|weeks?)$/i, 7 * 86_400],
  [/^(?:mo|months?)$/i, 30 * 86_400],
  [/^(?:y|yrs?|years?)$/i, 365 * 86_400],
];

const KEYS = ['property', 'value', 'valueExt', 'unit', 'element', 'driver', 'schedule', 'scheduler'] as const;

export function readSla(map: LocatedMap): SlaProperty {
  const value = scalarAt(map, 'value');
  const unit = textAt(map, 'unit');
  return {
    property: textAt(map, 'property') ?? '',
    value,
    valueExt: scalarAt(map, 'valueExt'),
    unit,
    element: textAt(map, 'element'),
    driver: textAt(map, 'driver'),
    schedule: textAt(map, 'schedule'),
    scheduler: textAt(map, 'scheduler'),
    seconds: secondsOf(value, unit),
    position: map.at,
    carried: plainRest(map, KEYS),
  };
}

/** `4` and `h`, `"4 hours"`, `"PT4H"`; null when it is no length of time above zero. */
export function secondsOf(value: SlaProperty['value'], unit: string | null): number | null {
  const text = typeof value === 'string' ? value.trim() : '';
  const iso = isoSeconds(text);
  if (iso !== null) return iso;
  const [, amount, word] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const number = typeof value === 'number' ? value : amount === undefined ? Number.NaN : Number(amount);
  const name = word === undefined || word === '' ? unit : word;
  const size = UNITS.find(([pattern]) => name !== null && pattern.test(name.trim()))?.[1];
  return size === undefined || !(number > 0) ? null : Math.round(number * size);
}

/** ISO 8601, for example `P1DT12H`. */
function isoSeconds(text: string): number | null {
  const match =
    /^P(?!$)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?!$)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(
      text,
    );
  if (match === null) return null;
  const sizes = [365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1];
  const seconds = sizes.reduce((sum, size, index) => sum + size * Number(match[index + 1] ?? 0), 0);
  return seconds > 0 ? seconds : null;
}

/** What the promises in time of a document mean for one of its datasets. */
export function objectivesOf(
  document: ContractDocument,
  defaultElement: string | null,
  names: readonly string[],
  only: boolean,
): { readonly objectives: readonly Objective[]; readonly deadline: Deadline | null } {
  const objectives: Objective[] = [];
  let deadline: Deadline | null = null;
  for (const sla of document.sla) {
    for (const column of columnsOf(sla.element ?? defaultElement, names, only)) {
      const kind = KINDS[sla.property.toLowerCase()];
      if (kind !== undefined && sla.seconds !== null)
        objectives.push({ kind, seconds: sla.seconds, column, position: sla.position });
      if (/^(?:timeofavailability|deadline)$/i.test(sla.property) && typeof sla.value === 'string') {
        const parsed = parseDeadline(sla.value);
        if (parsed.status === 'ok') deadline ??= parsed.deadline;
      }
    }
  }
  return { objectives, deadline };
}

const KINDS: Readonly<Record<string, Objective['kind'] | undefined>> = {
  freshness: 'freshness',
  latency: 'latency',
  retention: 'retention',
  duration: 'duration',
  lag: 'lag',
};

/**
 * The columns of this dataset that an element names (null: the dataset itself); none when it is about others.
 * With one dataset in the file any table name is taken for its own.
 */
export function columnsOf(
  element: string | null,
  names: readonly string[],
  only: boolean,
): readonly (string | null)[] {
  if (element === null || names.includes(element)) return [null];
  const columns = element.split(',').flatMap((part) => {
    const text = part.trim();
    if (names.includes(text)) return [null];
    const dot = text.lastIndexOf('.');
    if (dot === -1) return only && text !== '' ? [text] : [];
    return only || names.includes(text.slice(0, dot)) ? [text.slice(dot + 1)] : [];
  });
  return columns.length === 0 && only ? [null] : columns;
}
