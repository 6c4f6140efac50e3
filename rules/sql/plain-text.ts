import { SqlRefusal } from './refusal.ts';

/** Refuses what no engine keeps in a text: a zero byte, half a character. */
export function checkText(text: string): string {
  if (text.includes('\0'))
    throw new SqlRefusal('A text contains a zero byte', 'No engine keeps one in a text; remove it.');
  if (!text.isWellFormed())
    throw new SqlRefusal('A text contains half a character', 'Write whole characters in UTF-8.');
  return text;
}

/** Refuses what no engine has as a name. */
export function checkName(name: string): string {
  if (name === '' || name.includes('\0') || !name.isWellFormed())
    throw new SqlRefusal(
      `${JSON.stringify(name)} cannot be the name of a column or table`,
      'Write the name as the table has it.',
    );
  return name;
}

/** Printable ASCII without quotes and backslashes: the same in every dialect and session setting. */
export function isPlain(text: string): boolean {
  return /^[ !#-&(-[\]-~]*$/.test(text);
}

/** The bytes of the text in UTF-8 as hexadecimal digits. */
export function hexOf(text: string): string {
  return Buffer.from(checkText(text), 'utf8').toString('hex').toUpperCase();
}

/** A double in a form that all engines read as one: `1.5e+0`; a negative one in brackets (two dashes are a comment). */
export function doubleText(value: number): string {
  if (!Number.isFinite(value))
    throw new SqlRefusal(`${value} is not a number that can be compared`, 'Write a finite number.');
  const text = (value === 0 ? 0 : value).toExponential();
  return value < 0 ? `(${text})` : text;
}
