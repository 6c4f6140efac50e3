import { itemsAt, locate, textAt, type Located } from './located.ts';
import { ContractSource } from './source.ts';

/** So many names of a broken file are looked at. */
const MOST_NAMES = 200;

/**
 * The names of the datasets that a contract file is about, as far as they can be told although it is broken:
 * from its YAML where that can be read, else from a line `dataset: …`.
 */
export function datasetNames(
  text: string,
): readonly { readonly name: string; readonly namespace: string | null }[] {
  const root = locatedRoot(text);
  if (root === null) {
    const [, double, single, bare] =
      /^dataset:[ \t]*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#"'][^\n#]*?))[ \t]*(?:#.*)?$/m.exec(text) ?? [];
    const name = double ?? single ?? bare;
    return name === undefined ? [] : [{ name, namespace: null }];
  }
  if (root.kind !== 'map') return [];
  const dataset = textAt(root, 'dataset');
  if (dataset !== null) return [{ name: dataset, namespace: textAt(root, 'namespace') }];
  return itemsAt(root, 'schema')
    .slice(0, MOST_NAMES)
    .flatMap((object) => {
      const name = object.kind === 'map' ? textAt(object, 'name') : null;
      return name === null ? [] : [{ name, namespace: null }];
    });
}

function locatedRoot(text: string): Located | null {
  const source = new ContractSource(text, 'contract.yaml');
  const node = source.open();
  return node === null ? null : locate(source, node);
}
