/**
 * A number as people read it: `3 912`, `0.013`, `1.2e-7`. Thousands are separated by a space, so that the
 * text reads the same wherever a comma is a decimal sign; `digits` significant digits at most behind the
 * point, and no whole part below 10^15 is rounded.
 */
export function formatNumber(value: number, digits = 6): string {
  if (!Number.isFinite(value))
    return Number.isNaN(value) ? 'not a number' : value > 0 ? 'infinity' : '-infinity';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return group(String(value === 0 ? 0 : value));
  const kept = Math.min(Math.max(digits, 1), 17);
  const decimals = Math.max(0, kept - Math.floor(Math.log10(size)) - 1);
  const rounded = Number(size >= 1 && size < 1e15 ? value.toFixed(decimals) : value.toPrecision(kept));
  if (size >= 1e15 || size < 1e-4) return rounded.toExponential().replace('e+', 'e');
  return group(String(rounded));
}

/** A ratio as a percentage: 0.013 → `1.3 %`. */
export function formatPercent(ratio: number, digits = 6): string {
  return `${formatNumber(Number((ratio * 100).toPrecision(15)), digits)} %`;
}

function group(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ' ');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
