import { useEffect, useState } from 'react';
import { rankerFor, type LayoutAnswer, type LayoutPlace, type LayoutRequest } from './layout-request.ts';
import { openLayoutWorker } from './open-worker.ts';

export type Places = ReadonlyMap<string, LayoutPlace>;

/** What is laid out, without its number; the caller keeps the object as long as it is the same graph. */
export type Shape = Pick<LayoutRequest, 'nodes' | 'links'>;

let worker: Worker | null = null;
let asked = 0;

/** Starts what lays graphs out, once for all pages: it takes as long to start as a small graph to be laid out. */
export function startLayout(): Worker {
  if (worker !== null) return worker;
  const made = openLayoutWorker();
  made.addEventListener('error', () => {
    if (worker === made) worker = null; // the next graph tries it anew
  });
  worker = made;
  return made;
}

/** Where the boxes lie: the last layout that is done, so that nothing vanishes while the next is made. */
export function useLayout(shape: Shape): { readonly places: Places | null; readonly failed: boolean } {
  const [done, setDone] = useState<{ readonly places: Places | null; readonly failed: boolean }>({
    places: null,
    failed: false,
  });

  useEffect(() => {
    const made = startLayout();
    asked += 1;
    const number = asked;
    const onAnswer = ({ data }: MessageEvent<LayoutAnswer>): void => {
      if (data.number !== number) return;
      setDone((before) =>
        data.places === null
          ? { ...before, failed: true }
          : { places: new Map(data.places.map((place) => [place.id, place])), failed: false },
      );
    };
    const onError = (): void => setDone((before) => ({ ...before, failed: true }));
    made.addEventListener('message', onAnswer);
    made.addEventListener('error', onError);
    const request: LayoutRequest = { ...shape, number, ranker: rankerFor(shape.nodes.length) };
    made.postMessage(request, []);
    return () => {
      made.removeEventListener('message', onAnswer);
      made.removeEventListener('error', onError);
    };
  }, [shape]);
  return done;
}
