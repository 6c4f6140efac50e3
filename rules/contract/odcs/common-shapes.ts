import { ANY, list, map, text, TEXT, type Shape } from './shape.ts';

/** An `id` inside the document. */
export const STABLE_ID = text('letters, digits, _ and -', 'orders_tbl', /^[A-Za-z0-9_-]+$/);

export const TAGS: Shape = list(TEXT);

export const CUSTOM_PROPERTIES: Shape = list(
  map('A custom property', { id: STABLE_ID, property: TEXT, value: ANY, description: TEXT }, [
    'property',
    'value',
  ]),
);

export const AUTHORITATIVE_DEFINITIONS: Shape = list(
  map('An authoritative definition', { id: STABLE_ID, url: TEXT, type: TEXT, description: TEXT }, [
    'url',
    'type',
  ]),
);

export const ROLE: Shape = map(
  'A role',
  {
    id: STABLE_ID,
    role: TEXT,
    description: TEXT,
    access: TEXT,
    firstLevelApprovers: TEXT,
    secondLevelApprovers: TEXT,
    customProperties: CUSTOM_PROPERTIES,
  },
  ['role'],
);

/** A calendar day that exists. */
export const DAY = text(
  'a day like 2026-01-31',
  '"2026-01-31"',
  /^\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|[12]\d))$/,
);

/** RFC 3339. */
export const TIMESTAMP = text(
  'a time with its zone like 2026-01-31T09:30:00+01:00',
  '"2026-01-31T09:30:00Z"',
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[t\s](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)$/i,
);
