/** Boxes of the graph that is to be laid out; sizes in pixels. */
export interface LayoutRequest {
  readonly number: number;
  readonly nodes: readonly { readonly id: string; readonly width: number; readonly height: number }[];
  readonly links: readonly { readonly input: string; readonly output: string }[];
  readonly ranker: 'network-simplex' | 'longest-path';
}

export interface LayoutAnswer {
  /** Of the request. */
  readonly number: number;
  /** Upper left corners; null where the graph could not be laid out. */
  readonly places: readonly LayoutPlace[] | null;
}

export interface LayoutPlace {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** Up to so many boxes the slower, better way is taken: 0.3 s for 300. */
const BEST_UP_TO = 300;
/** Above so many nothing is drawn: a table is quicker to read. */
export const DRAWN_UP_TO = 1500;

export function rankerFor(nodes: number): LayoutRequest['ranker'] {
  return nodes <= BEST_UP_TO ? 'network-simplex' : 'longest-path';
}
