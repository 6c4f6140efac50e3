import type { Json, JsonObject } from '#model/json.ts';

import { listOf, objectOf, textOf, type DbtModel, type DbtTest, type NotImported } from './model.ts';
import { columnOf, ownerOf, type ReadDbt } from './read-schema-file.ts';
import { testOf } from './read-test.ts';

const MODELS = new Set(['model', 'seed', 'snapshot', 'source']);

/** Reads dbt's manifest.json, parsed (schema versions 9 to 12: dbt 1.5 and later). */
export function readManifest(manifest: Json, fileName: string): ReadDbt {
  const root = objectOf(manifest);
  const nodes = { ...objectOf(root['nodes']), ...objectOf(root['sources']) };
  if (Object.keys(objectOf(root['nodes'])).length === 0) {
    const message = 'The file is no manifest.json of dbt';
    const mend = 'It lies in target/ after dbt compile, and has nodes.';
    const problems = [{ file: fileName, line: 1, column: 1, message, mend }];
    return { models: [], notImported: [], problems, reference: () => null };
  }
  const groups = objectOf(root['groups']);
  const notImported: NotImported[] = [];
  const tests = new Map<string, DbtTest[]>();
  for (const [id, value] of Object.entries(nodes)) {
    const node = objectOf(value);
    if (node['resource_type'] === 'test') addTest(id, node, tests, notImported);
  }
  const models: DbtModel[] = [];
  const names = new Map<string, string>();
  for (const [id, value] of Object.entries(nodes)) {
    const node = objectOf(value);
    const kind = textOf(node['resource_type']);
    if (kind === null || !MODELS.has(kind)) continue;
    const model = readModel(id, node, groups, tests.get(id) ?? []);
    models.push(model);
    const own = textOf(node['name']) ?? '';
    names.set(kind === 'source' ? `${textOf(node['source_name']) ?? ''}.${own}` : own, model.dataset);
  }
  return { models, notImported, problems: [], reference: referenceIn(names) };
}

function addTest(
  id: string,
  node: JsonObject,
  tests: Map<string, DbtTest[]>,
  notImported: NotImported[],
): void {
  const metadata = objectOf(node['test_metadata']);
  const name = textOf(metadata['name']);
  const path = textOf(node['original_file_path']);
  const place = path === null ? id : `${path} (${id})`;
  const attached =
    textOf(node['attached_node']) ??
    listOf(objectOf(node['depends_on'])['nodes'])
      .flatMap((one) => textOf(one) ?? [])
      .at(-1);
  if (name === null || attached === undefined) {
    const reason = 'A test that is a query of its own; write it as sql.';
    notImported.push({ place, what: textOf(node['name']) ?? id, reason });
    return;
  }
  const { column_name: column, model: _, ...stated } = objectOf(metadata['kwargs']);
  const space = textOf(metadata['namespace']);
  const full = space === null ? name : `${space}.${name}`;
  const on = textOf(node['column_name']) ?? textOf(column);
  const config = objectOf(node['config']);
  const test = testOf(full, { ...stated, config }, on, place, null);
  tests.set(attached, [
    ...(tests.get(attached) ?? []),
    { ...test, description: textOf(node['description']) },
  ]);
}

function readModel(id: string, node: JsonObject, groups: JsonObject, tests: readonly DbtTest[]): DbtModel {
  const config = objectOf(node['config']);
  const group = textOf(node['group']) ?? textOf(config['group']);
  const named = Object.values(groups)
    .map(objectOf)
    .find((one) => group !== null && one['name'] === group);
  const table = textOf(node['alias']) ?? textOf(node['identifier']) ?? textOf(node['name']) ?? id;
  const contract = { ...objectOf(config['contract']), ...objectOf(node['contract']) };
  const path = textOf(node['original_file_path']);
  return {
    dataset: [textOf(node['database']), textOf(node['schema']), table]
      .filter((part) => part !== null)
      .join('.'),
    description: textOf(node['description']),
    owner: ownerOf([node['meta'] ?? null, config['meta'] ?? null, named ?? null]),
    enforced: contract['enforced'] === true,
    columns: Object.values(objectOf(node['columns'])).map((value) => {
      const column = objectOf(value);
      const name = textOf(column['name']) ?? '';
      const place = `${path ?? id}, column ${name}`;
      const constraints = listOf(column['constraints']).map((one) => ({
        type: textOf(objectOf(one)['type']) ?? '',
        place,
      }));
      return { ...columnOf(column, name), constraints, place };
    }),
    tests,
    place: path === null ? id : `${path} (${id})`,
  };
}

function referenceIn(names: ReadonlyMap<string, string>): ReadDbt['reference'] {
  return (text) => {
    const [, word, inside = ''] = /\b(ref|source)\s*\(([^)]*)\)/.exec(text) ?? [];
    const parts = [...inside.matchAll(/'([^']+)'|"([^"]+)"/g)].map((match) => match[1] ?? match[2] ?? '');
    if (word === undefined) return names.get(text) ?? (/^[\w.]+$/.test(text) ? text : null);
    return names.get(word === 'source' ? parts.join('.') : (parts.at(-1) ?? '')) ?? null;
  };
}
