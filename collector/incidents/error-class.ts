/**
 * Classes of errors that a bad input explains: it is missing, late, empty or of another shape. Whoever fails
 * by one of these has not failed for a reason of its own.
 */
const BY_INPUT =
  /not.?found|no.?such|does.?not.?exist|missing|undefined.?(table|column)|unknown.?(table|column|topic)|analysis|unresolved|schema|upstream|sensor|empty|no.?data|held|assert|validation|expectation|quality|constraint|integrity|parse|cast|number.?format|null.?pointer/i;

/** What names an error: the last word of a dotted name that ends like one. */
const NAMED =
  /(?:^|[\s:('"])((?:[A-Za-z_$][\w$]*\.)*[A-Z][\w$]*(?:Error|Exception|Failure|Timeout|Killed|Interrupt))\b/;

/** Ends of processes that say no class. */
const ENDS: readonly (readonly [RegExp, string])[] = [
  [/out of memory|oom[- ]?kill|heap space|memory limit/i, 'OutOfMemory'],
  [/exit\w*(?: with)?(?: code| status)?(?: is|:)? ?137\b|sigkill|signal 9\b/i, 'Killed'],
  [/no space left|disk (?:is )?full/i, 'DiskFull'],
  [/permission denied|access denied|forbidden|unauthori[sz]ed/i, 'AccessDenied'],
];

/**
 * The class of error when a run failed for a reason of its own that no input explains, from the message of its
 * errorMessage facet; null when it names none, or one that a bad input brings about.
 */
export function ownFaultOf(message: string | null): string | null {
  if (message === null) return null;
  const head = message.slice(0, 2000);
  for (const [pattern, name] of ENDS) if (pattern.test(head)) return name;
  if (BY_INPUT.test(head.slice(0, 300))) return null;
  const [, named] = NAMED.exec(head) ?? [];
  return named?.slice(named.lastIndexOf('.') + 1) ?? null;
}
