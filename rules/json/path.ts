/** A member by its name, or an element by its place from 0. */
export type JsonStep = string | number;

export type ParsedJsonPath =
  | { readonly status: 'ok'; readonly path: readonly JsonStep[] }
  | { readonly status: 'error'; readonly offset: number; readonly message: string; readonly mend: string };

/** Steps of one path: deeper than this is no value that people look up. */
const MOST_STEPS = 20;
const MOST_PLACE = 9999;
const EXAMPLE = "For example: '$.address.city', '$.lines[0].sku' or '$[\"a b\"]'.";

const MEMBER = /\.([A-Za-z_][A-Za-z0-9_]*)/y;
const ELEMENT = /\[(\d{1,9})\]/y;
const QUOTED = /\[("(?:[^"\\]|\\.)*")\]/y;

/**
 * Reads a path of SQL/JSON's lax kind without wildcards and filters, so that it leads to one value: `$`, then
 * `.name`, `["any name"]` (as JSON writes a text) or `[0]`.
 */
export function parseJsonPath(text: string): ParsedJsonPath {
  const fault = (offset: number, message: string): ParsedJsonPath => ({
    status: 'error',
    offset,
    message,
    mend: EXAMPLE,
  });
  if (!text.startsWith('$')) return fault(0, 'A path in JSON begins with $');
  const path: JsonStep[] = [];
  let offset = 1;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = offset;
    return pattern.exec(text);
  };
  while (offset < text.length) {
    const found = match(MEMBER) ?? match(ELEMENT) ?? match(QUOTED);
    if (found === null)
      return fault(offset, 'Here the path says neither .name nor ["name"] nor a place like [0]');
    const [whole, inner = ''] = found;
    const step = whole.startsWith('.') ? inner : stepIn(inner);
    if (step === null) return fault(offset, 'This name is not written as JSON writes a text');
    if (typeof step === 'number' && step > MOST_PLACE) return fault(offset, `Places go up to ${MOST_PLACE}`);
    path.push(step);
    if (path.length > MOST_STEPS) return fault(offset, `A path has at most ${MOST_STEPS} steps`);
    offset += whole.length;
  }
  return { status: 'ok', path };
}

function stepIn(inner: string): JsonStep | null {
  if (!inner.startsWith('"')) return Number(inner);
  try {
    const name: unknown = JSON.parse(inner);
    return typeof name === 'string' && name.isWellFormed() && !name.includes('\0') ? name : null;
  } catch {
    return null;
  }
}

/** Writes a path so that reading it gives the same steps. */
export function printJsonPath(path: readonly JsonStep[]): string {
  return `$${path.map(printStep).join('')}`;
}

function printStep(step: JsonStep): string {
  if (typeof step === 'number') return `[${step}]`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
