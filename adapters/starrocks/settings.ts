/** How a cluster is reached. Frontends are tried in this order; the leader is preferred once it is known. */
export interface StarRocksSettings {
  /** The name by which contracts address it: `starrocks` in `publish_to: starrocks:gold.orders`. */
  readonly name: string;
  /** Names the cluster for good, in run ids and namespaces; the first host unless told. */
  readonly cluster: string;
  /** `fe-1:9030`; the port is 9030 unless told. */
  readonly hosts: readonly string[];
  readonly user: string;
  /** Never shown. */
  readonly password: string;
  readonly tls?: boolean;
  readonly connections?: number;
  /** Longest single statement in milliseconds; 15 minutes unless told (a publication may copy a partition). */
  readonly statementTimeoutMs?: number;
  /** The resource group that checks run in. */
  readonly resourceGroup?: string;
  /** Memory that one check may take on a node, in bytes; 8 GiB unless told. */
  readonly queryMemoryBytes?: number;
  /** Databases whose loads and partitions are watched; absent: none. */
  readonly watch?: WatchSettings;
}

export interface WatchSettings {
  readonly databases: readonly string[];
  readonly everySeconds: number;
}

export interface FrontEndAddress {
  readonly host: string;
  readonly port: number;
}

const QUERY_PORT = 9030;

/** Reads `fe-1:9030`, `fe-1` or `[::1]:9030`. */
export function addressOf(text: string): FrontEndAddress {
  const [, bracketed, plain = '', port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(text.trim()) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? QUERY_PORT : Number(port);
  if (host === '' || number < 1 || number > 65_535)
    throw new TypeError(`${JSON.stringify(text)} is not a frontend like fe-1:9030.`);
  return { host, port: number };
}

export function showAddress({ host, port }: FrontEndAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
