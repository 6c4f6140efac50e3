import { Type, type Static } from 'typebox';
import type { CostRates } from '#monitor/other-findings.ts';

const price = Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 }));

/** `cost` in assay.yaml: what a run's use costs. What has no price costs nothing. */
export const CostFileSchema = Type.Object(
  {
    per_gb_read: price,
    per_gb_written: price,
    per_hour: price,
    currency: Type.Optional(Type.String({ minLength: 1, maxLength: 16 })),
  },
  { additionalProperties: false },
);
export type CostFile = Static<typeof CostFileSchema>;

const GB = 1e9;
const HOUR = 3600;

/** Prices by byte and second; undefined where nothing has a price. */
export function costRates(cost: CostFile | undefined): CostRates | undefined {
  if (cost === undefined) return undefined;
  const { per_gb_read: read = 0, per_gb_written: written = 0, per_hour: hour = 0, currency } = cost;
  if (read + written + hour === 0) return undefined;
  return {
    prices: { perByteRead: read / GB, perByteWritten: written / GB, perSecond: hour / HOUR },
    ...(currency !== undefined && { unit: currency }),
  };
}
