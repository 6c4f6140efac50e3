import type { Dataset, InputDataset, OutputDataset } from './event.ts';
import type {
  BaseFacet,
  DataQualityAssertion,
  DataQualityMetrics,
  DatasetFacet,
  DatasetFacets,
  InputDatasetFacets,
  InputField,
  OutputDatasetFacets,
  Partition,
  PartitionDimensions,
  SchemaField,
  StandardDatasetFacets,
  Statistics,
} from './facets/index.ts';
import {
  columnLineageDatasetFacet,
  dataQualityAssertionsDatasetFacet,
  dataQualityMetricsDatasetFacet,
  dataQualityMetricsInputDatasetFacet,
  datasetVersionDatasetFacet,
  inputStatisticsInputDatasetFacet,
  inputSubsetInputDatasetFacet,
  outputStatisticsOutputDatasetFacet,
  outputSubsetOutputDatasetFacet,
  schemaDatasetFacet,
} from './facets/index.ts';

/** Quality metrics as `qualityMetrics` takes them; leave out what is not known. */
export type QualityMetrics = Omit<DataQualityMetrics, 'columnMetrics'> &
  Partial<Pick<DataQualityMetrics, 'columnMetrics'>>;

/** A dataset that a run reads or writes, gathering facets for the next event. Every method returns `this`. */
abstract class DatasetScope {
  protected readonly producer: string;
  protected readonly partitions: Partition[] = [];
  readonly #dataset: Dataset;
  #facets: DatasetFacets;

  constructor(dataset: Dataset, producer: string) {
    this.#dataset = dataset;
    this.producer = producer;
    this.#facets = { ...dataset.facets };
  }

  get namespace(): string {
    return this.#dataset.namespace;
  }

  get name(): string {
    return this.#dataset.name;
  }

  /** Sets any dataset facet. */
  facet<K extends keyof StandardDatasetFacets>(key: K, facet: NonNullable<StandardDatasetFacets[K]>): this;
  facet(key: string, facet: DatasetFacet): this;
  facet(key: string, facet: DatasetFacet): this {
    this.#facets = { ...this.#facets, [key]: facet };
    return this;
  }

  /** The columns. */
  schema(fields: readonly SchemaField[]): this {
    return this.facet('schema', schemaDatasetFacet({ fields }, this.producer));
  }

  /** The version of the data, e.g. a snapshot id. */
  version(datasetVersion: string): this {
    return this.facet('version', datasetVersionDatasetFacet({ datasetVersion }, this.producer));
  }

  /** The partition read or written; call it again for each further one. */
  partition(dimensions: PartitionDimensions, identifier?: string): this {
    this.partitions.push(identifier === undefined ? { dimensions } : { identifier, dimensions });
    return this;
  }

  protected base(): Dataset {
    const { namespace, name } = this.#dataset;
    return Object.keys(this.#facets).length === 0
      ? { namespace, name }
      : { namespace, name, facets: this.#facets };
  }
}

/** A dataset that a run reads. */
export class InputScope extends DatasetScope {
  #inputFacets: InputDatasetFacets;

  constructor(dataset: InputDataset, producer: string) {
    super(dataset, producer);
    this.#inputFacets = { ...dataset.inputFacets };
  }

  /** Sets any input facet. */
  inputFacet(key: string, facet: BaseFacet): this {
    this.#inputFacets = { ...this.#inputFacets, [key]: facet };
    return this;
  }

  /** Rows, bytes (`size`) and files read. */
  statistics(statistics: Statistics): this {
    return this.inputFacet('inputStatistics', inputStatisticsInputDatasetFacet(statistics, this.producer));
  }

  /** Measurements of what was read. */
  qualityMetrics(metrics: QualityMetrics): this {
    const fields = { ...metrics, columnMetrics: metrics.columnMetrics ?? {} };
    return this.inputFacet('dataQualityMetrics', dataQualityMetricsInputDatasetFacet(fields, this.producer));
  }

  /** Results of tests on what was read. */
  assertions(assertions: readonly DataQualityAssertion[]): this {
    return this.inputFacet(
      'dataQualityAssertions',
      dataQualityAssertionsDatasetFacet({ assertions }, this.producer),
    );
  }

  /** The dataset as an event holds it. */
  toInput(): InputDataset {
    const inputFacets: InputDatasetFacets =
      this.partitions.length === 0
        ? this.#inputFacets
        : {
            ...this.#inputFacets,
            subset: inputSubsetInputDatasetFacet(
              { inputCondition: { type: 'partition', partitions: [...this.partitions] } },
              this.producer,
            ),
          };
    return Object.keys(inputFacets).length === 0 ? this.base() : { ...this.base(), inputFacets };
  }
}

/** A dataset that a run writes. */
export class OutputScope extends DatasetScope {
  #outputFacets: OutputDatasetFacets;

  constructor(dataset: OutputDataset, producer: string) {
    super(dataset, producer);
    this.#outputFacets = { ...dataset.outputFacets };
  }

  /** Sets any output facet. */
  outputFacet(key: string, facet: BaseFacet): this {
    this.#outputFacets = { ...this.#outputFacets, [key]: facet };
    return this;
  }

  /** Rows, bytes (`size`) and files written. */
  statistics(statistics: Statistics): this {
    return this.outputFacet(
      'outputStatistics',
      outputStatisticsOutputDatasetFacet(statistics, this.producer),
    );
  }

  /** Measurements of what was written. */
  qualityMetrics(metrics: QualityMetrics): this {
    const fields = { ...metrics, columnMetrics: metrics.columnMetrics ?? {} };
    return this.facet('dataQualityMetrics', dataQualityMetricsDatasetFacet(fields, this.producer));
  }

  /** Results of tests on what was written. */
  assertions(assertions: readonly DataQualityAssertion[]): this {
    return this.facet(
      'dataQualityAssertions',
      dataQualityAssertionsDatasetFacet({ assertions }, this.producer),
    );
  }

  /**
   * Which columns each column was made from.
   * @param dataset columns that the dataset as a whole depends on, e.g. those of a filter
   */
  columnLineage(
    fields: Readonly<Record<string, readonly InputField[]>>,
    dataset?: readonly InputField[],
  ): this {
    const entries = Object.entries(fields).map(([column, inputFields]) => [column, { inputFields }] as const);
    const lineage = { fields: Object.fromEntries(entries), ...(dataset === undefined ? {} : { dataset }) };
    return this.facet('columnLineage', columnLineageDatasetFacet(lineage, this.producer));
  }

  /** The dataset as an event holds it. */
  toOutput(): OutputDataset {
    const outputFacets: OutputDatasetFacets =
      this.partitions.length === 0
        ? this.#outputFacets
        : {
            ...this.#outputFacets,
            subset: outputSubsetOutputDatasetFacet(
              { outputCondition: { type: 'partition', partitions: [...this.partitions] } },
              this.producer,
            ),
          };
    return Object.keys(outputFacets).length === 0 ? this.base() : { ...this.base(), outputFacets };
  }
}
