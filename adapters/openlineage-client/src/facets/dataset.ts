import type { DatasetFacet } from './base.ts';
import { standardFacet } from './base.ts';
import type { DataQualityAssertionsDatasetFacet, DataQualityMetricsDatasetFacet } from './quality.ts';
import type { ColumnLineageDatasetFacet, LineageDatasetFacet } from './lineage.ts';
import type { Owner } from './job.ts';
import type { Tag } from './run.ts';

/** A column, or a field nested in one. */
export interface SchemaField {
  readonly name: string;
  readonly type?: string;
  readonly description?: string;
  readonly ordinal_position?: number;
  readonly fields?: readonly SchemaField[];
}

/** Columns of the dataset. */
export interface SchemaDatasetFacet extends DatasetFacet {
  readonly fields?: readonly SchemaField[];
}

/** The system the dataset lives in. */
export interface DatasourceDatasetFacet extends DatasetFacet {
  readonly name?: string;
  readonly uri?: string;
}

/** Version of the data, e.g. an Iceberg snapshot id. */
export interface DatasetVersionDatasetFacet extends DatasetFacet {
  readonly datasetVersion: string;
}

/** Kind of dataset, e.g. `TABLE`, `VIEW`, `TOPIC`. */
export interface DatasetTypeDatasetFacet extends DatasetFacet {
  readonly datasetType: string;
  readonly subType?: string;
}

/** Storage layer (`iceberg`, `delta`) and file format (`parquet`). */
export interface StorageDatasetFacet extends DatasetFacet {
  readonly storageLayer: string;
  readonly fileFormat?: string;
}

/** The catalog that knows the dataset. */
export interface CatalogDatasetFacet extends DatasetFacet {
  readonly framework: string;
  readonly type: string;
  readonly name: string;
  readonly metadataUri?: string;
  readonly warehouseUri?: string;
  readonly source?: string;
  readonly catalogProperties?: Readonly<Record<string, string>>;
}

/** Place of the dataset in a hierarchy, from the highest level down. */
export interface HierarchyDatasetFacet extends DatasetFacet {
  readonly hierarchy: readonly { readonly type: string; readonly name: string }[];
}

/** Another name of the same dataset; `type` is `TABLE` or `LOCATION`. */
export interface SymlinkIdentifier {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
}

/** Other names of the dataset. */
export interface SymlinksDatasetFacet extends DatasetFacet {
  readonly identifiers?: readonly SymlinkIdentifier[];
}

/** What the run did to the dataset as a whole. */
export interface LifecycleStateChangeDatasetFacet extends DatasetFacet {
  readonly lifecycleStateChange: 'ALTER' | 'CREATE' | 'DROP' | 'OVERWRITE' | 'RENAME' | 'TRUNCATE';
  readonly previousIdentifier?: { readonly name: string; readonly namespace: string };
}

/** Owners of the dataset. */
export interface OwnershipDatasetFacet extends DatasetFacet {
  readonly owners?: readonly Owner[];
}

/** Description of the dataset. */
export interface DocumentationDatasetFacet extends DatasetFacet {
  readonly description: string;
  readonly contentType?: string;
}

/** Tags of the dataset; with `field`, of one column. */
export interface TagsDatasetFacet extends DatasetFacet {
  readonly tags?: readonly (Tag & { readonly field?: string })[];
}

/** The standard dataset facets under their keys in `dataset.facets`. */
export interface StandardDatasetFacets {
  readonly schema?: SchemaDatasetFacet;
  readonly dataSource?: DatasourceDatasetFacet;
  readonly version?: DatasetVersionDatasetFacet;
  readonly datasetType?: DatasetTypeDatasetFacet;
  readonly storage?: StorageDatasetFacet;
  readonly catalog?: CatalogDatasetFacet;
  readonly hierarchy?: HierarchyDatasetFacet;
  readonly symlinks?: SymlinksDatasetFacet;
  readonly lifecycleStateChange?: LifecycleStateChangeDatasetFacet;
  readonly ownership?: OwnershipDatasetFacet;
  readonly documentation?: DocumentationDatasetFacet;
  readonly tags?: TagsDatasetFacet;
  readonly columnLineage?: ColumnLineageDatasetFacet;
  readonly dataQualityMetrics?: DataQualityMetricsDatasetFacet;
  /** The spec places assertions on inputs; producers put those about an output here. */
  readonly dataQualityAssertions?: DataQualityAssertionsDatasetFacet;
  readonly lineage?: LineageDatasetFacet;
}

/** `dataset.facets`: the standard facets and any custom one. */
export type DatasetFacets = StandardDatasetFacets & { readonly [key: string]: DatasetFacet | undefined };

export const schemaDatasetFacet = standardFacet<SchemaDatasetFacet>('SchemaDatasetFacet', '1-2-0');
export const datasourceDatasetFacet = standardFacet<DatasourceDatasetFacet>(
  'DatasourceDatasetFacet',
  '1-0-1',
);
export const datasetVersionDatasetFacet = standardFacet<DatasetVersionDatasetFacet>(
  'DatasetVersionDatasetFacet',
  '1-0-1',
);
export const datasetTypeDatasetFacet = standardFacet<DatasetTypeDatasetFacet>(
  'DatasetTypeDatasetFacet',
  '1-0-1',
);
export const storageDatasetFacet = standardFacet<StorageDatasetFacet>('StorageDatasetFacet', '1-0-1');
export const catalogDatasetFacet = standardFacet<CatalogDatasetFacet>('CatalogDatasetFacet', '1-1-0');
export const hierarchyDatasetFacet = standardFacet<HierarchyDatasetFacet>('HierarchyDatasetFacet', '1-0-0');
export const symlinksDatasetFacet = standardFacet<SymlinksDatasetFacet>('SymlinksDatasetFacet', '1-0-1');
export const lifecycleStateChangeDatasetFacet = standardFacet<LifecycleStateChangeDatasetFacet>(
  'LifecycleStateChangeDatasetFacet',
  '1-0-1',
);
export const ownershipDatasetFacet = standardFacet<OwnershipDatasetFacet>('OwnershipDatasetFacet', '1-0-1');
export const documentationDatasetFacet = standardFacet<DocumentationDatasetFacet>(
  'DocumentationDatasetFacet',
  '1-1-0',
);
export const tagsDatasetFacet = standardFacet<TagsDatasetFacet>('TagsDatasetFacet', '1-0-0');
