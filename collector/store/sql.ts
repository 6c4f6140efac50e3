/** A statement for pg: text with $1… placeholders, its values, and a name when it is to be prepared. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name?: string;
}

const FRAGMENT = Symbol('sql fragment');

/** Part of a statement; nested into another `sql` template its placeholders are renumbered. */
export interface Fragment extends Statement {
  readonly [FRAGMENT]: true;
  /** The same statement under a name, so that pg prepares it once per connection. */
  named(name: string): Statement;
}

/**
 * Builds a parameterised statement: every `${value}` becomes a placeholder, never text. A nested `sql`
 * fragment is spliced in. There is no way to splice a plain string: identifiers are written out.
 */
export function sql(strings: TemplateStringsArray, ...parts: readonly unknown[]): Fragment {
  let text = strings[0] ?? '';
  const values: unknown[] = [];
  parts.forEach((part, index) => {
    if (isFragment(part)) {
      const shift = values.length;
      text += part.text.replaceAll(/\$(\d+)/g, (_, n: string) => `$${Number(n) + shift}`);
      values.push(...part.values);
    } else {
      values.push(part);
      text += `$${values.length}`;
    }
    text += strings[index + 1] ?? '';
  });
  return { [FRAGMENT]: true, text, values, named: (name) => ({ name, text, values }) };
}

function isFragment(part: unknown): part is Fragment {
  return typeof part === 'object' && part !== null && FRAGMENT in part;
}
