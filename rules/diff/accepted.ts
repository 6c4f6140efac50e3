import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type YAMLMap } from 'yaml';
import type { Problem } from '../contract/problem.ts';
import { RULE_TITLES, type Change } from './change.ts';

/** A break that somebody answers for, until a day. */
export interface AcceptedBreak {
  readonly rule: string;
  /** A change's path; with `/*` at its end all that lie below. */
  readonly path: string;
  readonly reason: string;
  readonly author: string;
  /** The last day on which it counts, `YYYY-MM-DD` in UTC. */
  readonly expires: string;
  readonly line: number;
  readonly column: number;
}

const KEYS = ['rule', 'path', 'reason', 'author', 'expires'] as const;
const EXAMPLE =
  '- {rule: B1, path: /datasets/orders/columns/amount, reason: "nobody reads it", author: ann, expires: 2027-01-31}';
const MAX_LENGTH = 1_000_000;
const MAX_ENTRIES = 10_000;

/** Reads `accepted-breaks.yaml`, a list. All faults are reported with their places. */
export function parseAcceptedBreaks(
  text: string,
  file: string,
): { readonly accepted: readonly AcceptedBreak[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const lines = new LineCounter();
  const report = (offset: number, message: string, mend: string): null => {
    const { line, col } = lines.linePos(offset);
    problems.push({ file, line: Math.max(line, 1), column: Math.max(col, 1), message, mend });
    return null;
  };
  if (text.length > MAX_LENGTH) {
    report(0, 'The file is too long to be read', 'Remove what has expired.');
    return { accepted: [], problems };
  }
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
  });
  for (const { pos, message } of document.errors.slice(0, 3))
    report(pos[0], message.split(/[.\n]/, 1)[0] ?? 'The YAML cannot be read', 'Mend the YAML here.');
  const root = document.contents;
  if (problems.length > 0 || root === null) return { accepted: [], problems };
  if (!isSeq<Node>(root) || root.items.length > MAX_ENTRIES) {
    report(root.range?.[0] ?? 0, 'Accepted breaks are a list', `For example: ${EXAMPLE}.`);
    return { accepted: [], problems };
  }
  const accepted = root.items.map((item) => {
    const offset = item.range?.[0] ?? 0;
    if (!isMap(item)) return report(offset, 'An accepted break is a mapping', `For example: ${EXAMPLE}.`);
    const { line, col } = lines.linePos(offset);
    const values = readValues(item, offset, report);
    return values && { ...values, line: Math.max(line, 1), column: Math.max(col, 1) };
  });
  return { accepted: accepted.filter((one) => one !== null), problems };
}

type Values = Readonly<Record<(typeof KEYS)[number], string>>;
type Report = (offset: number, message: string, mend: string) => null;

function readValues(item: YAMLMap, start: number, report: Report): Values | null {
  const values = new Map<string, string>();
  let isSound = true;
  const fault = (offset: number, message: string, mend: string): void => {
    report(offset, message, mend);
    isSound = false;
  };
  for (const { key, value } of item.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const offset = isScalar(key) ? (key.range?.[0] ?? start) : start;
    const text = textOf(value);
    if (!KEYS.some((known) => known === name))
      fault(offset, `An accepted break has no key "${name}"`, `The keys are ${KEYS.join(', ')}.`);
    else if (text === '') fault(offset, `${name} is empty`, `For example: ${EXAMPLE}.`);
    else if (name === 'rule' && !Object.hasOwn(RULE_TITLES, text))
      fault(offset, `"${text}" is not a rule`, 'Write the number that the report shows, B1 to B20.');
    else if (name === 'path' && !text.startsWith('/'))
      fault(offset, `"${text}" is not a path`, 'Copy the path from the report; it begins with /.');
    else if (name === 'expires' && !isDay(text))
      fault(offset, `"${text}" is not a day`, 'Write it as 2027-01-31.');
    else values.set(name, text);
  }
  const missing = KEYS.filter((name) => !values.has(name));
  if (isSound && missing.length > 0)
    fault(start, `An accepted break has no ${missing.join(', ')}`, `For example: ${EXAMPLE}.`);
  if (!isSound) return null;
  const [rule = '', path = '', reason = '', author = '', expires = ''] = KEYS.map((name) => values.get(name));
  return { rule, path, reason, author, expires };
}

function textOf(value: unknown): string {
  const stated = isScalar(value) ? value.value : null;
  return typeof stated === 'string' || typeof stated === 'number' ? String(stated).trim() : '';
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
  );
}

/** Whether an entry speaks of a change. */
export function covers({ rule, path }: AcceptedBreak, change: Change): boolean {
  if (rule !== change.rule) return false;
  return path.endsWith('/*') ? change.path.startsWith(path.slice(0, -1)) : change.path === path;
}

/** @param now decides the day, in UTC */
export function isExpired({ expires }: AcceptedBreak, now: Date): boolean {
  return now.toISOString().slice(0, 10) > expires;
}
