import type { RawDataset } from '../envelope.ts';
import { JsonSlice } from '../json-slice.ts';
import { isObject, requireText, type JsonObject, type Warnings } from './facet-reader.ts';

/** The version of the data that was read or written by the `version` facet (DatasetVersionDatasetFacet 1-0-1). */
export function readStatedVersion(
  { facets }: RawDataset,
  pointer: string,
  warnings: Warnings,
): string | null {
  return warnings.readOnce(facets, 'version', `${pointer}/facets`, datasetVersion) ?? null;
}

/** Where no facet states the version: the snapshot of Iceberg's commit or scan report. Null when there is none. */
export function readSnapshot({ inputFacets, outputFacets }: RawDataset): string | null {
  return snapshotOf(outputFacets?.['icebergCommitReport']) ?? snapshotOf(inputFacets?.['icebergScanReport']);
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
