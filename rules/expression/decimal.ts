/**
 * Moves the decimal point of a number's shortest text: shifting -2 then +2 gives back the same text, which
 * dividing and multiplying by 100 in floating point does not (0.07 * 100 is 7.000000000000001).
 */
export function shiftPoint(text: string, places: number): string {
  const [mantissa = '0', exponent = '0'] = text.toLowerCase().split('e');
  return `${mantissa}e${Number(exponent) + places}`;
}

/** `7%` → 0.07, correctly rounded. */
export function percentToRatio(text: string): number {
  return Number(shiftPoint(text, -2));
}

/** 0.07 → `7`: the text of the ratio in percent, without the sign, exact. */
export function ratioToPercent(ratio: number): string {
  if (ratio === 0) return '0';
  const [mantissa = '0', exponent = '0'] = ratio.toExponential().split('e');
  return plain(mantissa, Number(exponent) + 2);
}

/** Writes mantissa × 10^exponent without an exponent where that is readable. */
function plain(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '0', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point > 21 || point < -6) return `${mantissa}e${exponent}`;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
