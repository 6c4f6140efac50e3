import type { PublishOutcome } from '#model/ports.ts';
import { tableVersion } from '#adapters/starrocks/catalog.ts';
import { previousOf } from '#adapters/starrocks/keep-previous.ts';
import type { TableName } from '#adapters/starrocks/names.ts';
import type { Conclusion, PublicationOrder } from '#adapters/starrocks/publication.ts';
import { candidateVersion } from '#adapters/starrocks/publication-label.ts';
import { concludeOverwrite, publishByOverwrite } from '#adapters/starrocks/publish-by-overwrite.ts';
import { concludeReplace, publishByReplace, versionOf } from '#adapters/starrocks/publish-by-replace.ts';
import { concludeSwap, publishBySwap } from '#adapters/starrocks/publish-by-swap.ts';
import { concludePointer, pointersOf, publishByPointer } from '#adapters/starrocks/publish-by-pointer.ts';
import type { Session } from '#adapters/starrocks/session.ts';
import { clearPlace, stageTemporary, temporaryName } from '#adapters/starrocks/stage-temporary.ts';
import type { FrontEnd } from '#test/support/starrocks/front-end.ts';

const GOLD: TableName = { database: 'gold', table: 'orders' };
const RANGE = { lower: ['2026-01-01'], upper: ['2026-01-02'] };
const PARTITION = { name: 'p20260101', range: RANGE };
const VALUE = '[types: [DATE]; keys: [2026-01-01]; ..types: [DATE]; keys: [2026-01-02]; )';

type Candidate = PublicationOrder['candidate'];

/** One way to publish, and how the explorer sets it up and looks at it. */
export interface Publisher {
  readonly name: string;
  readonly partition: PublicationOrder['partition'];
  readonly setUp: (frontEnd: FrontEnd) => void;
  /** A pipeline makes the data of a candidate. */
  readonly produce: (frontEnd: FrontEnd, number: number, content: string) => void;
  /** A pipeline changes it, before it is handed to the gate. */
  readonly disturb: (frontEnd: FrontEnd, number: number) => void;
  /** The gate takes it over; gives what it binds to, or null when it cannot. */
  readonly take: (session: Session, number: number, needed: ReadonlySet<string>) => Promise<Candidate | null>;
  /** What a check would read of the candidate. */
  readonly contentOf: (frontEnd: FrontEnd, candidate: Candidate) => string | null;
  readonly publish: (session: Session, order: PublicationOrder) => Promise<PublishOutcome>;
  readonly conclude: (session: Session, order: PublicationOrder) => Promise<Conclusion>;
  /** What readers of gold see. */
  readonly gold: (frontEnd: FrontEnd) => string | null;
  /** Whether data that gold showed before can still be put back. */
  readonly isKept: (frontEnd: FrontEnd, content: string) => boolean;
}

export const target = GOLD;

const tableOf = (number: number): TableName => ({ database: 'gold', table: `orders_next_${number}` });
const stageOf = (number: number): TableName => ({ database: 'stage', table: `orders_${number}` });
const nameOf = ({ database, table }: TableName): string => `${database}.${table}`;

function partitionedGold(frontEnd: FrontEnd): void {
  const gold = frontEnd.createTable('gold.orders', true);
  frontEnd.write(gold, PARTITION.name, 'initial', VALUE);
}

function goldPartition(frontEnd: FrontEnd): string | null {
  return frontEnd.tables.get('gold.orders')?.formal.get(PARTITION.name)?.content ?? null;
}

function keptPartition(frontEnd: FrontEnd, content: string): boolean {
  return frontEnd.tables.get(nameOf(previousOf(GOLD)))?.formal.get(PARTITION.name)?.content === content;
}

function keptTable(frontEnd: FrontEnd, content: string): boolean {
  return [...frontEnd.tables.values()].some(({ formal }) =>
    [...formal.values()].some((one) => one.content === content),
  );
}

function writeTable(frontEnd: FrontEnd, name: TableName, content: string): void {
  const table = frontEnd.tables.get(nameOf(name)) ?? frontEnd.createTable(nameOf(name), false);
  frontEnd.write(table, name.table, content);
}

