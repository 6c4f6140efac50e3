import { textAt } from '../located.ts';
import {
  AUTHORITATIVE_DEFINITIONS,
  CUSTOM_PROPERTIES,
  DAY,
  ROLE,
  STABLE_ID,
  TAGS,
  TIMESTAMP,
} from './common-shapes.ts';
import { ELEMENT, PROPERTY } from './property-shape.ts';
import { QUALITY } from './quality-shape.ts';
import { SCHEMA_RELATIONSHIP } from './relationship-shape.ts';
import { SERVER_TYPES, serverFields } from './server-types.ts';
import { choice, list, map, NUMBER, oneOf, SCALAR, text, TEXT, type MapShape, type Shape } from './shape.ts';

export const NEWEST_VERSION = 'v3.1.0';

const SERVER: MapShape = {
  type: 'map',
  name: 'A server',
  open: false,
  fields: (server) => {
    const { shapes, required } = serverFields(textAt(server, 'type'));
    const common: Readonly<Record<string, Shape>> = {
      id: STABLE_ID,
      server: TEXT,
      type: {
        type: 'text',
        choices: SERVER_TYPES,
        pattern: null,
        meaning: 'a server type of ODCS (for another system mysql, if it speaks that, or custom)',
        example: 'postgres',
      },
      description: TEXT,
      environment: TEXT,
      roles: list(ROLE),
      customProperties: CUSTOM_PROPERTIES,
    };
    return { shapes: { ...common, ...shapes }, required: ['server', 'type', ...required] };
  },
  rules: () => [],
};

const SCHEMA_OBJECT = map(
  'A schema object',
  {
    ...ELEMENT,
    logicalType: choice('object'),
    physicalName: TEXT,
    dataGranularityDescription: TEXT,
    properties: list(PROPERTY),
    relationships: list(SCHEMA_RELATIONSHIP),
    quality: list(QUALITY),
  },
  ['name'],
);

const MEMBER = map(
  'A team member',
  {
    id: STABLE_ID,
    username: TEXT,
    name: TEXT,
    description: TEXT,
    role: TEXT,
    dateIn: DAY,
    dateOut: DAY,
    replacedByUsername: TEXT,
    tags: TAGS,
    customProperties: CUSTOM_PROPERTIES,
    authoritativeDefinitions: AUTHORITATIVE_DEFINITIONS,
  },
  ['username'],
);

const TEAM = map('The team', {
  id: STABLE_ID,
  name: TEXT,
  description: TEXT,
  members: list(MEMBER),
  tags: TAGS,
  customProperties: CUSTOM_PROPERTIES,
  authoritativeDefinitions: AUTHORITATIVE_DEFINITIONS,
});

const SUPPORT = map(
  'A support channel',
  {
    id: STABLE_ID,
    channel: TEXT,
    url: TEXT,
    description: TEXT,
    tool: TEXT,
    scope: TEXT,
    invitationUrl: TEXT,
    customProperties: CUSTOM_PROPERTIES,
  },
  ['channel'],
);

const SLA = map(
  'A service level',
  {
    id: STABLE_ID,
    property: TEXT,
    value: SCALAR,
    valueExt: SCALAR,
    unit: TEXT,
    element: TEXT,
    driver: TEXT,
    description: TEXT,
    scheduler: TEXT,
    schedule: TEXT,
  },
  ['property', 'value'],
);

const DESCRIPTION: MapShape = {
  ...map('The description', {
    usage: TEXT,
    purpose: TEXT,
    limitations: TEXT,
    authoritativeDefinitions: AUTHORITATIVE_DEFINITIONS,
    customProperties: CUSTOM_PROPERTIES,
  }),
  open: true,
};

/** A whole contract of ODCS 3.1.0. Source: the standard's pages and its JSON schema, which tests compare with. */
export const DOCUMENT = map(
  'The contract',
  {
    version: text('a text', '"1.0.0"'),
    kind: choice('DataContract'),
    apiVersion: choice(NEWEST_VERSION, 'v3.0.2', 'v3.0.1', 'v3.0.0', 'v2.2.2', 'v2.2.1', 'v2.2.0'),
    id: text('a text', '53581432-6c55-4ba2-a65f-72344a91553a'),
    name: TEXT,
    tenant: TEXT,
    tags: TAGS,
    status: text('a text', 'active'),
    servers: list(SERVER),
    dataProduct: TEXT,
    description: DESCRIPTION,
    domain: TEXT,
    schema: list(SCHEMA_OBJECT),
    support: list(SUPPORT),
    price: map('The price', { id: STABLE_ID, priceAmount: NUMBER, priceCurrency: TEXT, priceUnit: TEXT }),
    team: oneOf(TEAM, list(MEMBER)),
    roles: list(ROLE),
    slaDefaultElement: TEXT,
    slaProperties: list(SLA),
    authoritativeDefinitions: AUTHORITATIVE_DEFINITIONS,
    customProperties: CUSTOM_PROPERTIES,
    contractCreatedTs: TIMESTAMP,
  },
  ['version', 'apiVersion', 'kind', 'id', 'status'],
);
