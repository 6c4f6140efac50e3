import { derivedId, namespaceId, type Uuid } from '#model/ids.ts';
import { timeOfKey } from '#model/order-key.ts';
import { ROLES } from '#model/run-dataset.ts';
import type { Queryable } from '#store/database.ts';
import * as catalog from '#store/catalog.ts';
import type { FactSet, KnownFacts, PairKind } from './known-facts.ts';
import type { EventDelta, LineageContent, SchemaField } from './normalise/event-delta.ts';
import { datasetReference } from './normalise/references.ts';

/**
 * Writes what a batch names for the first time: namespaces, jobs, datasets, schemas, column edges.
 * @param fresh takes the facts to remember once the transaction has committed.
 */
export async function projectCatalog(
  connection: Queryable,
  deltas: readonly EventDelta[],
  known: KnownFacts,
  fresh: FactSet,
): Promise<void> {
  const collect = <T>(fact: string, into: T[], make: () => T): void => {
    if (known.has(fact) || fresh.has(fact)) return;
    fresh.add(fact);
    into.push(make());
  };

  const isNewPair = (kind: PairKind, one: string, other: string): boolean => {
    if (known.hasPair(kind, one, other) || fresh.hasPair(kind, one, other)) return false;
    fresh.addPair(kind, one, other);
    return true;
  };

  const namespaces: { id: Uuid; name: string }[] = [];
  const jobs: catalog.NamedRow[] = [];
  const datasets: catalog.NamedRow[] = [];
  const jobDatasets: EventDelta['jobDatasets'][number][] = [];
  const schemas: { id: Uuid; fields: readonly SchemaField[] }[] = [];
  const datasetSchemas: { datasetId: Uuid; schemaId: Uuid }[] = [];
  const edges: catalog.ColumnEdgeRow[] = [];

  const named = (entity: { id: Uuid; namespace: string; name: string }, into: catalog.NamedRow[]): void =>
    collect(entity.id, into, () => {
      const id = namespaceId(entity.namespace);
      collect(id, namespaces, () => ({ id, name: entity.namespace }));
      return { id: entity.id, namespaceId: id, name: entity.name };
    });

  for (const delta of deltas) {
    for (const job of delta.jobs) named(job, jobs);
    if (known.hasAllOf(delta)) continue;
    for (const dataset of delta.datasets) named(dataset, datasets);
    for (const row of delta.jobDatasets) {
      if (isNewPair(row.role === ROLES.input ? 'input' : 'output', row.jobId, row.datasetId))
        jobDatasets.push(row);
    }
    for (const { datasetId, content } of delta.schemas) {
      collect(content.id, schemas, () => content);
      if (isNewPair('schema', datasetId, content.id))
        datasetSchemas.push({ datasetId, schemaId: content.id });
    }
    for (const { jobId, content } of delta.lineages) {
      if (!isNewPair('lineage', jobId ?? 'static', content.id)) continue;
      edges.push(...edgesOf(jobId, content));
    }
  }

  const writing: Promise<number>[] = [];
  const write = <T>(
    rows: T[],
    order: (row: T) => string,
    statement: (sorted: T[]) => Parameters<Queryable['execute']>[0],
  ): void => {
    if (rows.length > 0) writing.push(connection.execute(statement(sortBy(rows, order))));
  };
  write(namespaces, (row) => row.id, catalog.addNamespaces);
  write(jobs, (row) => row.id, catalog.addJobs);
  write(datasets, (row) => row.id, catalog.addDatasets);
  write(jobDatasets, (row) => `${row.jobId}${row.datasetId}${row.role}`, catalog.addJobDatasets);
  write(schemas, (row) => row.id, catalog.addSchemaVersions);
  write(schemas.flatMap(columnsOf), (row) => row.schemaId, catalog.addSchemaColumns);
  write(datasetSchemas, (row) => `${row.datasetId}${row.schemaId}`, catalog.addDatasetSchemas);
  write(edges, (row) => row.id, catalog.addColumnEdges);
  write(
    warningRows(deltas),
    (row) => `${row.producer}\n${row.facet}\n${row.reason}`,
    catalog.countFacetWarnings,
  );
  await Promise.all(writing);
}

function sortBy<T>(rows: T[], order: (row: T) => string): T[] {
  return rows
    .map((row) => ({ row, key: order(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}

function columnsOf(schema: { id: Uuid; fields: readonly SchemaField[] }): catalog.SchemaColumnRow[] {
  const rows: catalog.SchemaColumnRow[] = [];
  const visit = (fields: readonly SchemaField[], prefix: string): void => {
    for (const field of fields) {
      const name = prefix + field.name;
      rows.push({
        schemaId: schema.id,
        ordinal: rows.length,
        name,
        type: field.type,
        description: field.description,
      });
      visit(field.fields, `${name}.`);
    }
  };
  visit(schema.fields, '');
  return rows;
}

function edgesOf(jobId: Uuid | null, content: LineageContent): catalog.ColumnEdgeRow[] {
  const rows = new Map<Uuid, catalog.ColumnEdgeRow>();
  for (const [outputColumn, inputs] of content.columns) {
    for (const input of inputs) {
      const inputDatasetId = datasetReference(input.dataset.namespace, input.dataset.name).id;
      const id = derivedId('edge', content.id, jobId ?? '', outputColumn, inputDatasetId, input.column);
      rows.set(id, {
        id,
        lineageId: content.id,
        jobId,
        outputDatasetId: content.outputDatasetId,
        outputColumn,
        inputDatasetId,
        inputColumn: input.column,
        transformations: input.transformations,
      });
    }
  }
  return [...rows.values()];
}

function warningRows(deltas: readonly EventDelta[]): catalog.FacetWarningRow[] {
  const rows = new Map<string, catalog.FacetWarningRow>();
  for (const delta of deltas) {
    const seen = new Set<string>();
    for (const warning of delta.warnings) {
      const identity = `${delta.producer}\u0000${warning.facet}\u0000${warning.reason}`;
      if (seen.has(identity)) continue; // an event counts once, its first pointer is the example
      seen.add(identity);
      const known = rows.get(identity);
      const lastEventAt = timeOfKey(delta.key).getTime();
      const isExample = !known || delta.eventId < known.exampleEvent;
      rows.set(identity, {
        producer: delta.producer,
        facet: warning.facet,
        reason: warning.reason,
        pointer: isExample ? warning.pointer : known.pointer,
        events: (known?.events ?? 0) + 1,
        lastEventAt: Math.max(known?.lastEventAt ?? lastEventAt, lastEventAt),
        exampleEvent: isExample ? delta.eventId : known.exampleEvent,
      });
    }
  }
  return [...rows.values()];
}
