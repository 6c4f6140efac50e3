import type { AlertEvent } from './alert.ts';

/**
 * One line of at most `most` characters (code points), without anything that a terminal, a mail header or a
 * reader's eye could be led astray by: controls, line breaks, marks of direction, invisible characters.
 */
export function cleanLine(text: string, most: number): string {
  const clean = text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[\p{Cf}\p{Cs}\p{Co}]/gu, '')
    .trim();
  const points = Array.from(clean);
  return points.length <= most ? clean : `${points.slice(0, Math.max(0, most - 1)).join('')}…`;
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // user:password@ in addresses.
  [/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@:]{0,200}:[^\s/@]{1,200}@/gi, '$1…@'],
  [
    /\b((?:[a-z]{1,30}[_-])?(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|credentials?))(["']?\s{0,3}[=:]\s{0,3})(?:"[^"]{0,500}"|'[^']{0,500}'|[^\s,;&"']{1,500})/gi,
    '$1$2…',
  ],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,2000}/gi, '$1 …'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '…'],
  [/\beyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{5,4000}\.?[A-Za-z0-9_-]{0,1000}/g, '…'],
  // Of persons: mail addresses and numbers of accounts.
  [/[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g, '…@…'],
  [/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g, '…'],
];

/** A text of a pipeline's own making without what looks like a secret or a person's. */
export function redact(text: string): string {
  const clean = SECRETS.reduce((rest, [pattern, mask]) => rest.replaceAll(pattern, mask), text);
  return clean.replaceAll(/\b\d(?:[ -]?\d){12,18}\b/g, (digits) => (isCardNumber(digits) ? '…' : digits));
}

/** By its check digit (ISO/IEC 7812-1, Luhn): times and run ids are as long. */
function isCardNumber(text: string): boolean {
  let sum = 0;
  const digits = text.replaceAll(/\D/g, '');
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const weighed = place % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}

/** The alert as it may leave the house: errors of foreign systems hold connection strings now and then. */
export function redacted(event: AlertEvent): AlertEvent {
  const { summary, hint, changes, subject } = event;
  return {
    ...event,
    summary: redact(summary),
    subject: redact(subject),
    hint: hint === null ? null : redact(hint),
    changes: changes.map(redact),
  };
}

/** `FIRING critical: gold.orders dt=2026-03-01`, for subjects and titles. */
export function titleOf({ state, severity, urgency, root, partition }: AlertEvent, most: number): string {
  if (urgency === 'digest') return cleanLine(`${state.toUpperCase()}: too many alerts at once`, most);
  const place = partition === '' ? root.name : `${root.name} ${partition}`;
  const word = urgency === 'notice' && state === 'firing' ? 'NOTICE' : state.toUpperCase();
  return cleanLine(`${word} ${severity}: ${place}`, most);
}

/** Label and value of what is known, the important first; the summary is not among them. */
export function factsOf(event: AlertEvent): (readonly [string, string])[] {
  const { root, impacted, impactedCount, heldPublications, changes } = event;
  const facts: (readonly [string, string])[] = [];
  const add = (label: string, value: string | null, most = 300): void => {
    if (value !== null && value !== '') facts.push([label, cleanLine(value, most)]);
  };
  if (event.urgency !== 'digest') {
    add('Dataset', `${root.namespace}/${root.name}`);
    add('Partition', event.partition);
    add('Looked at', event.subject);
    add('Value', event.value === null ? null : String(event.value));
    add('Expected', event.expected);
    add('Owner', root.owner);
    add('Tier', String(root.tier));
    if (impactedCount > 0) {
      const names = impacted.slice(0, 5).map(({ name }) => name);
      const more = impactedCount - names.length;
      add('Below', `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`);
    }
  }
  if (heldPublications > 0)
    add('Held back', `${heldPublications} ${heldPublications === 1 ? 'publication' : 'publications'}`);
  changes.slice(0, 5).forEach((change) => add('Changed', change));
  add('Hint', event.hint);
  const { runbook } = event.links;
  // An address that becomes no link is no text either: somebody would follow it by hand.
  if (runbook !== null && !/^[a-z][a-z0-9+.-]*:\S/i.test(runbook)) add('Runbook', runbook);
  return facts;
}

/** The addresses to go on at, with words for them. */
export function linksOf({ links, urgency }: AlertEvent): (readonly [string, string])[] {
  const all: (readonly [string, string | null])[] =
    urgency === 'digest'
      ? [['Incident', links.incident]]
      : [
          ['Incident', links.incident],
          ['Dataset', links.dataset],
          ['Lineage', links.lineage],
          ['Runbook', links.runbook],
        ];
  return all.flatMap(([words, address]) =>
    address !== null && isWebAddress(address) ? [[words, address] as const] : [],
  );
}

/** Receivers refuse a message for one link that is longer. */
const LONGEST_ADDRESS = 2000;

/** A runbook is whatever a contract says: only what a browser may be sent to becomes a link. */
function isWebAddress(address: string): boolean {
  if (address.length > LONGEST_ADDRESS || !URL.canParse(address)) return false;
  const { protocol } = new URL(address);
  return protocol === 'https:' || protocol === 'http:';
}
