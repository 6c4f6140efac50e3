import type { SourcePosition } from '#model/contract.ts';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Document,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';

import { nearest } from '../spelling.ts';
import type { Problem } from './problem.ts';
import { offsetInFile } from './scalar-offset.ts';

/** One `key: value` of a mapping. */
export interface Field {
  readonly name: string;
  readonly key: Scalar;
  readonly value: Node | null;
}

export type Fields = ReadonlyMap<string, Field>;

/** Contracts are pages, not data: a larger file is a mistake. */
const MAX_LENGTH = 1_000_000;
/** One slip in YAML makes the parser stumble many times; the first few say where it is. */
const MAX_SYNTAX_PROBLEMS = 3;

/** Top-level keys that only ODCS has. */
const ODCS_KEYS = ['apiVersion', 'kind', 'slaProperties', 'servers', 'id', 'team', 'customProperties'];

const YAML_MENDS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Close the bracket or the quotes, or mend the indentation.',
  MISSING_CHAR: 'Close the quotes or the bracket.',
  MULTIPLE_DOCS: 'One file holds one contract: move the other one to a file of its own.',
  BAD_ALIAS: 'Write the value out.',
  KEY_OVER_1024_CHARS: 'Shorten the key.',
};

/** A contract file while it is read: its YAML nodes, where they stand, and the problems found so far. */
export class ContractSource {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #file: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  #document: Document.Parsed | null = null;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  /** Reads the YAML; null when it cannot be read at all (the problems then say why). */
  open(): Node | null {
    if (this.#text.length > MAX_LENGTH) {
      this.reportAt(
        0,
        `The file has ${this.#text.length} characters, a contract at most ${MAX_LENGTH}`,
        'Split it into several files.',
      );
      return null;
    }
    const strange = this.#text.indexOf('\0');
    if (strange !== -1) {
      const before = this.#text.slice(0, strange).split('\n');
      const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
      return this.reportPlace(place, 'A NUL stands here, as in no text', 'Save the file as text in UTF-8.');
    }
    this.#document = parseDocument(this.#text, {
      version: '1.2',
      schema: 'core',
      lineCounter: this.#lines,
      prettyErrors: false,
      // Reported by `fields`, which knows where the first of the two stands.
      uniqueKeys: false,
    });
    const { errors, warnings } = this.#document;
    // The parser recurses, and reports the end of the stack as an error like any other.
    if (errors.some(({ message }) => message.startsWith('Maximum call stack'))) {
      this.reportAt(
        0,
        'The YAML is nested too deeply to be read',
        'A contract has no more than four levels.',
      );
      return null;
    }
    for (const { pos, message, code } of [...errors, ...warnings].slice(0, MAX_SYNTAX_PROBLEMS)) {
      const [sentence = message] = message.split(/; please use YAML|[.\s]*$/);
      this.reportAt(
        pos[0],
        sentence,
        YAML_MENDS[code] ?? 'Mend the YAML here; nothing after it was checked.',
      );
    }
    if (this.problems.length > 0) return null;
    visit(this.#document, {
      // Written as \0 or \ud800: nothing that stores texts takes it.
      Scalar: (_, node) => {
        if (typeof node.value !== 'string') return;
        if (node.value.includes('\0') || !node.value.isWellFormed())
          this.report(node, 'A character here cannot be stored (NUL, or half of a pair)', 'Leave it out.');
      },
    });
    if (this.problems.length > 0) return null;
    if (
      this.#document.contents === null ||
      (isScalar(this.#document.contents) && this.#document.contents.value === null)
    ) {
      this.reportAt(0, 'The file holds no contract', 'Begin with dataset: and owner:.');
      return null;
    }
    return this.#document.contents;
  }

  /** Whether a file is written in ODCS: it says so by its kind or version, or has keys that the short form has not. */
  isOdcs(root: Node): boolean {
    if (!isMap(root)) return false;
    const keys = new Set(root.items.map(({ key }) => (isScalar(key) ? key.value : null)));
    if (keys.has('dataset')) return false;
    return ODCS_KEYS.some((key) => keys.has(key));
  }

  positionAt(offset: number): SourcePosition {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  positionOf(node: Node): SourcePosition {
    return this.positionAt(node.range?.[0] ?? 0);
  }

  /** The position of a character inside a scalar's value. */
  positionIn(scalar: Scalar, offset: number): SourcePosition {
    return this.positionAt(offsetInFile(this.#text, scalar, offset));
  }

  report(node: Node, message: string, mend: string): null {
    return this.reportAt(node.range?.[0] ?? 0, message, mend);
  }

  reportAt(offset: number, message: string, mend: string): null {
    return this.reportPlace(this.positionAt(offset), message, mend);
  }

  reportPlace(position: SourcePosition, message: string, mend: string): null {
    this.problems.push({ file: this.#file, ...position, message, mend });
    return null;
  }

  /** Adds what an author should see but may leave. */
  warnPlace(position: SourcePosition, message: string, mend: string): null {
    this.warnings.push({ file: this.#file, ...position, message, mend });
    return null;
  }

  /** Reports a problem inside a scalar's value. */
  reportIn(
    scalar: Scalar,
    offset: number,
    message: string,
    mend: string,
    severity: 'error' | 'warning' = 'error',
  ): null {
    const list = severity === 'error' ? this.problems : this.warnings;
    list.push({ file: this.#file, ...this.positionIn(scalar, offset), message, mend });
    return null;
  }

  /**
   * The fields of a mapping by name. Reports a value that is no mapping, unknown keys (with the known one
   * that was likely meant) and keys that occur twice. `what` names the mapping: `The contract`.
   */
  fields(node: Node, known: readonly string[], what: string): Fields | null {
    const target = this.resolve(node);
    if (target === null) return null;
    if (!isMap<Node, Node | null>(target))
      return this.report(
        node,
        `${what} must be a mapping of ${known.join(', ')}`,
        'Write one "key: value" per line.',
      );
    const fields = new Map<string, Field>();
    for (const { key, value } of target.items) {
      if (!isScalar(key) || typeof key.value !== 'string') {
        this.report(
          isScalar(key) ? key : node,
          `${what} has a key that is not a word`,
          `The keys are ${known.join(', ')}.`,
        );
        continue;
      }
      const name = key.value;
      const first = fields.get(name);
      if (!known.includes(name)) {
        const meant = nearest(name, known);
        this.report(
          key,
          `${what} has no key "${name}"`,
          meant === null ? `The keys are ${known.join(', ')}.` : `Did you mean ${meant}?`,
        );
      } else if (first === undefined) fields.set(name, { name, key, value });
      else
        this.report(
          key,
          `The key ${name} occurs twice`,
          `Remove one of the two; the first is on line ${this.positionOf(first.key).line}.`,
        );
    }
    return fields;
  }

  /** The fields of a mapping that is itself the value of a field. */
  mapping(field: Field, known: readonly string[], example: string): Fields | null {
    if (!isEmpty(field.value)) return this.fields(field.value, known, field.name);
    return this.report(field.key, `${field.name} is empty`, `For example: ${example}.`);
  }

  /** The items of a list. */
  items(field: Field, example: string): readonly Node[] {
    const target = field.value === null ? null : this.resolve(field.value);
    if (target === null && field.value !== null) return [];
    if (isSeq<Node | null>(target)) return target.items.filter((item): item is Node => item !== null);
    this.report(field.value ?? field.key, `${field.name} must be a list`, `For example: ${example}.`);
    return [];
  }

  /** A scalar of any kind, or null after a report. */
  scalar(field: Field, expected: string, example: string): Scalar | null {
    if (isEmpty(field.value))
      return this.report(field.key, `${field.name} is empty`, `For example: ${example}.`);
    const target = this.resolve(field.value);
    if (target === null || isScalar(target)) return target;
    return this.report(target, `${field.name} must be ${expected}`, `For example: ${example}.`);
  }

  /** A text that is not blank, or null after a report. Numbers are not taken for texts. */
  text(field: Field, example: string): { readonly value: string; readonly scalar: Scalar } | null {
    const scalar = this.scalar(field, 'a text', example);
    if (scalar === null) return null;
    const { value } = scalar;
    if (typeof value !== 'string')
      return this.report(
        scalar,
        `${field.name} must be a text, found ${String(value)}`,
        `Put it in quotes: "${String(scalar.source ?? value)}".`,
      );
    if (value.trim() === '') return this.report(scalar, `${field.name} is empty`, `For example: ${example}.`);
    return { value, scalar };
  }

  /** One of several words, or null after a report. */
  choice<T extends string>(field: Field, choices: readonly T[]): T | null {
    const example = `${field.name}: ${choices[0] ?? ''}`;
    const scalar = this.scalar(field, `one of ${choices.join(', ')}`, example);
    if (scalar === null) return null;
    const found = choices.find((choice) => choice === scalar.value);
    if (found !== undefined) return found;
    const meant = nearest(String(scalar.value), choices);
    return this.report(
      scalar,
      `${field.name} must be one of ${choices.join(', ')}, found ${String(scalar.value)}`,
      meant === null ? `For example: ${example}.` : `Did you mean ${meant}?`,
    );
  }

  /** true or false, or null after a report. */
  flag(field: Field): boolean | null {
    const scalar = this.scalar(field, 'true or false', `${field.name}: true`);
    if (scalar === null) return null;
    if (typeof scalar.value === 'boolean') return scalar.value;
    return this.report(
      scalar,
      `${field.name} must be true or false, found ${String(scalar.value)}`,
      `Write ${field.name}: true, without quotes.`,
    );
  }

  /** What an alias stands for; any other node itself. Null after a report. */
  resolve(node: Node): Node | null {
    if (!isAlias(node) || this.#document === null) return node;
    const target = node.resolve(this.#document);
    return (
      target ??
      this.report(
        node,
        `The alias *${node.source} stands for nothing`,
        `Write the value out, or mark it with &${node.source}.`,
      )
    );
  }
}

/** `owner:` without a value is a scalar of null. */
function isEmpty(value: Node | null): value is null {
  return value === null || (isScalar(value) && value.value === null);
}
