import type { Link } from './graph-model.ts';
import type { LayoutPlace } from './layout-request.ts';

export type ArrowKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/** Pixels within which boxes stand in one column of the picture. */
const SAME_RANK = 40;

/** Where an arrow key leads: left and right along the lines, up and down to what stands above and below. */
export function neighbourTowards(
  id: string,
  key: ArrowKey,
  links: readonly Link[],
  places: ReadonlyMap<string, LayoutPlace>,
): string | null {
  const here = places.get(id);
  if (!here) return null;
  const candidates =
    key === 'ArrowLeft'
      ? links.filter(({ output }) => output === id).map(({ input }) => input)
      : key === 'ArrowRight'
        ? links.filter(({ input }) => input === id).map(({ output }) => output)
        : [...places.values()].filter((place) => isBeside(place, here, key)).map((place) => place.id);
  const [nearest] = candidates
    .flatMap((other) => places.get(other) ?? [])
    .toSorted((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y));
  return nearest?.id ?? null;
}

function isBeside(place: LayoutPlace, here: LayoutPlace, key: ArrowKey): boolean {
  if (place.id === here.id || Math.abs(place.x - here.x) > SAME_RANK) return false;
  return key === 'ArrowUp' ? place.y < here.y : place.y > here.y;
}
