import type { Contract, ContractDocument, Grain, PartitionRule } from '#model/contract.ts';
import type { DialectName } from '#model/ports.ts';

import { engineNamed, engineOfTarget } from '../engine-problems.ts';
import { derivedChecks, type LocatedColumn } from '../derived-checks.ts';
import { withNarrowUniqueness } from '../unique-scope.ts';
import {
  flagAt,
  mapAt,
  mapsAt,
  numberAt,
  plainMap,
  textAt,
  textsAt,
  type Located,
  type LocatedMap,
} from '../located.ts';
import { makeCarried } from '../make-check.ts';
import { tableName } from '../plain-column.ts';
import { DEFAULT_TIER, EMPTY_POLICIES, PROFILED, GRAINS } from '../short/short-form.ts';
import type { ContractSource } from '../source.ts';
import { addressesOf } from './addresses.ts';
import { checkShape } from './check-shape.ts';
import { DOCUMENT } from './document-shape.ts';
import { extrasOf } from './extras.ts';
import { leftover } from './leftover.ts';
import { deprecations } from './deprecations.ts';
import { printObjectFields } from './print-object.ts';
import { readColumn } from './read-column.ts';
import { ownerOf, readDocument } from './read-document.ts';
import { readQualityItem, type QualityContext, type QualityPlace } from './read-quality.ts';
import { columnsOf, objectivesOf } from './read-sla.ts';
import { readRelationships, withEnforcement } from './references.ts';
import { upgrade } from './upgrade.ts';

export interface ReadContracts {
  readonly document: ContractDocument;
  /** One for each schema object, in the file's order. */
  readonly contracts: readonly Contract[];
}

/**
 * Reads an ODCS document. Forms of 2 and 3.0 that 3.1 no longer has are upgraded with a warning, or refused
 * when `strict`. Null after a report.
 */
export function readOdcs(source: ContractSource, root: Located, strict: boolean): ReadContracts | null {
  const report = source.reportPlace.bind(source);
  if (root.kind !== 'map') {
    report(
      root.at,
      'The contract must be a mapping',
      'Begin with apiVersion: v3.1.0 and kind: DataContract.',
    );
    return null;
  }
  const warn = source.warnPlace.bind(source);
  const upgraded = upgrade(root, strict ? report : warn);
  if (!checkShape(upgraded, DOCUMENT, 'The contract', report)) return null;
  deprecations(upgraded, warn);
  const document = readDocument(upgraded);
  const objects = mapsAt(upgraded, 'schema');
  const contracts = objects.map((object) =>
    readObject(source, object, document, textAt(upgraded, 'slaDefaultElement'), objects.length === 1),
  );
  reportTwins(source, contracts);
  warnLostElements(source, document, contracts);
  return { document, contracts };
}

const STRUCTURAL = ['properties', 'quality', 'relationships'] as const;

function readObject(
  source: ContractSource,
  object: LocatedMap,
  document: ContractDocument,
  defaultElement: string | null,
  only: boolean,
): Contract {
  const extras = extrasOf(object);
  const logicalName = textAt(object, 'name') ?? '';
  const physicalName = textAt(object, 'physicalName');
  const located = mapsAt(object, 'properties').map(readColumn);
  const columns = located.map(({ column }) => column);
  const names = [logicalName, physicalName, textAt(object, 'id')].filter((name) => name !== null);
  const { objectives, deadline } = objectivesOf(document, defaultElement, names, only);
  const physical = new Map(columns.map((column) => [column.name, tableName(column)]));
  const nameOf = (name: string): string => physical.get(name) ?? name;
  const quality = readQuality(source, object, { columns, engines: enginesOf(document, extras), nameOf });
  const derived = derivedChecks(located, quality.checks, 'odcs', (at, message) =>
    source.warnPlace(
      at,
      `The schema promises what cannot be checked: ${message}`,
      'Use fewer or shorter names, or another value.',
    ),
  );
  warnTwinColumns(source, columns);
  const partition = partitionOf(located, extras);
  const runbook = extras && textAt(extras, 'runbook');
  const contract: Contract = {
    ...(runbook !== null && { runbook }),
    dataset: (extras && textAt(extras, 'dataset')) ?? physicalName ?? logicalName,
    namespace: extras && textAt(extras, 'namespace'),
    version: document.version,
    owner: ownerOf(document),
    description: textAt(object, 'description'),
    tier: tierOf(extras),
    slaSeconds: objectives.find(({ kind }) => kind === 'freshness' || kind === 'latency')?.seconds ?? null,
    partition,
    gate: gateOf(extras),
    ...profileOf(extras),
    checks: withNarrowUniqueness([...quality.checks, ...derived.checks], partition),
    columns: withAllowedValues(located, quality.allowed).map(({ column }) => ({
      ...column,
      relationships: withEnforcement(column.relationships, quality.checks, nameOf),
    })),
    document,
    logicalName,
    physicalName,
    physicalType: textAt(object, 'physicalType'),
    tags: textsAt(object, 'tags'),
    addresses: addressesOf(document.servers, physicalName ?? logicalName),
    deadline,
    objectives,
    carriedChecks: [...quality.carried, ...derived.carried, ...nestedChecks(object, columns.length)],
    relationships: withEnforcement(
      readRelationships(mapsAt(object, 'relationships')),
      quality.checks,
      nameOf,
    ),
    positional: extras !== null && flagAt(extras, 'positional') === true,
    position: object.at,
    carried: {},
  };
  return { ...contract, carried: leftover(plainMap(object), printObjectFields(contract), STRUCTURAL) };
}

