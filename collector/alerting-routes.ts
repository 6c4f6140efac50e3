import type { AlertSeverity } from '#model/alert.ts';
import { MATCH_FIELDS, MATCHES_ALL, type Matcher, type MatchField } from '#alerting/matcher.ts';
import {
  receiverOf,
  type EscalationStep,
  type GroupField,
  type MaintenanceWindow,
  type QuietHours,
  type Receiver,
  type Route,
} from '#alerting/routing.ts';
import type { TimeWindow } from '#alerting/time-window.ts';
import { isZone } from '#alerting/wall-clock.ts';
import {
  durationMs,
  MatchFile,
  QuietFile,
  RouteFile,
  schemaFaults,
  SEVERITIES,
  WEEKDAYS,
  type DefaultFile,
  type Fault,
  type MaintenanceFile,
  type WindowFile,
} from './alerting-config-schema.ts';

/** Reads the tree of routes and gathers what is wrong with it. */
export interface RouteReader {
  readonly faults: Fault[];
  /** What is wrong with a receiver; null: nothing. */
  readonly receiverFault: (receiver: Receiver) => string | null;
}

const HOUR = 3_600_000;
const REPEAT: Route['repeatMs'] = { critical: 4 * HOUR, warning: 24 * HOUR, info: null };
const LONGEST_MAINTENANCE_DAYS = 7;
const DAY = 24 * HOUR;

export function readRoot(
  reader: RouteReader,
  file: DefaultFile,
  quiet: unknown,
  routes: readonly unknown[],
): Route {
  const at = '/alerting/default';
  const above: Route = {
    name: 'default',
    match: MATCHES_ALL,
    to: [],
    continue: false,
    groupBy: null,
    repeatMs: REPEAT,
    escalate: [],
    quiet: quiet === undefined ? null : readQuiet(reader, quiet, '/alerting/quiet_hours'),
    routes: [],
  };
  const root = { ...above, ...readHow(reader, file, above, at) };
  const names = new Set(['default']);
  return { ...root, routes: readRoutes(reader, routes, root, '/alerting/routes', 'routes', names) };
}

function readRoutes(
  reader: RouteReader,
  list: readonly unknown[],
  above: Route,
  pointer: string,
  place: string,
  names: Set<string>,
): Route[] {
  return list.flatMap((one, index) => {
    const at = `${pointer}/${index}`;
    const faults = schemaFaults(RouteFile, one, at);
    reader.faults.push(...faults);
    if (faults.length > 0) return [];
    const file = one as RouteFile;
    const name = file.name ?? `${place}/${index}`;
    if (names.has(name))
      reader.faults.push({
        pointer: `${at}/name`,
        fault: `names a second route ${name}; give each its own.`,
      });
    names.add(name);
    const route: Route = {
      ...above,
      ...readHow(reader, file, above, at),
      name,
      match: file.match === undefined ? MATCHES_ALL : readMatch(reader, file.match, `${at}/match`),
      continue: file.continue ?? false,
    };
    return [
      {
        ...route,
        routes: readRoutes(
          reader,
          file.routes ?? [],
          route,
          `${at}/routes`,
          `${place}/${index}/routes`,
          names,
        ),
      },
    ];
  });
}

/** What a route says for itself, and inherits where it says nothing. */
function readHow(
  reader: RouteReader,
  file: Omit<RouteFile, 'match'>,
  above: Route,
  at: string,
): Pick<Route, 'to' | 'groupBy' | 'repeatMs' | 'escalate' | 'quiet'> {
  const { to, group_by: groupBy, repeat, escalate, quiet_hours: quiet } = file;
  const repeatOf = (severity: AlertSeverity): number | null => {
    const text = repeat?.[severity];
    return text === undefined ? above.repeatMs[severity] : text === 'never' ? null : durationMs(text);
  };
  return {
    to: to === undefined ? above.to : readReceivers(reader, to, `${at}/to`),
    groupBy: groupBy === undefined ? above.groupBy : groupBy.length === 0 ? null : (groupBy as GroupField[]),
    repeatMs: { critical: repeatOf('critical'), warning: repeatOf('warning'), info: repeatOf('info') },
    escalate:
      escalate === undefined
        ? above.escalate
        : escalate.map(({ after, to: further }, index): EscalationStep => ({
            afterMs: durationMs(after),
            to: readReceivers(reader, further, `${at}/escalate/${index}/to`),
          })),
    quiet: quiet === undefined ? above.quiet : readQuiet(reader, quiet, `${at}/quiet_hours`),
  };
}

