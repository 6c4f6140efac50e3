import { codeOf } from './client.ts';
import type { TableDescription } from '#model/measure-plan.ts';

/** What a person can do about an error of a measuring statement, one sentence; null when its message says all. */
export function hintOf(error: unknown, table: TableDescription): string | null {
  switch (codeOf(error)) {
    case 'ER_BAD_FIELD_ERROR':
      return `The columns of ${table.name} are ${table.columns.map(({ name }) => name).join(', ')}.`;
    case 'ER_NO_SUCH_TABLE':
      return 'Check the name of the table, with its database.';
    case 'ER_SP_DOES_NOT_EXIST':
      return 'Check the name of the function and the types of what it is given.';
    case 'ER_TABLEACCESS_DENIED_ERROR':
    case 'ER_COLUMNACCESS_DENIED_ERROR':
    case 'ER_DBACCESS_DENIED_ERROR':
      return "Grant SELECT on it to the account of the warehouse's URL.";
    case 'ER_STATEMENT_TIMEOUT':
    case 'ER_QUERY_TIMEOUT':
      return 'It took longer than the time limit: narrow the check down, or raise the limit.';
    case 'ER_OUT_OF_SORTMEMORY':
      return 'The server has no room to sort by such long values: check fewer or shorter columns together.';
    case 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION':
      return 'Checks only read.';
    default:
      return null;
  }
}
