import type { Grain } from '#model/contract.ts';
import { parsePartitionKey } from '#model/partition.ts';
import { rangeOfValue } from './partition-value.ts';
import { parseTarget } from './target.ts';

/**
 * A target with the contract's grain, where the key alone would mean another range: `dt=2026-01-01` of monthly partitions
 * is all of January. What the target says itself goes first.
 */
export function grainedTarget(
  text: string,
  { partition, grain }: { readonly partition: string; readonly grain: Grain | null },
): string {
  const target = parseTarget(text);
  if (grain === null || typeof target === 'string' || target.grain !== null || target.feed !== null)
    return text;
  const values = parsePartitionKey(partition) ?? [];
  const [value] = values;
  if (value === undefined || values.length !== 1) return text;
  const [said, meant] = [rangeOfValue(value[1], null), rangeOfValue(value[1], grain)];
  // A whole number is a range of one, whatever lasts how long.
  if (meant === null || (said?.lower === meant.lower && said.upper === meant.upper)) return text;
  return `${text}${text.includes('?') ? '&' : '?'}grain=${grain}`;
}
