import type { Uuid } from '#model/ids.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** That a dataset's gate was stopped or let go again. */
export interface FreezeRow {
  readonly dataset_id: Uuid;
  readonly action: 'freeze' | 'unfreeze';
  readonly reason: string;
  readonly author: string;
  readonly at: Date;
}

const COLUMNS = sql`dataset_id, action, reason, author, at`;

export function addFreeze(row: FreezeRow): Statement {
  return sql`
    insert into gate_freeze (${COLUMNS})
    values (${row.dataset_id}, ${row.action}, ${row.reason}, ${row.author}, ${row.at})`.named('add_freeze');
}

/** All that was said of a dataset's gate under any of its names, the last first. */
export function freezesOf(datasetId: Uuid, limit: number): Statement {
  return sql`
    select ${COLUMNS} from gate_freeze
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)})
     order by id desc limit ${limit}`.named('freezes_of');
}
