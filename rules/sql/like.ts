import type { LikePart } from './dialect.ts';
import { SqlRefusal } from './refusal.ts';

/** Reads a LIKE pattern: `%` any number of characters, `_` one, a backslash makes the next one ordinary. */
export function parseLike(pattern: string): LikePart[] {
  const parts: LikePart[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push({ type: 'text', text });
    text = '';
  };
  const characters = Array.from(pattern);
  for (let position = 0; position < characters.length; position += 1) {
    const character = characters[position] ?? '';
    if (character === '\\') {
      const next = characters[(position += 1)];
      if (next === undefined)
        throw new SqlRefusal('The pattern of like ends in a backslash', 'Write \\\\ for a backslash.');
      text += next;
    } else if (character === '%' || character === '_') {
      flush();
      parts.push({ type: character === '%' ? 'any' : 'one' });
    } else text += character;
  }
  flush();
  return parts;
}

/** Writes the pattern with an escape character of our own choice. */
export function printLike(parts: readonly LikePart[], escape: string): string {
  return parts
    .map((part) => {
      if (part.type !== 'text') return part.type === 'any' ? '%' : '_';
      return Array.from(part.text)
        .map((c) => (c === '%' || c === '_' || c === escape ? escape + c : c))
        .join('');
    })
    .join('');
}
