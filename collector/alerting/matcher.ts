import type { AlertEvent } from '#model/alert.ts';
import { fits } from '#model/glob.ts';
import { covers, type TimeWindow } from './time-window.ts';

/** What of an alert can be matched on. */
export const MATCH_FIELDS = [
  'severity',
  'urgency',
  'state',
  'kind',
  'tier',
  'owner',
  'domain',
  'dataset',
  'namespace',
  'layer',
  'tag',
  'subject',
  'partition',
  'incident',
] as const;
export type MatchField = (typeof MATCH_FIELDS)[number];

/**
 * Each field that is there must fit one of its patterns (`*` any characters, `?` one). The pattern `none` fits
 * what has no owner, domain, layer or tag.
 */
export interface Matcher {
  readonly fields: Readonly<Partial<Record<MatchField, readonly string[]>>>;
  /** Null: at any time. */
  readonly time: readonly TimeWindow[] | null;
}

export const MATCHES_ALL: Matcher = { fields: {}, time: null };

/** Null when the alert fits, else the first field that does not, in words. */
export function mismatch(matcher: Matcher, event: AlertEvent, now: Date): string | null {
  for (const field of MATCH_FIELDS) {
    const patterns = matcher.fields[field];
    if (patterns === undefined) continue;
    const values = valuesOf(event, field);
    const isFit = patterns.some((pattern) =>
      values.length === 0 ? pattern === 'none' : values.some((value) => fits(pattern, value)),
    );
    if (!isFit) return `${field} is ${values[0] ?? 'none'}, not ${patterns.join(' or ')}`;
  }
  if (matcher.time !== null && !matcher.time.some((window) => covers(window, now)))
    return 'it is not one of its times';
  return null;
}

/** What the matcher asks for, in words: `severity critical, dataset gold.*`. */
export function matcherText({ fields, time }: Matcher): string {
  const parts = MATCH_FIELDS.flatMap((field) => {
    const patterns = fields[field];
    return patterns === undefined ? [] : [`${field} ${patterns.join(' or ')}`];
  });
  if (time !== null) parts.push('at its times');
  return parts.length === 0 ? 'everything' : parts.join(', ');
}

function valuesOf({ root, ...event }: AlertEvent, field: MatchField): readonly string[] {
  switch (field) {
    case 'dataset':
      return [root.name, `${root.namespace}/${root.name}`];
    case 'namespace':
      return [root.namespace];
    case 'tier':
      return [String(root.tier)];
    case 'tag':
      return root.tags;
    case 'owner':
    case 'domain':
    case 'layer':
      return root[field] === null ? [] : [root[field]];
    case 'incident':
      return [event.incidentId];
    default:
      return [event[field]];
  }
}
