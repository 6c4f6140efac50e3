import type { SchemaFile } from './spec.ts';

/** One question to the compiler about a type: does it have what the schema has? */
export interface Probe {
  /** What is asked, e.g. `ParentRunFacet.root.job: required members`. */
  readonly what: string;
  /** A TypeScript type that is `true` when the answer is yes. */
  readonly type: string;
}

type Node = Readonly<Record<string, unknown>>;

/** An object schema with its `allOf` folded in. */
interface ObjectSchema {
  readonly properties: Readonly<Record<string, Node>>;
  readonly required: readonly string[];
}

/** What the probes need in scope; `client` is the module under test. */
export const PROBE_PRELUDE = `
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Named<T> = keyof { [K in keyof T as string extends K ? never : K]: 1 };
type Required<T> = keyof { [K in keyof T as string extends K ? never : {} extends Pick<T, K> ? never : K]: 1 };
type Kind<T> = T extends string ? 'string' : T extends number ? 'number' : T extends boolean ? 'boolean' : 'other';
type Alternative<T, Type> = T extends { readonly type: Type } ? T : never;
type Includes<A, B> = [B] extends [A] ? true : false;
type Is<T extends true> = T;
`;

/**
 * Questions whether the types have every member of the schemas of a facet, none that the schemas do not
 * have, the required ones required, and each of the right kind.
 * @param file the schema of the facet
 * @param core the core schema, which facets build on
 * @param definition the entry of `$defs` that is the facet
 * @param facet the TypeScript type that should agree with it
 */
export function facetProbes(
  file: SchemaFile,
  core: SchemaFile,
  definition: string,
  facet: string,
): readonly Probe[] {
  const probes: Probe[] = [];
  const files = new Map([file, core].map((schema) => [schema.$id, schema]));

  function resolve(node: Node, home: SchemaFile): readonly [Node, SchemaFile] {
    const ref = node['$ref'];
    if (typeof ref !== 'string') return [node, home];
    const [id = '', name = ''] = ref.split('#/$defs/');
    const target = id === '' ? home : files.get(id);
    const found = target?.$defs[name];
    if (target === undefined || found === undefined) throw new Error(`${home.file}: ${ref} leads nowhere`);
    return resolve(found as Node, target);
  }

  function fold(node: Node, home: SchemaFile): ObjectSchema {
    const parts = listOf(node, 'allOf').map((part) => fold(...resolve(part, home)));
    return {
      properties: Object.assign(
        {},
        ...parts.map((part) => part.properties),
        node['properties'] ?? {},
      ) as ObjectSchema['properties'],
      required: [...parts.flatMap(({ required }) => required), ...((node['required'] ?? []) as string[])],
    };
  }

  function visit(given: Node, givenHome: SchemaFile, type: string, what: string, way: readonly Node[]): void {
    const [node, home] = resolve(given, givenHome);
    // A type that holds itself was asked about one level up.
    if (way.includes(node)) return;
    const down = [...way, node];
    const alternatives = [...listOf(node, 'oneOf'), ...listOf(node, 'anyOf')];
    if (alternatives.length > 0) {
      for (const alternative of alternatives) {
        const [chosen, chosenHome] = resolve(alternative, home);
        const tag = typeOf(fold(chosen, chosenHome));
        if (tag === undefined) visit(chosen, chosenHome, type, what, down);
        else visit(chosen, chosenHome, `Alternative<${type}, ${tag}>`, `${what}<${tag}>`, down);
      }
      return;
    }
    const { properties, required } = fold(node, home);
    const names = Object.keys(properties);
    if (names.length > 0) {
      probes.push({ what: `${what}: members`, type: `Same<Named<${type}>, ${union(names)}>` });
      probes.push({
        what: `${what}: required members`,
        type: `Same<Required<${type}>, ${union(required)}>`,
      });
      for (const [name, child] of Object.entries(properties))
        visit(child, home, `NonNullable<${type}['${name}']>`, `${what}.${name}`, down);
      return;
    }
    const { items, additionalProperties, enum: values } = node;
    if (isNode(items)) visit(items, home, `${type}[number]`, `${what}[]`, down);
    else if (isNode(additionalProperties))
      visit(additionalProperties, home, `NonNullable<${type}[string]>`, `${what}{}`, down);
    else if (typeof node['const'] === 'string')
      probes.push({ what: `${what}: value`, type: `Same<${type}, '${node['const']}'>` });
    else probes.push({ what: `${what}: kind`, type: `Same<Kind<${type}>, ${union([kindOf(node)])}>` });
    if (Array.isArray(values))
      probes.push({ what: `${what}: values`, type: `Includes<${type}, ${union(values as string[])}>` });
  }

  visit((file.$defs[definition] ?? {}) as Node, file, facet, facet.replace(/^client\./, ''), []);
  return probes;
}

/** The discriminator of an alternative, as TypeScript text. */
function typeOf({ properties }: ObjectSchema): string | undefined {
  const { type } = properties;
  if (type === undefined) return undefined;
  if (typeof type['const'] === 'string') return `'${type['const']}'`;
  return Array.isArray(type['enum']) ? union(type['enum'] as string[]) : undefined;
}

function kindOf(node: Node): string {
  const { type } = node;
  if (type === 'integer') return 'number';
  if (type === 'string' || type === 'number' || type === 'boolean') return type;
  // Free objects, and members that the schema says nothing about.
  return 'other';
}

function union(names: readonly string[]): string {
  return names.length === 0 ? 'never' : [...new Set(names)].map((name) => `'${name}'`).join(' | ');
}

function listOf(node: Node, key: string): readonly Node[] {
  const list = node[key];
  return Array.isArray(list) ? list.filter(isNode) : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
