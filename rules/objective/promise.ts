import type { Contract } from '#model/contract.ts';
import type { Promised } from '#model/objective.ts';

/** The promises of a contract, each name once: of several deadlines or spans of one kind the first. */
export function promisesOf({ deadline, objectives, partition }: Contract): Promised[] {
  const grain = partition?.grain ?? null;
  const column = partition?.column ?? null;
  const found = new Map<string, Promised>();
  if (deadline !== null) {
    const text = `landed by ${deadline.text}`;
    found.set('landed_by', { kind: 'landed_by', name: 'landed_by', text, deadline, grain, column });
  }
  for (const { kind, seconds, column: measured } of objectives) {
    const name =
      measured === null || measured === partition?.watermark || measured === column
        ? kind
        : `${kind}(${measured})`;
    const text = `${name} within ${spanText(seconds)}`;
    if (!found.has(name))
      found.set(name, { kind, name, text, seconds, grain, column, ...(measured !== null && { measured }) });
  }
  return [...found.values()];
}

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** Seconds as people read them, in the two largest units: `2 h 5 min`. */
export function spanText(seconds: number): string {
  let left = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [size, name] of UNITS) {
    const count = Math.floor(left / size);
    if (count > 0 && parts.length < 2) parts.push(`${count} ${name}`);
    else if (parts.length > 0) break;
    left -= count * size;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
