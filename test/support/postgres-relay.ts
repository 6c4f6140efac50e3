import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A line to a PostgreSQL server that stays at its address when the server comes back elsewhere, and that can be cut. */
export interface PostgresRelay {
  /** The same database by way of the relay. */
  url(): string;
  /** Leads new connections to the server at this URL. */
  lead(target: string): void;
  /** Ends every connection under way, in whatever state. */
  cut(): void;
}

export async function startRelay(t: TestContext, target: string): Promise<PostgresRelay> {
  let current = new URL(target);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(addressOf(current));
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  t.after(() => {
    server.close();
    cut();
  });
  return {
    url() {
      const url = new URL(current);
      url.search = '';
      url.hostname = '127.0.0.1';
      url.port = String((server.address() as AddressInfo).port);
      return url.href;
    },
    lead(next) {
      current = new URL(next);
    },
    cut,
  };
}

/** Where a postgres:// or mysql:// URL leads: a socket's folder as ?host=, or host and port. */
export function addressOf(url: URL): { path: string } | { host: string; port: number } {
  const folder = url.searchParams.get('host');
  const port = Number(url.searchParams.get('port') ?? (url.port || 5432));
  return folder?.startsWith('/') ? { path: `${folder}/.s.PGSQL.${port}` } : { host: url.hostname, port };
}
