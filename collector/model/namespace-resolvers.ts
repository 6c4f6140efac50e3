import type { NamespaceResolver } from './naming.ts';

// What OpenLineage's Java client does before it sends (dataset.namespaceResolvers), done here for every client.

/**
 * Several hosts of one system get one name: with hosts fe1 and fe2 and the name `prod`, mysql://fe2:9030 is
 * mysql://prod:9030. Unlike the Java client's it compares whole hosts (fe1 is not in fe10), and brokers of
 * one list that come to the same are one: kafka://b1:9092,b2:9092 is kafka://prod:9092.
 * @param hosts with or without port, in any case.
 * @param scheme of the namespaces that it is for; null for all.
 */
export function hostListResolver(
  resolvedName: string,
  hosts: readonly string[],
  scheme: string | null,
): NamespaceResolver {
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  const rename = (server: string): string => {
    const [, host = '', port = ''] = /^(.*?)(:\d+)?$/.exec(server) ?? [];
    if (known.has(server.toLowerCase())) return resolvedName;
    return known.has(host.toLowerCase()) ? resolvedName + port : server;
  };
  return (namespace) => {
    if (!isOfScheme(namespace, scheme)) return namespace;
    const [, before = '', servers = '', after = ''] = /^([^/]*:\/\/|)([^/]*)(.*)$/s.exec(namespace) ?? [];
    const renamed = servers.split(',').map(rename);
    return renamed.join(',') === servers ? namespace : `${before}${[...new Set(renamed)].join(',')}${after}`;
  };
}

/**
 * What matches the pattern is replaced by a name ($1 stands for a group).
 * @param pattern with the flag g.
 */
export function patternResolver(
  resolvedName: string,
  pattern: RegExp,
  scheme: string | null,
): NamespaceResolver {
  return (namespace) =>
    isOfScheme(namespace, scheme) ? namespace.replaceAll(pattern, resolvedName) : namespace;
}

/**
 * What matches the pattern is replaced by one of its named groups.
 * @param pattern with the flag g.
 */
export function patternGroupResolver(
  group: string,
  pattern: RegExp,
  scheme: string | null,
): NamespaceResolver {
  return patternResolver(`$<${group}>`, pattern, scheme);
}

function isOfScheme(namespace: string, scheme: string | null): boolean {
  return scheme === null || namespace.startsWith(`${scheme}://`);
}
