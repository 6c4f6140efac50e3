/** Longest value that is shown whole. */
const LONGEST = 100;

/**
 * A value as a sample of failing rows may show it. Personal data is never shown: its first character and how many
 * there are, and of a short value not even that character.
 */
export function maskValue(value: string | null, personal: boolean): string | null {
  if (value === null) return null;
  const characters = Array.from(value);
  if (!personal) return characters.length <= LONGEST ? value : `${characters.slice(0, LONGEST).join('')}…`;
  const first = characters.length >= 4 ? (characters[0] ?? '') : '';
  return `${first}… (${characters.length} ${characters.length === 1 ? 'character' : 'characters'})`;
}
