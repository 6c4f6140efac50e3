import type { FormatName } from '#model/predicate.ts';

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const HOST_LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const DAY = '[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])';
const H16 = '[0-9A-Fa-f]{1,4}';

/** RFC 4291 section 2.2: eight groups, or fewer around one `::`. */
const IPV6 = [
  `(?:${H16}:){7}${H16}`,
  ...[1, 2, 3, 4, 5, 6, 7].map((left) =>
    left === 7 ? `(?:${H16}:){7}:` : `(?:${H16}:){${left}}(?::${H16}){1,${7 - left}}|(?:${H16}:){${left}}:`,
  ),
  `:(?::${H16}){1,7}`,
  '::',
].join('|');

/**
 * The one definition of each named format, as a pattern of the portable subset for the whole value. They say what
 * a value looks like, not whether it is in use: a day may be the 31st of February, a card number lacks its checksum.
 */
const PATTERNS: Readonly<Record<FormatName, string>> = {
  email:
    "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$",
  uuid: '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$',
  ipv4: `^(?:${OCTET}\\.){3}${OCTET}$`,
  ipv6: `^(?:${IPV6})$`,
  url: '^[A-Za-z][A-Za-z0-9+.-]*://[^ \\t\\r\\n]+$',
  hostname: `^${HOST_LABEL}(?:\\.${HOST_LABEL})*$`,
  iso_date: `^${DAY}$`,
  iso_timestamp: `^${DAY}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:[.,][0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?$`,
  iso_country: '^[A-Z]{2}$',
  iso_currency: '^[A-Z]{3}$',
  phone: '^[+]?[0-9(][0-9 ()./-]{4,24}[0-9]$',
  credit_card: '^[0-9](?:[ -]?[0-9]){11,18}$',
  integer: '^[+-]?[0-9]+$',
  decimal: '^[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)$',
  hex: '^[0-9A-Fa-f]+$',
  slug: '^[a-z0-9]+(?:-[a-z0-9]+)*$',
};

/** The pattern of a named format. */
export function formatPattern(name: FormatName): string {
  return PATTERNS[name];
}
