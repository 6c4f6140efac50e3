import { bytes } from '../parts/words.ts';

/** Bytes, where runs told any: nothing told is not nothing used. */
export function told(size: number): string {
  return size === 0 ? '–' : bytes(size);
}
