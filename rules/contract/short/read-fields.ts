import type { Node } from 'yaml';

import type { ContractSource, Field, Fields } from '../source.ts';

/** What a field's reader gives; null when the field is not there. */
export function read<T>(fields: Fields, name: string, parse: (field: Field) => T): T | null {
  const field = fields.get(name);
  return field === undefined ? null : parse(field);
}

export function optionalText(
  source: ContractSource,
  fields: Fields,
  name: string,
  example: string,
): string | null {
  return read(fields, name, (field) => source.text(field, example))?.value.trim() ?? null;
}

export function requiredText(
  source: ContractSource,
  root: Node,
  fields: Fields,
  name: string,
  example: string,
): string | null {
  if (!fields.has(name))
    return source.report(root, `The contract has no ${name}`, `For example: ${example}.`);
  return optionalText(source, fields, name, example);
}

/** The words of a list. */
export function readTexts(
  source: ContractSource,
  fields: Fields,
  name: string,
  example: string,
): readonly string[] {
  const field = fields.get(name);
  if (field === undefined) return [];
  return source.items(field, example).flatMap((item) => {
    const text = source.text({ ...field, name: `an item of ${name}`, value: item }, example);
    return text === null ? [] : [text.value.trim()];
  });
}

export function readTags(source: ContractSource, fields: Fields): readonly string[] {
  return readTexts(source, fields, 'tags', 'tags: [payments]');
}
