/** Version of this package; the `openlineage_client_version` run tag carries it. */
export const VERSION = '0.1.0';

/** Default `producer` of events and `_producer` of facets: the package URL of this client. */
export const DEFAULT_PRODUCER = `pkg:npm/openlineage-client@${VERSION}`;