interface ReadQuality {
  readonly checks: Contract['checks'];
  readonly carried: Contract['carriedChecks'];
  /** Values that a quality item allows in a column, when it allows no others. */
  readonly allowed: AllowedValues;
}

type AllowedValues = ReadonlyMap<string, readonly (string | number | boolean)[]>;

function readQuality(
  source: ContractSource,
  object: LocatedMap,
  about: Omit<QualityContext, 'source'>,
): ReadQuality {
  const context: QualityContext = { source, ...about };
  const { nameOf } = about;
  const checks = new Map<string, Contract['checks'][number]>();
  const carried: Contract['carriedChecks'][number][] = [];
  const allowed = new Map<string, readonly (string | number | boolean)[]>();
  const readItem = (item: LocatedMap, place: QualityPlace): void => {
    const values = place.property === null ? null : allowedValues(item);
    if (values !== null && place.property !== null) allowed.set(place.property, values);
    const extras = extrasOf(item);
    const promise = extras !== null && flagAt(extras, 'constraint') === true ? values : null;
    const read = readQualityItem(context, item, place, promise);
    if (read === null) return;
    if (read.kind === 'carried') {
      carried.push(read.check);
      return;
    }
    const first = checks.get(read.check.id);
    if (first === undefined) checks.set(read.check.id, read.check);
    else {
      const { text, severity, position, origin } = read.check;
      const reason = `It says the same as the check on line ${first.position.line}.`;
      carried.push(makeCarried(text, null, reason, severity, position, origin, read.check));
      source.warnPlace(
        position,
        `This check says the same as the one on line ${first.position.line}`,
        'Remove one of the two.',
      );
    }
  };
  for (const item of mapsAt(object, 'quality')) readItem(item, { property: null, column: null });
  for (const property of mapsAt(object, 'properties')) {
    const name = textAt(property, 'name') ?? '';
    const place = { property: name, column: nameOf(name) };
    for (const item of mapsAt(property, 'quality')) readItem(item, place);
  }
  return { checks: [...checks.values()], carried, allowed };
}

/** The values of an item that says: none but these. */
function allowedValues(item: LocatedMap): readonly (string | number | boolean)[] | null {
  const listed = mapAt(item, 'arguments');
  if (textAt(item, 'metric') !== 'invalidValues' || listed === null || numberAt(item, 'mustBe') !== 0)
    return null;
  const values = listed.entries.get('validValues')?.value;
  if (values?.kind !== 'list') return null;
  const plainValues = values.items.flatMap((value) =>
    value.kind === 'scalar' && value.value !== null ? [value.value] : [],
  );
  return plainValues.length === 0 ? null : plainValues;
}

function withAllowedValues(
  located: readonly LocatedColumn[],
  allowed: AllowedValues,
): readonly LocatedColumn[] {
  return located.map((one) => {
    const oneOf = allowed.get(one.column.name);
    if (oneOf === undefined) return one;
    return { ...one, column: { ...one.column, constraints: { ...one.column.constraints, oneOf } } };
  });
}

