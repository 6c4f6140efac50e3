import type { Database, Queryable } from '#store/database.ts';
import type { Statement } from '#store/sql.ts';

/** The same database; told of each statement that goes to it in a transaction, before it goes. */
export function listeningDatabase(real: Database, onStatement: (statement: Statement) => void): Database {
  const wrap = (connection: Queryable): Queryable => ({
    rows: (statement) => {
      onStatement(statement);
      return connection.rows(statement);
    },
    execute: (statement) => {
      onStatement(statement);
      return connection.execute(statement);
    },
  });
  return { ...real, transaction: (work) => real.transaction((connection) => work(wrap(connection))) };
}
