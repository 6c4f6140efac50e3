import { useEffect, useRef, useState } from 'react';
import { rankerFor, type LayoutAnswer, type LayoutPlace, type LayoutRequest } from './layout-request.ts';
import { openLayoutWorker } from './open-worker.ts';

export type Places = ReadonlyMap<string, LayoutPlace>;

/** What is laid out, without its number; the caller keeps the object as long as it is the same graph. */
export type Shape = Pick<LayoutRequest, 'nodes' | 'links'>;

/** Where the boxes lie: the last layout that is done, so that nothing vanishes while the next is made. */
export function useLayout(shape: Shape): { readonly places: Places | null; readonly failed: boolean } {
  const worker = useRef<Worker | null>(null);
  const asked = useRef(0);
  const [done, setDone] = useState<{ readonly places: Places | null; readonly failed: boolean }>({
    places: null,
    failed: false,
  });

  useEffect(() => {
    const made = openLayoutWorker();
    worker.current = made;
    made.addEventListener('message', ({ data }: MessageEvent<LayoutAnswer>) => {
      if (data.number !== asked.current) return;
      setDone((before) =>
        data.places === null
          ? { ...before, failed: true }
          : { places: new Map(data.places.map((place) => [place.id, place])), failed: false },
      );
    });
    made.addEventListener('error', () => setDone((before) => ({ ...before, failed: true })));
    return () => {
      made.terminate();
      worker.current = null;
    };
  }, []);

  useEffect(() => {
    asked.current += 1;
    const request: LayoutRequest = { ...shape, number: asked.current, ranker: rankerFor(shape.nodes.length) };
    worker.current?.postMessage(request);
  }, [shape]);
  return done;
}
