/** The identity of a dataset. */
export interface DatasetName {
  readonly namespace: string;
  readonly name: string;
}

/** Host and port of a server. */
export interface Server {
  readonly host: string;
  readonly port?: number | string;
}

/** `host:port`, IPv6 addresses in brackets. @throws {TypeError} when a part is missing */
export function authority(platform: string, server: Server, defaultPort?: number): string {
  const host = part(platform, 'host', server.host);
  const port = part(platform, 'port', String(server.port ?? defaultPort ?? ''));
  return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

/** The parts joined by dots. @throws {TypeError} when a part is missing */
export function dotted(platform: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts)
    .map(([key, value]) => part(platform, key, value))
    .join('.');
}

/** The value, checked to hold something. @throws {TypeError} when it is empty */
export function part(platform: string, key: string, value: unknown): string {
  // Callers without a type checker pass undefined; a namespace "postgres://undefined:5432" helps nobody.
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '') throw new TypeError(`The name of a ${platform} dataset needs "${key}".`);
  return text;
}
