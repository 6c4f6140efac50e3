import type { ChangeTopic } from '../../../collector/api/schema/stream.ts';

/** What changes with every event that arrives; everything else changes when something happened. */
const BUSY: ReadonlySet<string> = new Set<ChangeTopic>(['runs', 'datasets']);

/** Whether a topic changes so often that what depends on it is read again at leisure. */
export function isBusy(topic: string): boolean {
  return BUSY.has(topic);
}

/** Of which topics an answer tells, by the beginning of its path; the first that fits counts. */
const DEPENDS: readonly (readonly [path: RegExp, topics: readonly ChangeTopic[]])[] = [
  [
    /^\/overview\b/,
    ['runs', 'datasets', 'findings', 'marks', 'publications', 'freezes', 'incidents', 'contracts'],
  ],
  [/^\/datasets\/[^/]+\/series\b/, ['datasets', 'findings', 'marks', 'publications', 'incidents']],
  [/^\/datasets\/[^/]+\/check\b/, ['datasets', 'contracts', 'publications']],
  [/^\/datasets\/[^/]+\/(schemas|columns|versions|facets|assertions)\b/, ['runs', 'datasets']],
  [/^\/datasets\b/, ['runs', 'datasets', 'findings', 'publications', 'contracts']],
  [/^\/incidents\b/, ['incidents', 'publications', 'marks']],
  [/^\/findings\b/, ['findings', 'marks', 'incidents']],
  [/^\/publications\b/, ['publications', 'freezes']],
  [/^\/gates\b/, ['publications', 'freezes', 'incidents']],
  [/^\/contracts\b/, ['contracts']],
  [/^\/quarantine\b/, ['quarantine']],
  [/^\/silences\b/, ['silences']],
  [/^\/alerting\b/, ['silences', 'incidents']],
  [/^\/(runs|jobs)\b/, ['runs']],
  [/^\/lineage\b/, ['runs', 'datasets', 'incidents', 'publications', 'contracts']],
];
/** No topic tells of these: they are looked at from time to time, or answer a question as it was put. */
const UNTOLD =
  /^\/(gates\/[^/]+\/breaker|breaker|status|doctor|enforcement|objectives|audit|search|cost|deliveries)\b/;

const API = '/api/v2';

/** Topics that an answer depends on; null where it is not known, which is: on any. */
export function topicsOf(path: string): readonly ChangeTopic[] | null {
  if (!path.startsWith(API)) return []; // made of what never changes
  const rest = path.slice(API.length);
  if (UNTOLD.test(rest)) return [];
  return DEPENDS.find(([of]) => of.test(rest))?.[1] ?? null;
}

/** Whether what was read from this path may be another now. @param changed null: it is not known what changed */
export function isTouched(path: string, changed: ReadonlySet<string> | null): boolean {
  const topics = topicsOf(path);
  if (topics === null || changed === null) return topics === null || topics.length > 0;
  return topics.some((topic) => changed.has(topic));
}
