import type { DatasetFacet, JobFacet } from './base.ts';
import { standardFacet } from './base.ts';

/** How source data was transformed. */
export interface Transformation {
  /** `DIRECT` or `INDIRECT`. */
  readonly type: string;
  /** `IDENTITY`, `TRANSFORMATION`, `AGGREGATION`, `JOIN`, `GROUP_BY`, `FILTER`, `SORT`, `WINDOW` or `CONDITIONAL`. */
  readonly subtype?: string;
  readonly description?: string;
  /** True where the transformation hides the source value, e.g. a hash. */
  readonly masking?: boolean;
}

/** A column that another column was made from. */
export interface InputField {
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
  readonly transformations?: readonly Transformation[];
}

/** The sources of one output column. */
export interface ColumnLineageField {
  readonly inputFields: readonly InputField[];
  /** @deprecated superseded by `inputFields[].transformations` */
  readonly transformationDescription?: string;
  /** @deprecated superseded by `inputFields[].transformations` */
  readonly transformationType?: string;
}

/** Column lineage of an output dataset. */
export interface ColumnLineageDatasetFacet extends DatasetFacet {
  readonly fields: Readonly<Record<string, ColumnLineageField>>;
  /** Columns that the dataset as a whole depends on, e.g. of a filter. */
  readonly dataset?: readonly InputField[];
}

/** A dataset as a source of explicit lineage. */
export interface LineageDatasetInput {
  readonly type: 'DATASET';
  readonly namespace: string;
  readonly name: string;
  readonly field?: string;
  readonly transformations?: readonly Transformation[];
}

/** A job as a source of explicit lineage; without identity, the job of the event itself. */
export interface LineageJobInput {
  readonly type: 'JOB';
  readonly namespace?: string;
  readonly name?: string;
  readonly runId?: string;
  readonly transformations?: readonly Transformation[];
}

/** A source of explicit lineage. */
export type LineageInput = LineageDatasetInput | LineageJobInput;

/** Explicit sources of one column. */
export interface LineageFieldEntry {
  readonly inputs: readonly LineageInput[];
}

/** A dataset and what flows into it; an empty `inputs` says that it has no tracked source. */
export interface LineageDatasetEntry {
  readonly type: 'DATASET';
  readonly namespace: string;
  readonly name: string;
  readonly inputs?: readonly LineageInput[];
  readonly fields?: Readonly<Record<string, LineageFieldEntry>>;
}

/** A job and what flows into it; without identity, the job of the event itself. */
export interface LineageJobEntry {
  readonly type: 'JOB';
  readonly namespace?: string;
  readonly name?: string;
  readonly runId?: string;
  readonly inputs?: readonly LineageInput[];
}

/** Explicit lineage on a job; it takes precedence over column lineage and inputs × outputs. */
export interface LineageJobFacet extends JobFacet {
  readonly entries: readonly (LineageDatasetEntry | LineageJobEntry)[];
}

/** Explicit lineage on a dataset. */
export interface LineageDatasetFacet extends DatasetFacet {
  readonly inputs?: readonly LineageInput[];
  readonly fields?: Readonly<Record<string, LineageFieldEntry>>;
}

export const columnLineageDatasetFacet = standardFacet<ColumnLineageDatasetFacet>(
  'ColumnLineageDatasetFacet',
  '1-2-0',
);
export const lineageJobFacet = standardFacet<LineageJobFacet>('LineageFacet', '1-0-0', 'LineageJobFacet');
export const lineageDatasetFacet = standardFacet<LineageDatasetFacet>(
  'LineageFacet',
  '1-0-0',
  'LineageDatasetFacet',
);
