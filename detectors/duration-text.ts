/** Seconds as people say them, to two units at most: `1 h 5 min`, `42 s`, `3 d 2 h`. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'an unknown time';
  const size = Math.abs(seconds);
  if (size < 59.5) return `${size < 10 ? Number(size.toFixed(1)) : Math.round(size)} s`;
  const units: readonly (readonly [name: string, seconds: number])[] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, length]) => size >= length);
  const [largeName, large] = units[first] ?? ['s', 1];
  const [smallName, small] = units[first + 1] ?? ['s', 1];
  // Round at the small unit first: 59.9 minutes are an hour.
  const total = Math.round(size / small) * small;
  if (total >= (units[first - 1]?.[1] ?? Infinity)) return durationText(total);
  const whole = Math.floor(total / large);
  const rest = Math.round((total - whole * large) / small);
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}
