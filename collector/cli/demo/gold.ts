import type { SilverDay } from './silver.ts';

/** One day of the gold table, column by column: one row per route. */
export interface DailyRoutes {
  readonly date: string;
  readonly rows: number;
  readonly origin: readonly string[];
  readonly destination: readonly string[];
  /** Miles. */
  readonly distance: readonly number[];
  /** short, medium or long, by the distance. */
  readonly haul: readonly string[];
  readonly flights: readonly number[];
  /** Minutes, two decimals. */
  readonly meanDelay: readonly number[];
  /** Flights that left more than 60 minutes late. */
  readonly lateFlights: readonly number[];
  /** lateFlights / flights, four decimals. */
  readonly shareLate: readonly number[];
}

/** From how many minutes on a flight counts as late: more than one hour. */
export const LATE_MINUTES = 60;

/** Aggregates a silver day to routes, in the order in which the routes first appear. */
export function toDailyRoutes(day: SilverDay): DailyRoutes {
  const airports = day.airports.length;
  const index = new Map<number, number>();
  const origin: string[] = [];
  const destination: string[] = [];
  const distance: number[] = [];
  const flights: number[] = [];
  const delaySum: number[] = [];
  const lateFlights: number[] = [];
  for (let row = 0; row < day.rows; row++) {
    const from = day.origin[row] ?? 0;
    const to = day.destination[row] ?? 0;
    const delay = day.delay[row] ?? 0;
    let route = index.get(from * airports + to);
    if (route === undefined) {
      route = index.size;
      index.set(from * airports + to, route);
      origin.push(day.airports[from] ?? '');
      destination.push(day.airports[to] ?? '');
      distance.push(day.distance[row] ?? 0);
      flights.push(0);
      delaySum.push(0);
      lateFlights.push(0);
    }
    flights[route] = (flights[route] ?? 0) + 1;
    delaySum[route] = (delaySum[route] ?? 0) + delay;
    if (delay > LATE_MINUTES) lateFlights[route] = (lateFlights[route] ?? 0) + 1;
  }
  return {
    date: day.date,
    rows: index.size,
    origin,
    destination,
    distance,
    haul: distance.map(haulOf),
    flights,
    meanDelay: flights.map((count, route) => round((delaySum[route] ?? 0) / count, 2)),
    lateFlights,
    shareLate: flights.map((count, route) => round((lateFlights[route] ?? 0) / count, 4)),
  };
}

/** Airlines plan short flights apart from long ones. */
function haulOf(miles: number): string {
  return miles < 500 ? 'short' : miles < 1500 ? 'medium' : 'long';
}

function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
