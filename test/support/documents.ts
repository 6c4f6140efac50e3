import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The repository's root. */
export const ROOT = join(import.meta.dirname, '../..');

export const readDocument = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Code as the document shows it: the spans and the lines of fenced blocks. */
export function codeOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, body = '']) =>
    body.split('\n'),
  );
  const prose = markdown.replaceAll(/^```\w*\n[\s\S]*?^```/gm, '');
  return [...blocks.map((line) => line.replace(/\s+#.*$/, '')), ...spansOf(prose)];
}

export const spansOf = (text: string): string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);

/** The body of the first fenced block of a language that contains a text. */
export function blockWith(markdown: string, language: string, text: string): string {
  const blocks = [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)];
  const found = blocks.find(([, name, body = '']) => name === language && body.includes(text));
  if (!found) throw new Error(`The document has no ${language} block with ${text}`);
  return found[2] ?? '';
}

/** Rows of the first table whose head begins with this cell, as cells. */
export function tableOf(markdown: string, firstHead: string): string[][] {
  const lines = markdown.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| ${firstHead} |`));
  if (head < 0) throw new Error(`The document has no table that begins with ${firstHead}`);
  const end = lines.findIndex((line, index) => index > head && !line.startsWith('|'));
  return lines.slice(head + 2, end < 0 ? lines.length : end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** A command as far as the documents speak of it; commander's Command is one. */
export interface Program {
  name(): string;
  readonly commands: readonly Program[];
  readonly registeredArguments: readonly unknown[];
  readonly options: readonly { readonly long?: string | undefined }[];
}

/** Every command of `assay`, from the files that define them. */
export async function commands(): Promise<Program[]> {
  const found: Program[] = [];
  for (const path of globSync('collector/cli/*.ts', { cwd: ROOT }).sort()) {
    if (basename(path) === 'assay.ts') continue; // it runs when imported
    const exported = (await import(join(ROOT, path))) as Record<string, unknown>;
    for (const [name, make] of Object.entries(exported)) {
      if (name.endsWith('Command') && typeof make === 'function') found.push((make as () => Program)());
    }
  }
  return found;
}

/** What is wrong with a command line as a document shows it (`gate check X --publish`), or null. */
export function faultOf(line: string, programs: readonly Program[]): string | null {
  const words = line.trim().split(/\s+/);
  const [first = ''] = words;
  if (first.startsWith('-') || first === 'COMMAND') return null;
  let command = programs.find((program) => program.name() === first);
  if (!command) return `there is no command ${first}`;
  const [, second = ''] = words;
  if (command.commands.length > 0 && second !== '' && !second.startsWith('-')) {
    const inner = command.commands.find((one) => one.name() === second);
    // A command beside its subcommands (assay mark DATASET) takes what is no subcommand as an argument.
    if (!inner && command.registeredArguments.length === 0) return `${first} has no command ${second}`;
    command = inner ?? command;
  }
  const known = ['--help', ...command.options.map((option) => option.long)];
  const stranger = words.find((word) => word.startsWith('--') && word !== '--' && !known.includes(word));
  return stranger === undefined ? null : `${first} has no flag ${stranger}`;
}

/** The files of the repository, or null where git cannot tell (a tree without its history). */
export function repositoryFiles(): string[] | null {
  // A checkout may belong to another account than the one that tests it.
  const run = spawnSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  return run.status === 0 ? run.stdout.split('\0').filter((path) => path !== '') : null;
}