/** What is asked of fields inside columns: shown, for no check of ours reaches them. */
function nestedChecks(object: LocatedMap, count: number): Contract['carriedChecks'] {
  const found: Contract['carriedChecks'][number][] = [];
  const visit = (map: LocatedMap, path: string, depth: number): void => {
    const inner = mapAt(map, 'items');
    const below = [
      ...mapsAt(map, 'properties').map((field) => [field, `${path}.${textAt(field, 'name') ?? ''}`] as const),
      ...(inner === null ? [] : [[inner, `${path}[]`] as const]),
    ];
    for (const [field, name] of below) {
      for (const item of mapsAt(field, 'quality')) {
        const words = textAt(item, 'description') ?? textAt(item, 'metric') ?? textAt(item, 'name') ?? '';
        const from = { dialect: 'odcs', construct: 'library', column: name } as const;
        const reason = 'Assay checks columns, not the fields inside them; write it as sql.';
        found.push(makeCarried(words, null, reason, 'block', item.at, 'constraint', { from }));
      }
      if (depth < 50) visit(field, name, depth + 1);
    }
  };
  if (count > 0)
    for (const property of mapsAt(object, 'properties')) visit(property, textAt(property, 'name') ?? '', 0);
  return found;
}

function tierOf(extras: LocatedMap | null): Contract['tier'] {
  const tier = extras && numberAt(extras, 'tier');
  return tier === 1 || tier === 2 || tier === 3 ? tier : DEFAULT_TIER;
}

/** The engine that is published to, or else those of the servers. */
function enginesOf({ servers }: ContractDocument, extras: LocatedMap | null): readonly DialectName[] {
  const published = engineOfTarget(gateOf(extras).publishTo);
  return published.length > 0 ? published : servers.flatMap(({ type }) => engineNamed(type) ?? []);
}

function gateOf(extras: LocatedMap | null): Contract['gate'] {
  const gate = extras && mapAt(extras, 'gate');
  const empty = gate && textAt(gate, 'empty_partition');
  const error = gate && textAt(gate, 'on_error');
  const evaluateOn = gate && textAt(gate, 'evaluate_on');
  return {
    publishTo: gate && textAt(gate, 'publish_to'),
    emptyPartition: EMPTY_POLICIES.find((policy) => policy === empty) ?? 'block',
    ...(error === 'allow' && { onError: 'allow' as const }),
    ...(evaluateOn && { evaluateOn }),
  };
}

function profileOf(extras: LocatedMap | null): Pick<Contract, 'profile'> {
  const profile = extras && mapAt(extras, 'profile');
  if (!profile) return {};
  const when = textAt(profile, 'when');
  return {
    profile: {
      when: PROFILED.find((word) => word === when) ?? 'small',
      columns: textsAt(profile, 'columns'),
      segments: textsAt(profile, 'segments'),
    },
  };
}

function partitionOf(located: readonly LocatedColumn[], extras: LocatedMap | null): PartitionRule | null {
  const stated = extras && mapAt(extras, 'partition');
  const listed = stated === null ? [] : textsAt(stated, 'columns');
  const columns =
    listed.length > 0
      ? listed
      : located
          .map(({ column }) => column)
          .filter(({ partitioned }) => partitioned)
          .toSorted((a, b) => (a.partitionPosition ?? Infinity) - (b.partitionPosition ?? Infinity) || 0)
          .map(tableName);
  const [column] = columns;
  if (column === undefined) return null;
  const grain = stated && textAt(stated, 'grain');
  return {
    column,
    grain: GRAINS.find((name): name is Grain => name === grain) ?? null,
    columns,
    watermark: stated && textAt(stated, 'watermark'),
  };
}

/** Two schema objects of one name could not be told apart. */
function reportTwins(source: ContractSource, contracts: readonly Contract[]): void {
  const lines = new Map<string, number>();
  for (const { dataset, namespace, position } of contracts) {
    const name = JSON.stringify([namespace, dataset]);
    const first = lines.get(name);
    if (first === undefined) lines.set(name, position.line);
    else
      source.warnPlace(
        position,
        `The dataset ${dataset} stands in the file twice, first on line ${first}`,
        'Give one of the two another name.',
      );
  }
}

function warnTwinColumns(source: ContractSource, columns: Contract['columns']): void {
  const names = new Set<string>();
  for (const { name, position } of columns) {
    if (names.has(name))
      source.warnPlace(
        position,
        `The property ${name} stands in the schema object twice`,
        'Remove one of the two.',
      );
    names.add(name);
  }
}

function warnLostElements(
  source: ContractSource,
  document: ContractDocument,
  contracts: readonly Contract[],
): void {
  if (contracts.length < 2) return;
  const names = contracts.flatMap(({ logicalName, physicalName }) => [
    logicalName,
    physicalName ?? logicalName,
  ]);
  for (const { element, position, property } of document.sla)
    if (element !== null && columnsOf(element, names, false).length === 0)
      source.warnPlace(
        position,
        `The element ${element} of ${property} is no schema object of this file`,
        'Write the name of a schema object, or its name and a property: orders.updated_at.',
      );
}
