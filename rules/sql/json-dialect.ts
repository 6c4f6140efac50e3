import type { JsonStep } from '../json/path.ts';

/**
 * How an engine looks into texts of JSON. A JSON value is whatever the engine has for one; what is not there is
 * null in SQL, and the value null of JSON is not.
 */
export interface JsonDialect {
  /** A column of the engine's own type for JSON as a text. */
  columnText(sql: string): string;
  /** The text as a JSON value; null for null and for what the engine does not take for JSON. Never fails. */
  parsed(text: string): string;
  /** A member of an object or an element of an array; null where there is none. Throws SqlRefusal for a name. */
  step(json: string, step: JsonStep): string;
  /** One of `object`, `array`, `string`, `number`, `boolean`, `null`; null where nothing is. */
  type(json: string): string;
  /** A text as it is, numbers and booleans as they are written. */
  text(json: string): string;
  /** A number as double precision; null where that has no room for it. */
  number(json: string): string;
  /** How many elements an array has. */
  length(json: string): string;
  /** Whether all elements of an array fulfil a condition that is true or false; `name` is free for one of them. */
  every(array: string, name: string, condition: (element: string) => string): string;
}
