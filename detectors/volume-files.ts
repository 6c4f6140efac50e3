import type { Detection } from '#model/detection.ts';
import { formatNumber } from '#model/number-text.ts';

import { plainDetection } from './plain-detection.ts';

const MIB = 1024 * 1024;
/** What engines like to read at once. */
export const TARGET_FILE_BYTES = 128 * MIB;
/** Files below an eighth of the target are far too small. */
const FAR_BELOW = 8;
/** Fewer files than that hurt nobody. */
const MANY_FILES = 16;
/** A notice becomes an alarm where listing and opening takes longer than reading. */
const VERY_MANY_FILES = 1000;

export interface FilesOptions {
  readonly label: string;
  readonly targetBytes?: number;
}

/**
 * Does a partition consist of many small files? Each costs a listing, an opening and a place in memory, so
 * readers grow slow and object stores dear. `value` is the mean file size in bytes. A notice: the data is
 * right.
 */
export function smallFiles(
  { bytes, files }: { readonly bytes: number; readonly files: number },
  { label, targetBytes = TARGET_FILE_BYTES }: FilesOptions,
): Detection {
  const common = { detector: 'small_files', threshold: targetBytes / FAR_BELOW, points: 0 };
  if (!(files > 0) || !(bytes >= 0)) {
    return plainDetection({
      ...common,
      status: 'no_data',
      value: null,
      message: `${label} has no files to speak of`,
    });
  }
  const mean = bytes / files;
  const wanted = Math.max(1, Math.ceil(bytes / targetBytes));
  const told = `${label} has ${formatNumber(files)} file${files === 1 ? '' : 's'} of ${formatNumber(mean / MIB, 3)} MiB on average`;
  // As few as they are wanted: no compaction could make them larger.
  if (files < MANY_FILES || mean >= targetBytes / FAR_BELOW || files < FAR_BELOW * wanted)
    return plainDetection({ ...common, status: 'normal', value: mean, message: told });
  return plainDetection({
    ...common,
    status: files >= VERY_MANY_FILES ? 'anomalous' : 'notice',
    value: mean,
    expected: targetBytes,
    low: targetBytes / FAR_BELOW,
    high: null,
    ratio: mean / targetBytes,
    hint: `compact it: ${formatNumber(wanted)} file${wanted === 1 ? '' : 's'} would do`,
    message: `small files: ${told}, ${formatNumber(wanted)} would do`,
  });
}
