import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** One import of a source file. */
export interface ImportLine {
  /** Path from the repository's root. */
  readonly from: string;
  /** Path from the root for our own files, else the package (`fastify`, `@scope/name`, `node:fs`). */
  readonly to: string;
  readonly own: boolean;
  /** `import type`: gone before the program runs. */
  readonly typeOnly: boolean;
}

/** Source text by path from the repository's root. */
export type Sources = ReadonlyMap<string, string>;

// A statement ends at its first quote or semicolon, so the clause before `from` holds neither.
const STATIC = /^[ \t]*(?:import|export)\b(?<clause>[^'"`;]*?)\bfrom\s*['"](?<name>[^'"]+)['"]/gm;
const BARE = /^[ \t]*import\s*['"](?<name>[^'"]+)['"]/gm;
const DYNAMIC =
  /(?<type>\btypeof\s+|[:<|&(,=]\s*(?=import\(['"][^'"]+['"]\)\s*\.\s*[A-Z]))?\bimport\s*\(\s*['"](?<name>[^'"]+)['"]/g;

/** Every import of every file: static, dynamic and of types. */
export function importLines(
  sources: Sources,
  aliases: Readonly<Record<string, string>>,
): readonly ImportLine[] {
  return [...sources].flatMap(([from, text]) => {
    const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
    return [STATIC, BARE, DYNAMIC].flatMap((pattern) =>
      [...code.matchAll(pattern)].map(({ groups }): ImportLine => {
        const name = groups?.['name'] ?? '';
        const typeOnly =
          /^\s*type\b(?!\s*,|\s*\bfrom\b)/.test(groups?.['clause'] ?? '') || groups?.['type'] !== undefined;
        return { from, ...target(from, name, aliases), typeOnly };
      }),
    );
  });
}

function target(
  from: string,
  name: string,
  aliases: Readonly<Record<string, string>>,
): { to: string; own: boolean } {
  if (name.startsWith('.')) return { to: posix.normalize(posix.join(posix.dirname(from), name)), own: true };
  for (const [alias, path] of Object.entries(aliases)) {
    const prefix = alias.replace(/\*$/, '');
    if (name.startsWith(prefix))
      return { to: posix.normalize(path.replace('*', name.slice(prefix.length))), own: true };
  }
  const parts = name.split('/');
  return { to: name.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? name), own: false };
}

/** Circles of files that import one another when the program runs, each as the way round; types do not count. */
export function importCycles(lines: readonly ImportLine[]): readonly (readonly string[])[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of lines.filter((line) => line.own && !line.typeOnly)) {
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) cycles.push([...way.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const following of next.get(file) ?? []) visit(following, [...way, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return cycles;
}

/** The repository's own TypeScript. */
export function readSources(root: string): Sources {
  const rooms = '{collector,adapters,detectors,rules,dashboards,test}';
  const paths = globSync([`${rooms}/**/*.{ts,tsx}`], {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist)(\/|$)/.test(path),
  }).map((path) => path.replaceAll('\\', '/'));
  return new Map(paths.sort().map((path) => [path, readFileSync(posix.join(root, path), 'utf8')]));
}
