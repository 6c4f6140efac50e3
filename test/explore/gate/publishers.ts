import type {
  ConcludeRequest,
  Conclusion,
  Outcome,
  PublishOutcome,
  PublishRequest,
  RollbackRequest,
  TakeRequest,
} from '#model/ports.ts';
import { parseRef } from '#adapters/starrocks/candidate-ref.ts';
import { conclude } from '#adapters/starrocks/conclude.ts';
import { previousOf } from '#adapters/starrocks/keep-previous.ts';
import { versionOfRef } from '#adapters/starrocks/measure.ts';
import type { TableName } from '#adapters/starrocks/names.ts';
import { publish, rollBack } from '#adapters/starrocks/publish.ts';
import { pointersOf } from '#adapters/starrocks/publish-by-pointer.ts';
import type { Session } from '#adapters/starrocks/session.ts';
import { take } from '#adapters/starrocks/take.ts';
import type { FrontEnd } from '#test/support/starrocks/front-end.ts';

export const GOLD: TableName = { database: 'gold', table: 'orders' };
const PARTITION = 'p20260101';
const VALUE = '[types: [DATE]; keys: [2026-01-01]; ..types: [DATE]; keys: [2026-01-02]; )';

/** The warehouse's port on one session, with a clock that the explorer turns. */
export interface Port {
  take(session: Session, request: TakeRequest): Promise<Outcome<string>>;
  /** What evaluations bind to; null when the candidate is gone. */
  versionOf(session: Session, ref: string): Promise<string | null>;
  publish(
    session: Session,
    request: Omit<PublishRequest, 'notAfter'>,
    mayBegin: () => boolean,
  ): Promise<PublishOutcome>;
  rollback(
    session: Session,
    request: Omit<RollbackRequest, 'notAfter'>,
    mayBegin: () => boolean,
  ): Promise<PublishOutcome>;
  conclude(session: Session, request: ConcludeRequest): Promise<Conclusion>;
}

/** One way to publish, and how the explorer sets it up and looks at it. */
export interface Publisher extends Port {
  readonly name: string;
  readonly target: string;
  readonly partition: string;
  readonly setUp: (frontEnd: FrontEnd) => void;
  /** Where a pipeline puts its data. */
  readonly stageOf: (number: number) => TableName;
  /** What a check would read of a candidate. */
  readonly contentOf: (frontEnd: FrontEnd, ref: string, version: string) => string | null;
  /** What readers of gold see. */
  readonly gold: (frontEnd: FrontEnd) => string | null;
  /** Whether data that gold showed before can still be put back. */
  readonly isKept: (frontEnd: FrontEnd, content: string) => boolean;
}

/** The adapter as it is. */
export const port: Port = {
  take,
  versionOf: async (session, text) => {
    const ref = parseRef(text);
    return ref === null ? null : versionOfRef(session, ref);
  },
  publish,
  rollback: rollBack,
  conclude,
};

export const nameOf = ({ database, table }: TableName): string => `${database}.${table}`;

/** A pipeline makes the data of a candidate. */
export function produce(frontEnd: FrontEnd, name: TableName, content: string): void {
  const table = frontEnd.tables.get(nameOf(name)) ?? frontEnd.createTable(nameOf(name), false);
  frontEnd.write(table, name.table, content);
}

/** Changes a table as a pipeline would that does not know that it was handed over; by then its name is another one. */
export function disturb(frontEnd: FrontEnd, name: TableName): void {
  const table = frontEnd.tables.get(nameOf(name));
  if (table) frontEnd.write(table, name.table, `disturbed ${name.table}`);
}

export function goldAt(frontEnd: FrontEnd, partition: string): string | null {
  return frontEnd.tables.get('gold.orders')?.formal.get(partition)?.content ?? null;
}

function keptPartition(frontEnd: FrontEnd, content: string): boolean {
  return frontEnd.tables.get(nameOf(previousOf(GOLD)))?.formal.get(PARTITION)?.content === content;
}

function keptTable(frontEnd: FrontEnd, content: string): boolean {
  return [...frontEnd.tables.values()].some(({ formal }) =>
    [...formal.values()].some((one) => one.content === content),
  );
}

/** The content of the table whose id the version begins with. */
function byId(frontEnd: FrontEnd, _ref: string, version: string): string | null {
  const id = Number(version.split(':')[0]);
  const table = [...frontEnd.tables.values()].find((one) => one.id === id);
  return table ? [...table.formal.values()].map(({ content }) => content).join('+') : null;
}

export const stageOf = (number: number): TableName => ({ database: 'stage', table: `orders_${number}` });
const besideGold = (number: number): TableName => ({ database: 'gold', table: `orders_next_${number}` });

const replace: Publisher = {
  ...port,
  name: 'replace',
  target: 'gold.orders?by=replace',
  partition: 'dt=2026-01-01',
  setUp: (frontEnd) => {
    const gold = frontEnd.createTable('gold.orders', true);
    frontEnd.write(gold, PARTITION, 'initial', VALUE);
  },
  stageOf,
  contentOf: (frontEnd, ref) =>
    frontEnd.tables.get('gold.orders')?.temporary.get(parseRef(ref)?.partition ?? '')?.content ?? null,
  gold: (frontEnd) => goldAt(frontEnd, PARTITION),
  isKept: keptPartition,
};

const overwrite: Publisher = {
  ...replace,
  name: 'overwrite',
  target: 'gold.orders?by=overwrite',
  contentOf: byId,
};

const swap: Publisher = {
  ...port,
  name: 'swap',
  target: 'gold.orders?by=swap',
  partition: '',
  setUp: (frontEnd) => produce(frontEnd, GOLD, 'initial'),
  stageOf: besideGold,
  contentOf: byId,
  gold: (frontEnd) => [...(frontEnd.tables.get('gold.orders')?.formal.values() ?? [])][0]?.content ?? null,
  isKept: keptTable,
};

const pointer: Publisher = {
  ...swap,
  name: 'pointer',
  target: 'gold.orders',
  setUp: (frontEnd) => {
    frontEnd.views.add('gold.orders');
    produce(frontEnd, { database: 'gold', table: 'orders_v0' }, 'initial');
    frontEnd.createTable(nameOf(pointersOf(GOLD)), false);
    frontEnd.keyed.set(nameOf(pointersOf(GOLD)), new Map([['gold.orders', 'gold.orders_v0']]));
  },
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
  partition: '',
  setUp: swap.setUp,
  gold: swap.gold,
  isKept: keptTable,
};

/** All of them but those of several partitions at once. */
export const SINGLE_PUBLISHERS: readonly Publisher[] = [replace, overwrite, overwriteTable, swap, pointer];
