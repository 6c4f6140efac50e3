import { lineageHref } from '../shell/address.ts';

/** Where one column is followed. */
export function columnHref(dataset: string, column: string): string {
  return `${lineageHref(dataset)}?${new URLSearchParams({ column }).toString()}`;
}