function readReceivers(reader: RouteReader, texts: readonly string[], pointer: string): Receiver[] {
  return texts.map((text, index) => {
    const receiver = receiverOf(text);
    const fault = reader.receiverFault(receiver);
    if (fault !== null) reader.faults.push({ pointer: `${pointer}/${index}`, fault });
    return receiver;
  });
}

function readMatch(reader: RouteReader, value: unknown, pointer: string): Matcher {
  const faults = schemaFaults(MatchFile, value, pointer);
  reader.faults.push(...faults);
  if (faults.length > 0) return MATCHES_ALL;
  const file = value as Readonly<Record<MatchField, unknown>> & {
    readonly time?: WindowFile | readonly WindowFile[];
  };
  const fields: Partial<Record<MatchField, readonly string[]>> = {};
  for (const field of MATCH_FIELDS)
    if (file[field] !== undefined) fields[field] = [file[field]].flat().map(String);
  const time =
    file.time === undefined
      ? null
      : [file.time].flat().map((one) => readWindow(reader, one, `${pointer}/time`));
  return { fields, time };
}

/** `none`, one window, or several. */
function readQuiet(reader: RouteReader, value: unknown, pointer: string): QuietHours | null {
  if (value === 'none') return null;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const faults = list.flatMap((one, index) =>
    schemaFaults(QuietFile, one, Array.isArray(value) ? `${pointer}/${index}` : pointer),
  );
  reader.faults.push(...faults);
  if (faults.length > 0) return null;
  const files = list as readonly QuietFile[];
  const except = files.flatMap((file) => file.except ?? ['critical']);
  return {
    windows: files.map((file) => readWindow(reader, file, pointer)),
    except: SEVERITIES.filter((severity) => except.includes(severity)),
  };
}

function readWindow(reader: RouteReader, { days, from, to, zone }: WindowFile, pointer: string): TimeWindow {
  if (!isZone(zone))
    reader.faults.push({
      pointer: `${pointer}/zone`,
      fault: `${zone} is no time zone; write it as Europe/Berlin or UTC.`,
    });
  return {
    days: days === undefined ? null : days.map((day) => WEEKDAYS.findIndex((name) => name === day)),
    from: minuteOf(from),
    to: minuteOf(to),
    firstDate: null,
    lastDate: null,
    zone: isZone(zone) ? zone : 'UTC',
  };
}

export function readMaintenance(
  reader: RouteReader,
  file: MaintenanceFile,
  pointer: string,
): MaintenanceWindow {
  const { name, match, first_date: firstDate, last_date: lastDate, reason, days, from, to, zone } = file;
  const length = (Date.parse(lastDate) - Date.parse(firstDate)) / DAY + 1;
  for (const [key, date] of [
    ['first_date', firstDate],
    ['last_date', lastDate],
  ] as const)
    if (!isDate(date))
      reader.faults.push({ pointer: `${pointer}/${key}`, fault: `${date} is no day of the calendar.` });
  if (length < 1) reader.faults.push({ pointer: `${pointer}/last_date`, fault: 'lies before first_date.' });
  if (length > LONGEST_MAINTENANCE_DAYS)
    reader.faults.push({
      pointer: `${pointer}/last_date`,
      fault: `makes it ${length} days long; ${LONGEST_MAINTENANCE_DAYS} are the most, so that nobody forgets it: renew it when it goes on.`,
    });
  const hours = { from: from ?? '00:00', to: to ?? '00:00' };
  const window = readWindow(
    reader,
    { ...(days !== undefined && { days: days as string[] }), ...hours, zone },
    pointer,
  );
  return {
    name,
    match: match === undefined ? MATCHES_ALL : readMatch(reader, match, `${pointer}/match`),
    windows: [{ ...window, firstDate, lastDate }],
    reason,
  };
}

function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function minuteOf(text: string): number {
  const [hours, minutes] = text.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}
