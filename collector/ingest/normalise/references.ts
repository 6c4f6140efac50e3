import { datasetId, jobId } from '#model/ids.ts';
import type { DatasetReference, JobReference } from './event-delta.ts';
import { Memo } from './memo.ts';

const LIMIT = 200_000;
const datasets = new Memo<DatasetReference>(LIMIT);
const jobs = new Memo<JobReference>(LIMIT);

/** A dataset's canonical name with its id. */
export function datasetReference(namespace: string, name: string): DatasetReference {
  return datasets.of(`${namespace}\u0000${name}`, () => ({
    id: datasetId(namespace, name),
    namespace,
    name,
  }));
}

/** A job's name with its id. */
export function jobReference(namespace: string, name: string): JobReference {
  return jobs.of(`${namespace}\u0000${name}`, () => ({ id: jobId(namespace, name), namespace, name }));
}
