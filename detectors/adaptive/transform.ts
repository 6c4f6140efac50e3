/** A scale on which the noise of a metric is about the same at every level, and the way back. */
export interface Transform {
  readonly name: 'sqrt' | 'arcsine' | 'log' | 'identity';
  readonly to: (value: number) => number;
  readonly back: (value: number) => number;
}

const IDENTITY: Transform = { name: 'identity', to: (value) => value, back: (value) => value };

/** The variance stabiliser of a proportion; its noise is 1/(4·rows) whatever the rate. */
const ARCSINE: Transform = {
  name: 'arcsine',
  to: (value) => Math.asin(Math.sqrt(Math.min(1, Math.max(0, value)))),
  back: (value) => Math.sin(Math.min(Math.PI / 2, Math.max(0, value))) ** 2,
};

/**
 * 2(√(x/unit) − 1): near the unit a relative difference, gentler than the logarithm below it, so that an
 * empty partition is far away but not infinitely far (−2).
 */
function squareRoot(unit: number): Transform {
  return {
    name: 'sqrt',
    to: (value) => 2 * (Math.sqrt(Math.max(value, 0) / unit) - 1),
    back: (value) => unit * Math.max(0, 1 + value / 2) ** 2,
  };
}

/** ln(x + 1 % of the unit), so that a zero stays finite. */
function logarithm(unit: number): Transform {
  const offset = 0.01 * unit;
  return {
    name: 'log',
    to: (value) => Math.log(Math.max(value, 0) + offset),
    back: (value) => Math.exp(value) - offset,
  };
}

export function transformOf(
  family: 'volume' | 'mean' | 'rate',
  median: number,
  anyNegative: boolean,
): Transform {
  if (family === 'rate') return ARCSINE;
  if (family === 'volume') return anyNegative ? IDENTITY : squareRoot(median > 0 ? median : 1);
  return anyNegative || !(median > 0) ? IDENTITY : logarithm(median);
}
