/** A scale on which the noise of a metric is about the same at every level, and the way back. */
export interface Transform {
  readonly name: 'power' | 'arcsine' | 'log' | 'asinh';
  readonly to: (value: number) => number;
  readonly back: (value: number) => number;
}

/** Multiples of the unit beyond this are all the same, so that nothing overflows. */
const FARTHEST = 1e60;

const finite = (value: number): number => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
const multiple = (value: number, unit: number): number => Math.min(FARTHEST, Math.max(0, value) / unit);

/** The variance stabiliser of a proportion; its noise is 1/(4·rows) whatever the rate. */
const ARCSINE: Transform = {
  name: 'arcsine',
  to: (value) => Math.asin(Math.sqrt(Math.min(1, Math.max(0, value)))),
  back: (value) => Math.sin(Math.min(Math.PI / 2, Math.max(0, value))) ** 2,
};

/**
 * ((x/unit)^p − 1)/p: near the unit a relative difference whatever the power, and an empty partition is far
 * away (−1/p) but not infinitely far.
 */
function powerOf(unit: number, power: number): Transform {
  return {
    name: 'power',
    to: (value) => (multiple(value, unit) ** power - 1) / power,
    back: (value) => finite(unit * Math.max(0, 1 + power * value) ** (1 / power)),
  };
}

/** ln(x/unit + 1 %), so that a zero stays finite. */
function logarithm(unit: number): Transform {
  return {
    name: 'log',
    to: (value) => Math.log(multiple(value, unit) + 0.01),
    back: (value) => finite(unit * (Math.exp(value) - 0.01)),
  };
}

/** Linear around zero, logarithmic far from it on both sides: values that cross zero have long tails. */
function inverseSine(unit: number): Transform {
  return {
    name: 'asinh',
    to: (value) => Math.asinh(Math.min(FARTHEST, Math.max(-FARTHEST, value / unit))),
    back: (value) => finite(unit * Math.sinh(value)),
  };
}

/**
 * The transform of a family for values around `median` with the robust deviation `spread`; `negative`: some
 * are below zero; `power`: the one that makes a volume's noise even.
 */
export function transformOf(
  family: 'volume' | 'mean' | 'rate',
  { median, spread, negative, power }: { median: number; spread: number; negative: boolean; power: number },
): Transform {
  if (family === 'rate') return ARCSINE;
  if (negative || (family === 'mean' && !(median > 0))) return inverseSine(Math.abs(median) + spread || 1);
  return family === 'volume' ? powerOf(median > 0 ? median : 1, power) : logarithm(median);
}
