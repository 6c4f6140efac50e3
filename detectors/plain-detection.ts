import type { Detection } from '#model/detection.ts';

const NOTHING = {
  expected: null,
  low: null,
  high: null,
  z: null,
  ratio: null,
  rules: [],
  holiday: null,
  hint: null,
  because: [],
} as const;

/** A detection of a detector that has no use for most of the fields: what is not told is null or empty. */
export function plainDetection(
  told: Pick<Detection, 'detector' | 'status' | 'value' | 'threshold' | 'points' | 'message'> &
    Partial<Detection>,
): Detection {
  return { ...NOTHING, ...told };
}
