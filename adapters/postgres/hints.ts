import type pg from 'pg';
import { codeOf } from './client.ts';
import { describe } from './describe.ts';
import { quoteTable, showTable, type TableName } from './quote-identifier.ts';

/** What a person can do about an error of a measuring statement, one sentence; null when its message says all. */
export async function hintOf(
  client: pg.PoolClient,
  table: TableName,
  error: unknown,
): Promise<string | null> {
  switch (codeOf(error)) {
    case '42703': {
      const described = await describe(client, quoteTable(table));
      const columns = described.status === 'success' ? (described.value?.columns ?? []) : [];
      return `The columns of ${showTable(table)} are ${columns.map(({ name }) => name).join(', ')}.`;
    }
    case '42P01':
      return 'Check the name of the table, with its schema.';
    case '42501':
      return "Grant SELECT on it to the role of the warehouse's URL.";
    case '57014':
      return 'It took longer than the time limit: narrow the check down, or raise the limit.';
    // One code for functions and operators that are not there; the message's language is the server's.
    case '42883':
      return (error as Error).message.includes('(')
        ? 'Check the name of the function and the types of what it is given.'
        : 'Compare texts with texts and numbers with numbers.';
    case '25006':
      return 'Checks only read.';
    default:
      return null;
  }
}
