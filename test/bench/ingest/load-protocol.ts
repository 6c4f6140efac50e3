import type { LatencySummary } from '../statistics.ts';
import type { GeneratorOptions, Temperature } from './event-generator.ts';

/** How requests are paced. Times in milliseconds. */
export type Pace =
  /** Each connection sends its next request when the last is answered; counted in a window after a warm-up. */
  | { readonly kind: 'closed'; readonly warmUp: number; readonly window: number }
  /** Requests leave at fixed times whatever the answers do; latency counts from the time they were due. */
  | { readonly kind: 'open'; readonly perSecond: number; readonly warmUp: number; readonly window: number }
  /** Closed, until so many events are sent; all of it is counted. */
  | { readonly kind: 'count'; readonly events: number };

export interface LoadSpec {
  readonly port: number;
  readonly path: string;
  readonly generator: GeneratorOptions;
  readonly temperature: Temperature;
  /** The first event to send; the next ones follow without gaps. */
  readonly firstIndex: number;
  readonly connections: number;
  /** Events per request; more than one are sent as a JSON array. */
  readonly batch: number;
  readonly pace: Pace;
}

export interface LoadResult {
  /** Events [firstIndex, nextIndex) were sent. */
  readonly nextIndex: number;
  readonly acknowledged: number;
  /** Requests by HTTP status other than 200 and 201. */
  readonly refused: Readonly<Record<string, number>>;
  readonly error: string | null;
  readonly windowSeconds: number;
  readonly windowEvents: number;
  readonly windowBytes: number;
  /** Of requests answered (closed) or due (open) within the window. */
  readonly latency: LatencySummary;
}

export type LoadMessage =
  | { readonly type: 'begin' }
  | { readonly type: 'end' }
  | { readonly type: 'done'; readonly result: LoadResult };
