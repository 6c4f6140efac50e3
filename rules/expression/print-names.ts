import type { ColumnRef, Literal, Scope, TableRef } from '#model/predicate.ts';

import { isPlainName, isReserved } from './vocabulary.ts';

/** A plain name as it is, any other in double quotes: in lists of columns. */
export function printColumn(name: string): string {
  return isPlainName(name) ? name : quoted(name);
}

/** A name where a value is expected: words of the language are quoted too. */
export function printOperandColumn(name: string): string {
  return isPlainName(name) && !isReserved(name) ? name : quoted(name);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function printTable({ parts }: TableRef): string {
  return parts.map(printColumn).join('.');
}

export function printColumnRef({ table, name }: ColumnRef): string {
  return table === null ? printColumn(name) : `${printTable(table)}.${printColumn(name)}`;
}

export function printText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function printLiteral(literal: Literal): string {
  return literal.type === 'text' ? printText(literal.value) : String(literal.value);
}

export function printLiterals(literals: readonly Literal[]): string {
  return literals.map(printLiteral).join(', ');
}

export function printScope(scope: Scope): string {
  return scope.type === 'last' ? `last(${scope.partitions})` : scope.type;
}
