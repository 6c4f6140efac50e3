import type { Uuid } from '#model/ids.ts';
import type { LineageView } from './causality.ts';

/** A table that nearly everything is made of: following more than this many ancestors explains nothing. */
const MAX_ANCESTORS = 2000;

/** What a dataset was made from, directly or not, with the number of generations between. */
export function ancestorsOf(dataset: Uuid, view: LineageView, generations: number): Map<Uuid, number> {
  const found = new Map<Uuid, number>();
  let level: Uuid[] = [dataset];
  for (let depth = 1; depth <= generations && level.length > 0; depth += 1) {
    const next: Uuid[] = [];
    for (const id of level)
      for (const input of view.inputsOf(id)) {
        if (input === dataset || found.has(input) || found.size >= MAX_ANCESTORS) continue;
        found.set(input, depth);
        next.push(input);
      }
    level = next;
  }
  return found;
}
