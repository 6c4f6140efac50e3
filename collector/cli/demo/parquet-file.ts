import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';

/** A written partition file. */
export interface ParquetFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** A flat Parquet schema; every column has the same repetition. */
export function parquetSchema(
  columns: readonly SchemaElement[],
  repetition: 'REQUIRED' | 'OPTIONAL',
): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map((column) => ({ ...column, repetition_type: repetition })),
  ];
}

/** Folder of a layer's partition: `<dataDir>/demo/silver/flights/flight_date=2001-01-01`. */
export function partitionFolder(dataDir: string, layer: 'bronze' | 'silver', date: string): string {
  return join(dataDir, 'demo', layer, 'flights', `flight_date=${date}`);
}

/**
 * Overwrites a day's partition by one file, `part-0.parquet`. It appears by rename, so a reader sees
 * the old file or the new one and a second run leaves the same state.
 */
export async function writeParquet(
  dataDir: string,
  layer: 'bronze' | 'silver',
  date: string,
  schema: SchemaElement[],
  columns: ColumnSource[],
): Promise<ParquetFile> {
  const bytes = parquetWriteBuffer({
    columnData: columns,
    schema,
    codec: 'ZSTD',
    compressors: { ZSTD: (input) => zstdCompressSync(input) },
    rowGroupSize: 100_000,
  });
  const folder = partitionFolder(dataDir, layer, date);
  const path = join(folder, 'part-0.parquet');
  await mkdir(folder, { recursive: true });
  await writeFile(`${path}.tmp`, new Uint8Array(bytes));
  await rename(`${path}.tmp`, path);
  return { path, sizeBytes: bytes.byteLength };
}
