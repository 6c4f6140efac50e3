import type { Uuid } from '#model/ids.ts';
import { sql, type Statement } from './sql.ts';

/** A place in a contract file and what is wrong there. */
export interface StoredProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly mend: string;
}

/** The last push of a contract file that was refused. */
export interface ContractFaultRow {
  readonly file_name: string;
  readonly dataset_ids: readonly Uuid[];
  readonly text: string;
  readonly problems: readonly StoredProblem[];
  readonly pushed_at: Date;
  readonly pushed_by: string | null;
}

const COLUMNS = sql`file_name, dataset_ids, text, problems, pushed_at, pushed_by`;
/** So many files stay remembered; of more, the oldest are forgotten. */
const MOST_FAULTS = 500;

/** Keeps a refused push; an earlier one of the same file is replaced. */
export function putContractFault(row: ContractFaultRow): Statement {
  return sql`
    with put as (
      insert into contract_fault (${COLUMNS})
      values (${row.file_name}, ${[...row.dataset_ids]}::uuid[], ${row.text}, ${JSON.stringify(row.problems)}::jsonb, ${row.pushed_at},
              ${row.pushed_by})
      on conflict (file_name) do update
         set dataset_ids = excluded.dataset_ids, text = excluded.text, problems = excluded.problems,
             pushed_at = excluded.pushed_at, pushed_by = excluded.pushed_by
    )
    delete from contract_fault
     where file_name in (select file_name from contract_fault order by pushed_at desc offset ${MOST_FAULTS})`.named(
    'put_contract_fault',
  );
}

/** Forgets the refused push of a file, and of the datasets that now have a good one. */
export function dropContractFault(fileName: string, datasetIds: readonly Uuid[]): Statement {
  return sql`
    delete from contract_fault
     where file_name = ${fileName} or (cardinality(dataset_ids) > 0 and dataset_ids <@ ${[...datasetIds]}::uuid[])`.named(
    'drop_contract_fault',
  );
}

/** The newest refused push about a dataset. */
export function contractFaultOf(datasetId: Uuid): Statement {
  return sql`
    select ${COLUMNS} from contract_fault where dataset_ids @> array[${datasetId}]::uuid[]
     order by pushed_at desc limit 1`.named('contract_fault_of');
}

/** All of them, newest first. */
export function contractFaults(): Statement {
  return sql`select ${COLUMNS} from contract_fault order by pushed_at desc, file_name`.named(
    'contract_faults',
  );
}

/** The datasets whose contracts came from a file of this name. */
export function datasetsOfContractFile(fileName: string): Statement {
  return sql`select distinct dataset_id from contract where file_name = ${fileName} limit 1000`.named(
    'datasets_of_contract_file',
  );
}

/** Forgets the faults of files that somebody pushed from a folder in which they are no more. */
export function dropFaultsOfGoneFiles(pushedBy: string, fileNames: readonly string[]): Statement {
  return sql`
    delete from contract_fault where pushed_by = ${pushedBy} and file_name <> all(${[...fileNames]}::text[])`.named(
    'drop_faults_of_gone_files',
  );
}
