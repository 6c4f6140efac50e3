import { datasetId, jobId } from '#model/ids.ts';
import type { DatasetReference, JobReference } from './event-delta.ts';
import { PathMemo } from './path-memo.ts';

const LIMIT = 200_000;
const datasets = new PathMemo<DatasetReference>(LIMIT);
const jobs = new PathMemo<JobReference>(LIMIT);

const makeDataset = (namespace: string, name: string): DatasetReference => ({
  id: datasetId(namespace, name),
  namespace,
  name,
});

const makeJob = (namespace: string, name: string): JobReference => ({
  id: jobId(namespace, name),
  namespace,
  name,
});

/** A dataset's canonical name with its id. */
export function datasetReference(namespace: string, name: string): DatasetReference {
  return datasets.ofPair(namespace, name, makeDataset);
}

/** A job's name with its id. */
export function jobReference(namespace: string, name: string): JobReference {
  return jobs.ofPair(namespace, name, makeJob);
}
