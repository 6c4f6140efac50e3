import type { Json } from '#model/json.ts';

import {
  itemsAt,
  locate,
  mapAt,
  mapsAt,
  plain,
  plainMap,
  textAt,
  valueAt,
  type Located,
  type LocatedMap,
} from '../located.ts';
import type { Problem } from '../problem.ts';
import { ContractSource } from '../source.ts';
import {
  listOf,
  objectOf,
  textOf,
  type DbtColumn,
  type DbtModel,
  type DbtTest,
  type NotImported,
} from './model.ts';
import { readTest } from './read-test.ts';

export interface ReadDbt {
  readonly models: readonly DbtModel[];
  readonly notImported: readonly NotImported[];
  /** When the file could not be read at all. */
  readonly problems: readonly Problem[];
  /** The dataset that a model of the project is: by the text of `ref(…)` or `source(…)`. */
  readonly reference: (text: string) => string | null;
}

/** Reads a dbt schema.yml (models, seeds, snapshots, sources). */
export function readSchemaFile(text: string, fileName: string): ReadDbt {
  const source = new ContractSource(text, fileName);
  const node = source.open();
  const root = node === null ? null : locate(source, node);
  if (root?.kind !== 'map') {
    if (source.problems.length === 0)
      source.reportAt(0, 'The file is no schema.yml of dbt', 'It begins with version: 2 and models:.');
    return { models: [], notImported: [], problems: source.problems, reference };
  }
  const notImported: NotImported[] = [];
  const placeOf = (located: Located): string => `${fileName}:${located.at.line}:${located.at.column}`;
  const read = (map: LocatedMap, prefix: string): DbtModel => readModel(map, prefix, placeOf, notImported);
  const models = [
    ...['models', 'seeds', 'snapshots'].flatMap((key) => mapsAt(root, key).map((map) => read(map, ''))),
    ...mapsAt(root, 'sources').flatMap((origin) => {
      const schema = textAt(origin, 'schema') ?? textAt(origin, 'name') ?? '';
      return mapsAt(origin, 'tables').map((table) => read(table, `${schema}.`));
    }),
  ];
  if (models.length === 0 && source.problems.length === 0)
    source.reportAt(0, 'The file names no models', 'A schema.yml lists them under models: or sources:.');
  return { models, notImported, problems: source.problems, reference };
}

/** `ref('orders')`, `source('shop', 'orders')`, `{{ ref("pkg", "orders") }}`; a schema.yml knows no more than names. */
export function reference(text: string): string | null {
  const [, word, inside = ''] = /\b(ref|source)\s*\(([^)]*)\)/.exec(text) ?? [];
  const names = [...inside.matchAll(/'([^']+)'|"([^"]+)"/g)].map((match) => match[1] ?? match[2] ?? '');
  if (word === undefined) return /^[\w.]+$/.test(text) ? text : null;
  if (names.length === 0) return null;
  return word === 'source' ? names.join('.') : (names.at(-1) ?? null);
}

function readModel(
  map: LocatedMap,
  prefix: string,
  placeOf: (located: Located) => string,
  notImported: NotImported[],
): DbtModel {
  const columns: DbtColumn[] = [];
  const tests: DbtTest[] = [];
  const take = (holder: LocatedMap, column: string | null): void => {
    for (const item of [...itemsAt(holder, 'tests'), ...itemsAt(holder, 'data_tests')]) {
      const test = readTest(plain(item), column, placeOf(item));
      if (test !== null) tests.push(test);
      else
        notImported.push({
          place: placeOf(item),
          what: 'a test',
          reason: 'It is neither a name nor a name with its arguments.',
        });
    }
  };
  take(map, null);
  for (const column of mapsAt(map, 'columns')) {
    const name = textAt(column, 'name') ?? '';
    columns.push({
      ...columnOf(plainMap(column), name),
      constraints: mapsAt(column, 'constraints').map((constraint) => ({
        type: textAt(constraint, 'type') ?? '',
        place: placeOf(constraint),
      })),
      place: placeOf(column),
    });
    take(column, name);
  }
  const config = objectOf(valueAt(map, 'config') === null ? {} : plain(valueAt(map, 'config') ?? map));
  const contract = objectOf(config['contract']);
  const name =
    textAt(map, 'alias') ?? textOf(config['alias']) ?? textAt(map, 'identifier') ?? textAt(map, 'name');
  return {
    dataset: `${prefix}${name ?? ''}`,
    description: textAt(map, 'description'),
    owner: ownerOf([plain(mapAt(map, 'meta') ?? map), config['meta'] ?? null]),
    enforced: contract['enforced'] === true,
    columns,
    tests,
    place: placeOf(map),
  };
}

/** Of a column, whatever dbt file it stands in. */
export function columnOf(
  column: ReturnType<typeof objectOf>,
  name: string,
): Omit<DbtColumn, 'constraints' | 'place'> {
  const meta = { ...objectOf(column['meta']), ...objectOf(objectOf(column['config'])['meta']) };
  return {
    name,
    description: textOf(column['description']),
    type: textOf(column['data_type']),
    tags: listOf(column['tags']).flatMap((tag) => textOf(tag) ?? []),
    pii: meta['pii'] ?? meta['contains_pii'] ?? null,
  };
}

export function ownerOf(metas: readonly Json[]): string | null {
  for (const meta of metas) {
    const owner = objectOf(meta)['owner'] ?? null;
    const found = textOf(owner) ?? textOf(objectOf(owner)['email']) ?? textOf(objectOf(owner)['name']);
    if (found !== null) return found;
  }
  return null;
}
