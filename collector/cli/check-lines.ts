import { EXIT, type ExitCode } from './exit-codes.ts';

export interface ShownCheck {
  readonly text: string;
  readonly status: string;
  readonly severity: string;
  readonly message: string;
  readonly failingRows?: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (string | null)[])[];
    readonly more: boolean;
  } | null;
}

/** One line per check, the worst first: what was measured and what was expected. */
export function linesOfChecks(checks: readonly ShownCheck[]): string[] {
  const order = ['fail', 'error', 'no_data', 'learning', 'warn', 'skipped', 'pass'];
  return [...checks]
    .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
    .flatMap((check) => [
      `  ${check.status.padEnd(8)} ${check.text}${check.status === 'pass' ? '' : `\n           ${check.message}`}`,
      ...linesOfRows(check).map((line) => `           ${line}`),
    ]);
}

/** `order_id = 17`, one line per row that violates the check. */
export function linesOfRows({ failingRows }: Pick<ShownCheck, 'failingRows'>): string[] {
  if (!failingRows) return [];
  const { columns, rows, more } = failingRows;
  const lines = rows.map((row) => columns.map((name, at) => `${name} = ${row[at] ?? 'null'}`).join(', '));
  return more ? [...lines, '…'] : lines;
}

/** 1 when a blocking check fails, 3 when one is not known, 2 for warnings where asked for, else 0. */
export function exitCodeOfStatus(checks: readonly ShownCheck[], warnExit: boolean): ExitCode {
  const blocking = checks.filter((check) => check.severity === 'block').map((check) => check.status);
  if (blocking.includes('fail')) return EXIT.bad;
  if (blocking.some((status) => ['error', 'no_data', 'learning'].includes(status))) return EXIT.unknown;
  return warnExit && checks.some((check) => check.status === 'warn') ? EXIT.warnings : EXIT.ok;
}
