import type { JsonSlice } from './json-slice.ts';

/** A row of raw_passage. */
export interface KeptPassage {
  /** What is known of the store, as whose part this counts. */
  readonly by: object;
  readonly number: number;
  /** See weightOf (store/raw-passages.ts). */
  readonly weight: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** A text that was remembered because it may come again as it is: the facets of a job or of a dataset, all of one owner's. */
export class Passage {
  readonly text: JsonSlice;
  /** The run whose event held it last; of an event without a run the event itself. */
  lastRun: string | null = null;
  /** How often it has come from another run than the time before. */
  runs = 0;
  /** Where the raw log has it (kept-passages.ts). */
  kept: KeptPassage | null = null;
  /** Who was asked to keep it. */
  offeredTo: object | null = null;

  constructor(text: JsonSlice) {
    this.text = text;
  }
}

/** A passage in the bytes of an event, from `start` on; the event may be the first that holds it. */
export interface Recurrence {
  readonly start: number;
  readonly passage: Passage;
}
