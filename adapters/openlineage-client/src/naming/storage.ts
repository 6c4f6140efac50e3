import type { DatasetName, Server } from './dataset-name.ts';
import { authority, part } from './dataset-name.ts';

/** `s3://{bucket}`, key without outer slashes (`/` for the bucket itself). */
export function s3(object: { readonly bucket: string; readonly key: string }): DatasetName {
  return { namespace: `s3://${part('s3', 'bucket', object.bucket)}`, name: objectKey(object.key) };
}

/** MinIO objects are named as S3 ones; the convention has no place for the endpoint. */
export const minio = s3;

/** `gs://{bucket}`, key without outer slashes. */
export function gcs(object: { readonly bucket: string; readonly key: string }): DatasetName {
  return { namespace: `gs://${part('gcs', 'bucket', object.bucket)}`, name: objectKey(object.key) };
}

/** `abfss://{container}@{account}.dfs.core.windows.net`, path without outer slashes. */
export function abfss(object: {
  readonly container: string;
  readonly account: string;
  readonly path: string;
}): DatasetName {
  const container = part('abfss', 'container', object.container);
  const account = part('abfss', 'account', object.account);
  return { namespace: `abfss://${container}@${account}.dfs.core.windows.net`, name: objectKey(object.path) };
}

/** `wasbs://{container}@{account}.dfs.core.windows.net`, path without outer slashes. */
export function wasbs(object: {
  readonly container: string;
  readonly account: string;
  readonly path: string;
}): DatasetName {
  const container = part('wasbs', 'container', object.container);
  const account = part('wasbs', 'account', object.account);
  return { namespace: `wasbs://${container}@${account}.dfs.core.windows.net`, name: objectKey(object.path) };
}

/** `hdfs://{name node}:{port}`, absolute path; port 8020 unless given. */
export function hdfs(file: Server & { readonly path: string }): DatasetName {
  return { namespace: `hdfs://${authority('hdfs', file, 8020)}`, name: filePath(file.path) };
}

/** `dbfs://{workspace}`, absolute path. */
export function dbfs(file: { readonly workspace: string; readonly path: string }): DatasetName {
  return { namespace: `dbfs://${part('dbfs', 'workspace', file.workspace)}`, name: filePath(file.path) };
}

/** `file` for this machine or `file://{host}`, and the path. */
export function file(location: { readonly path: string; readonly host?: string }): DatasetName {
  const { host } = location;
  return {
    namespace: host === undefined || host === '' ? 'file' : `file://${host}`,
    name: filePath(location.path),
  };
}

/** Object stores, with the scheme that the convention settles on for each spelling. */
const OBJECT_STORES: Readonly<Record<string, string>> = {
  s3: 's3',
  s3a: 's3',
  s3n: 's3',
  gs: 'gs',
  abfs: 'abfss',
  abfss: 'abfss',
  wasb: 'wasbs',
  wasbs: 'wasbs',
};

/**
 * The dataset at a location, as Spark reports it: `s3a://b/warehouse/t/` is `s3://b`, `warehouse/t`;
 * `hdfs://nn:8020/t`, `file:///data/t` and `/data/t` keep their leading slash.
 */
export function location(uri: string): DatasetName {
  const text = part('location', 'uri', uri);
  const match = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/]*))?(.*)$/i.exec(text);
  if (match === null) return file({ path: text });
  const [, rawScheme = '', host = '', path = ''] = match;
  const scheme = rawScheme.toLowerCase();
  const store = OBJECT_STORES[scheme];
  if (store !== undefined)
    return { namespace: `${store}://${part(store, 'bucket', host)}`, name: objectKey(path) };
  return { namespace: host === '' ? scheme : `${scheme}://${host}`, name: filePath(path) };
}

/** A Delta table is named by its physical location; say its catalog name with a `symlinks` facet. */
export function delta(table: { readonly location: string }): DatasetName {
  return location(table.location);
}

/** An Iceberg table is named by its physical location; say its catalog name with a `symlinks` facet. */
export function iceberg(table: { readonly location: string }): DatasetName {
  return location(table.location);
}

function objectKey(key: string): string {
  return key.trim().replaceAll(/^\/+|\/+$/g, '') || '/';
}

function filePath(path: string): string {
  return path.trim().replace(/(?<=.)\/+$/, '') || '/';
}
