import { figure } from '../parts/words.ts';
import type { SideCount } from './graph-model.ts';

/** `17`, or `1,008+` where the server stopped counting. */
export function totalWords({ total, atLeast }: SideCount): string {
  return `${figure(total)}${atLeast ? '+' : ''}`;
}
