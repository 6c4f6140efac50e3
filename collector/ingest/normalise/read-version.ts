import type { RawDataset } from '../envelope.ts';
import { JsonSlice } from '../json-slice.ts';
import { isObject, requireText, type JsonObject, type Warnings } from './facet-reader.ts';

/**
 * The version of the data that was read or written: the `version` facet (DatasetVersionDatasetFacet 1-0-1),
 * else the snapshot of Iceberg's commit or scan report. Null when nobody says.
 */
export function readVersion(dataset: RawDataset, pointer: string, warnings: Warnings): string | null {
  const stated = warnings.readOnce(dataset.facets, 'version', `${pointer}/facets`, datasetVersion);
  return (
    stated ??
    snapshotOf(dataset.outputFacets?.['icebergCommitReport']) ??
    snapshotOf(dataset.inputFacets?.['icebergScanReport'])
  );
}

function datasetVersion(facet: JsonObject): string {
  const version = facet['datasetVersion'];
  // Some write the number itself.
  return typeof version === 'number' ? String(version) : requireText(facet, 'datasetVersion');
}

/** Snapshot ids have 64 bits, which a JavaScript number would round: they are taken from the text. */
function snapshotOf(sent: unknown): string | null {
  if (sent instanceof JsonSlice) return /"snapshotId"\s*:\s*(-?\d+)/.exec(sent.text())?.[1] ?? null;
  const snapshot = isObject(sent) ? sent['snapshotId'] : null;
  return Number.isSafeInteger(snapshot) ? String(snapshot) : null;
}