/** Changes a table as a pipeline would that does not know that it was handed over; by then its name is another one. */
function disturbTable(frontEnd: FrontEnd, name: TableName): void {
  const table = frontEnd.tables.get(nameOf(name));
  if (table) frontEnd.write(table, name.table, `disturbed ${name.table}`);
}

async function wholeTable(session: Session, table: TableName): Promise<Candidate | null> {
  const version = await tableVersion(session, table);
  return version === null ? null : { table, partition: null, version };
}

function byId(frontEnd: FrontEnd, version: string): string | null {
  const id = Number(version.split(':')[0]);
  const table = [...frontEnd.tables.values()].find((one) => one.id === id);
  return table ? [...table.formal.values()].map(({ content }) => content).join('+') : null;
}

const replace: Publisher = {
  name: 'replace',
  partition: PARTITION,
  setUp: partitionedGold,
  produce: (frontEnd, number, content) => writeTable(frontEnd, stageOf(number), content),
  disturb: (frontEnd, number) => disturbTable(frontEnd, stageOf(number)),
  take: async (session, number, needed) => {
    const candidate = `candidate-${number}`;
    if (!(await clearPlace(session, GOLD, PARTITION.name, temporaryName(PARTITION.name, candidate), needed)))
      return null;
    const staged = await stageTemporary(session, GOLD, PARTITION, candidate, {
      table: stageOf(number),
    });
    return staged.partition
      ? { table: GOLD, partition: staged.partition.name, version: versionOf(staged.partition) }
      : null;
  },
  contentOf: (frontEnd, { partition }) =>
    frontEnd.tables.get('gold.orders')?.temporary.get(partition ?? '')?.content ?? null,
  publish: publishByReplace,
  conclude: concludeReplace,
  gold: goldPartition,
  isKept: keptPartition,
};

const overwrite: Publisher = {
  ...replace,
  name: 'overwrite',
  take: async (session, number) => {
    const candidate = { table: stageOf(number), partition: null, version: '' };
    const version = await candidateVersion(session, { candidate });
    return version === null ? null : { ...candidate, version };
  },
  contentOf: (frontEnd, { version }) => byId(frontEnd, version),
  publish: publishByOverwrite,
  conclude: concludeOverwrite,
};

const swap: Publisher = {
  name: 'swap',
  partition: null,
  setUp: (frontEnd) => writeTable(frontEnd, GOLD, 'initial'),
  produce: (frontEnd, number, content) => writeTable(frontEnd, tableOf(number), content),
  disturb: (frontEnd, number) => disturbTable(frontEnd, tableOf(number)),
  take: (session, number) => wholeTable(session, tableOf(number)),
  contentOf: (frontEnd, { version }) => byId(frontEnd, version),
  publish: publishBySwap,
  conclude: concludeSwap,
  gold: (frontEnd) => [...(frontEnd.tables.get('gold.orders')?.formal.values() ?? [])][0]?.content ?? null,
  isKept: keptTable,
};

const pointer: Publisher = {
  ...swap,
  name: 'pointer',
  setUp: (frontEnd) => {
    writeTable(frontEnd, { database: 'gold', table: 'orders_v0' }, 'initial');
    frontEnd.createTable(nameOf(pointersOf(GOLD)), false);
    frontEnd.keyed.set(nameOf(pointersOf(GOLD)), new Map([['gold.orders', 'gold.orders_v0']]));
  },
  publish: publishByPointer,
  conclude: concludePointer,
  gold: (frontEnd) => {
    const shown = frontEnd.keyed.get(nameOf(pointersOf(GOLD)))?.get('gold.orders');
    const table = shown === undefined ? undefined : frontEnd.tables.get(shown);
    return table ? ([...table.formal.values()][0]?.content ?? null) : null;
  },
};

/** The same for a target without partitions. */
const overwriteTable: Publisher = {
  ...overwrite,
  name: 'overwrite table',
  partition: null,
  setUp: (frontEnd) => writeTable(frontEnd, GOLD, 'initial'),
  gold: swap.gold,
  isKept: keptTable,
};

export const PUBLISHERS: readonly Publisher[] = [replace, overwrite, overwriteTable, swap, pointer];
