import { totalmem } from 'node:os';

const MIB = 1024 ** 2;

/** Where clients reach the server: a socket file in a private folder, or a port of 127.0.0.1. */
export type Address =
  | { readonly kind: 'socket'; readonly folder: string }
  | { readonly kind: 'tcp'; readonly port: number };

/** The port in a socket's file name: one server has the folder to itself. */
export const SOCKET_PORT = 5432;

/**
 * Settings of the server, as arguments. What makes a commit durable (fsync, synchronous_commit,
 * full_page_writes) stays at its default, on. They are given at every start, so that a new release's
 * settings reach folders that exist.
 */
export function serverArguments(cluster: string, address: Address): readonly string[] {
  const memory = Math.min(process.constrainedMemory() || Infinity, totalmem());
  const settings = {
    listen_addresses: address.kind === 'tcp' ? '127.0.0.1' : '',
    port: address.kind === 'tcp' ? address.port : SOCKET_PORT,
    unix_socket_directories: address.kind === 'socket' ? address.folder : '',
    max_connections: 100,
    // An eighth of the memory: the machine is shared with the pipelines that are observed.
    shared_buffers: `${Math.round(Math.min(Math.max(memory / 8, 64 * MIB), 1024 * MIB) / MIB)}MB`,
    effective_cache_size: `${Math.round(Math.max(memory / 3, 128 * MIB) / MIB)}MB`,
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    // Fewer checkpoints: each makes the next change of every page write the whole page to the log.
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    wal_buffers: '16MB',
    random_page_cost: 1.1,
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %q%a %d ',
    log_checkpoints: 'off',
    // A failing statement's text may hold what somebody else's pipeline sent.
    log_min_error_statement: 'panic',
    cluster_name: 'assay',
  };
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
