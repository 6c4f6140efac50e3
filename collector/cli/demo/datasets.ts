import type { InputField, SchemaField, Transformation } from 'openlineage-client';

/** A dataset of the demo as it appears in every event. */
export interface DemoDataset {
  readonly namespace: string;
  readonly name: string;
  readonly description: string;
  readonly fields: readonly SchemaField[];
  /** Sources of each column, as the columnLineage facet carries them; empty for the first dataset. */
  readonly columnLineage: Readonly<Record<string, readonly InputField[]>>;
}

/** OpenLineage namespace of the demo's jobs and datasets. */
export const NAMESPACE = 'demo';

const IDENTITY: Transformation = { type: 'DIRECT', subtype: 'IDENTITY' };
const GROUP_BY: Transformation = { type: 'INDIRECT', subtype: 'GROUP_BY' };

const cast = (description: string): Transformation => ({
  type: 'DIRECT',
  subtype: 'TRANSFORMATION',
  description,
});
const aggregate = (description: string): Transformation => ({
  type: 'DIRECT',
  subtype: 'AGGREGATION',
  description,
});

/** Makes the sources of one column: `[source column, how]`. */
function from(
  dataset: string,
  ...sources: readonly (readonly [field: string, how: Transformation])[]
): InputField[] {
  return sources.map(([field, how]) => ({
    namespace: NAMESPACE,
    name: dataset,
    field,
    transformations: [how],
  }));
}

const RAW_FIELDS: readonly SchemaField[] = [
  { name: 'date', type: 'timestamp', description: 'local departure' },
  { name: 'delay', type: 'int64', description: 'minutes, negative when early' },
  { name: 'distance', type: 'int64', description: 'miles' },
  { name: 'origin', type: 'string', description: 'IATA code' },
  { name: 'destination', type: 'string', description: 'IATA code' },
];

export const SOURCE: DemoDataset = {
  namespace: NAMESPACE,
  name: 'bts.flights_3m',
  description:
    'Three million US flights of the first half of 2001, from the Bureau of Transportation Statistics (npm package vega-datasets).',
  fields: RAW_FIELDS,
  columnLineage: {},
};

export const BRONZE: DemoDataset = {
  namespace: NAMESPACE,
  name: 'bronze.flights',
  description: 'Flights by day as they arrived: nothing validated, nothing dropped.',
  fields: RAW_FIELDS,
  columnLineage: Object.fromEntries(
    RAW_FIELDS.map(({ name }) => [name, from(SOURCE.name, [name, IDENTITY])]),
  ),
};

export const SILVER: DemoDataset = {
  namespace: NAMESPACE,
  name: 'silver.flights',
  description: 'Flights by day, typed and without repeated rows.',
  fields: [
    { name: 'flight_date', type: 'date', description: 'partition' },
    { name: 'departure_time', type: 'time' },
    { name: 'delay', type: 'int32', description: 'minutes, negative when early' },
    { name: 'distance', type: 'int32', description: 'miles' },
    { name: 'origin', type: 'string', description: 'IATA code' },
    { name: 'destination', type: 'string', description: 'IATA code' },
  ],
  columnLineage: {
    flight_date: from(BRONZE.name, ['date', cast('the day of the departure')]),
    departure_time: from(BRONZE.name, ['date', cast('the time of day of the departure')]),
    delay: from(BRONZE.name, ['delay', cast('int64 to int32')]),
    distance: from(BRONZE.name, ['distance', cast('int64 to int32')]),
    origin: from(BRONZE.name, ['origin', IDENTITY]),
    destination: from(BRONZE.name, ['destination', IDENTITY]),
  },
};

export const GOLD: DemoDataset = {
  namespace: NAMESPACE,
  name: 'gold.daily_routes',
  description: 'One row per origin, destination and day. Only the gate writes it.',
  fields: [
    { name: 'flight_date', type: 'date', description: 'partition' },
    { name: 'origin', type: 'text', description: 'IATA code' },
    { name: 'destination', type: 'text', description: 'IATA code' },
    { name: 'distance', type: 'integer', description: 'miles' },
    { name: 'haul', type: 'text', description: 'short, medium or long' },
    { name: 'flights', type: 'integer' },
    { name: 'mean_delay', type: 'double precision', description: 'minutes, negative when early' },
    { name: 'late_flights', type: 'integer', description: 'flights more than 60 minutes late' },
    { name: 'share_late', type: 'double precision', description: 'late_flights / flights' },
  ],
  columnLineage: {
    flight_date: from(SILVER.name, ['flight_date', IDENTITY]),
    origin: from(SILVER.name, ['origin', IDENTITY]),
    destination: from(SILVER.name, ['destination', IDENTITY]),
    distance: from(SILVER.name, ['distance', aggregate('the first of the route')]),
    haul: from(SILVER.name, ['distance', cast('below 500 miles short, from 1500 on long')]),
    flights: from(SILVER.name, ['origin', GROUP_BY], ['destination', GROUP_BY], ['flight_date', GROUP_BY]),
    mean_delay: from(
      SILVER.name,
      ['delay', aggregate('avg')],
      ['origin', GROUP_BY],
      ['destination', GROUP_BY],
    ),
    late_flights: from(
      SILVER.name,
      ['delay', aggregate('count where delay > 60')],
      ['origin', GROUP_BY],
      ['destination', GROUP_BY],
    ),
    share_late: from(
      SILVER.name,
      ['delay', aggregate('share where delay > 60')],
      ['origin', GROUP_BY],
      ['destination', GROUP_BY],
    ),
  },
};
