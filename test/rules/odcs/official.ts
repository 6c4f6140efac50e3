import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import type { Json, JsonObject } from '#model/json.ts';
import { SHARED } from '../../support/shared-data.ts';

const ODCS = join(SHARED, 'odcs');

/** Every example of the standard: its name, text and values. */
export function examples(): readonly {
  readonly name: string;
  readonly text: string;
  readonly value: JsonObject;
}[] {
  return globSync('examples/**/*.yaml', { cwd: ODCS })
    .toSorted()
    .map((name) => {
      const text = readFileSync(join(ODCS, name), 'utf8');
      return { name, text, value: parse(text, { version: '1.2', schema: 'core' }) as JsonObject };
    });
}

/** The official JSON schema's own verdict. */
export function officialVerdict(): (value: Json) => boolean {
  const schema = JSON.parse(
    readFileSync(join(ODCS, 'schema', 'odcs-json-schema-v3.1.0.json'), 'utf8'),
  ) as Record<string, unknown>;
  const ajv = new Ajv2019({ strict: false, allErrors: false });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => validate(value);
}
