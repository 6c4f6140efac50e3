/** Prints for the one who asked: `--json` gives one document on stdout, else lines for a person. */
export function print(json: boolean, document: unknown, lines: () => readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : `${lines().join('\n')}\n`);
}

/** A note beside the result, on stderr, so that stdout stays what was asked for. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Columns aligned with two spaces between; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
