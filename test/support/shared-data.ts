import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Official data (recorded events, schemas, measured series): it lies beside the checkout, not in it. */
export const SHARED = join(import.meta.dirname, '../../../shared');

/** Why a test on this data cannot run here, for its `skip`; false when it can. In CI it must run. */
export function noShared(): string | false {
  if (existsSync(SHARED) || process.env['CI'] === 'true') return false;
  return 'needs ../shared beside the checkout';
}
