import { quoteIdentifier, quoteTable, quoteText, type TableName } from './names.ts';

/** Values between which a range partition lies: the lower belongs to it, the upper does not. */
export interface PartitionRange {
  readonly lower: readonly string[];
  readonly upper: readonly string[];
}

// Every statement that publishing needs, as the frontend's grammar has them. Nothing else is sent.

export function addPartition(table: TableName, partition: string, range: PartitionRange): string {
  return `ALTER TABLE ${quoteTable(table)} ADD PARTITION IF NOT EXISTS ${quoteIdentifier(partition)} VALUES ${rangeText(range)}`;
}

export function addTemporaryPartition(table: TableName, partition: string, range: PartitionRange): string {
  return `ALTER TABLE ${quoteTable(table)} ADD TEMPORARY PARTITION IF NOT EXISTS ${quoteIdentifier(partition)} VALUES ${rangeText(range)}`;
}

export function dropTemporaryPartition(table: TableName, partition: string): string {
  return `ALTER TABLE ${quoteTable(table)} DROP TEMPORARY PARTITION IF EXISTS ${quoteIdentifier(partition)} FORCE`;
}

/** Several partitions in one statement become visible together. */
export function replacePartitions(
  table: TableName,
  formal: readonly string[],
  temporary: readonly string[],
): string {
  return `ALTER TABLE ${quoteTable(table)} REPLACE PARTITION (${list(formal)}) WITH TEMPORARY PARTITION (${list(temporary)}) PROPERTIES ("strict_range" = "true", "use_temp_partition_name" = "false")`;
}

export function swapTables(table: TableName, other: string): string {
  return `ALTER TABLE ${quoteTable(table)} SWAP WITH ${quoteIdentifier(other)}`;
}

export function renameTable(table: TableName, name: string): string {
  return `ALTER TABLE ${quoteTable(table)} RENAME ${quoteIdentifier(name)}`;
}

export function createTableLike(table: TableName, model: TableName): string {
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(table)} LIKE ${quoteTable(model)}`;
}

/** Which candidate each published place shows; one row a place, the newest wins. */
export function createPointers(pointers: TableName): string {
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(pointers)} (place VARCHAR(512) NOT NULL, candidate VARCHAR(512)) PRIMARY KEY (place) DISTRIBUTED BY HASH (place) BUCKETS 1`;
}

export function setPointer(pointers: TableName, label: string, place: string, candidate: string): string {
  return `INSERT INTO ${quoteTable(pointers)} WITH LABEL ${quoteIdentifier(label)} VALUES (${quoteText(place)}, ${quoteText(candidate)})`;
}

export interface Source {
  readonly table: TableName;
  /** A formal partition; the whole table without. */
  readonly partition?: string;
}

export function insertTemporary(table: TableName, partition: string, label: string, source: Source): string {
  return `INSERT INTO ${quoteTable(table)} TEMPORARY PARTITION (${quoteIdentifier(partition)}) WITH LABEL ${quoteIdentifier(label)} ${select(source)}`;
}

/** Replaces a partition (or the whole table) by what is selected, in one commit. */
export function insertOverwrite(target: Source, label: string, source: Source): string {
  const partition = target.partition === undefined ? '' : ` PARTITION (${quoteIdentifier(target.partition)})`;
  return `INSERT OVERWRITE ${quoteTable(target.table)}${partition} WITH LABEL ${quoteIdentifier(label)} ${select(source)}`;
}

/** Takes a label, so that no other statement can run under it. The table has one column `token`. */
export function burnLabel(fence: TableName, label: string): string {
  return `INSERT INTO ${quoteTable(fence)} WITH LABEL ${quoteIdentifier(label)} VALUES (${quoteText(label)})`;
}

export function createFence(fence: TableName): string {
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(fence)} (token VARCHAR(256)) DUPLICATE KEY (token) DISTRIBUTED BY HASH (token) BUCKETS 1`;
}

export function partitionsMeta(table: TableName): string {
  return `SELECT PARTITION_NAME, PARTITION_ID, VISIBLE_VERSION, IS_TEMP, PARTITION_VALUE FROM information_schema.partitions_meta WHERE DB_NAME = ${quoteText(table.database)} AND TABLE_NAME = ${quoteText(table.table)}`;
}

export function tableIds(database: string): string {
  return `SELECT TABLE_NAME, TABLE_ID FROM information_schema.tables_config WHERE TABLE_SCHEMA = ${quoteText(database)}`;
}

/** Loads of one table; terminal ones are FINISHED and CANCELLED. */
export function loadsOf(table: TableName): string {
  return `SELECT LABEL, STATE FROM information_schema.loads WHERE DB_NAME = ${quoteText(table.database)} AND TABLE_NAME = ${quoteText(table.table)}`;
}

export function loadsLabelled(database: string, label: string): string {
  return `SELECT LABEL, STATE, TABLE_NAME FROM information_schema.loads WHERE DB_NAME = ${quoteText(database)} AND LABEL = ${quoteText(label)}`;
}

/** All routine loads of a database, also those that have ended. */
export function routineLoads(database: string): string {
  return `SHOW ALL ROUTINE LOAD FROM ${quoteIdentifier(database)}`;
}

export function pauseRoutineLoad(database: string, job: string): string {
  return `PAUSE ROUTINE LOAD FOR ${quoteIdentifier(database)}.${quoteIdentifier(job)}`;
}

export function resumeRoutineLoad(database: string, job: string): string {
  return `RESUME ROUTINE LOAD FOR ${quoteIdentifier(database)}.${quoteIdentifier(job)}`;
}

function select({ table, partition }: Source): string {
  return `SELECT * FROM ${quoteTable(table)}${partition === undefined ? '' : ` PARTITION (${quoteIdentifier(partition)})`}`;
}

function rangeText({ lower, upper }: PartitionRange): string {
  const values = (bound: readonly string[]): string =>
    `(${bound.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(', ')})`;
  return `[${values(lower)}, ${values(upper)})`;
}

function list(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(', ');
}
