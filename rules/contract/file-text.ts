import type { Problem } from './problem.ts';

export type FileText =
  | { readonly status: 'ok'; readonly text: string }
  /** `text` is what can be read of it. */
  | { readonly status: 'error'; readonly text: string; readonly problem: Problem };

/** The text of a contract file. One in another encoding is refused: its names would be others. */
export function fileText(bytes: Uint8Array, file: string): FileText {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { status: 'ok', text };
  } catch {
    const lines = text.slice(0, text.indexOf('\uFFFD')).split('\n');
    const place = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
    const message = 'The file is no text in UTF-8 here';
    return { status: 'error', text, problem: { file, ...place, message, mend: 'Save it as UTF-8.' } };
  }
}
