import { HttpTransport, lineageUrl, OpenLineageClient, type Transport } from 'openlineage-client';
import { NAMESPACE } from './datasets.ts';

export interface CountingClientOptions {
  /** Base URL of the collector. */
  readonly url: string;
  readonly dataDir: string;
  readonly now: () => Date;
  /** Told of what the client warns of. */
  readonly log: (message: string) => void;
}

/** The project's own client over real HTTP, counting what the collector acknowledged. */
export function countingClient({ url, dataDir, now, log }: CountingClientOptions): {
  readonly client: OpenLineageClient;
  readonly delivered: () => number;
} {
  const http = new HttpTransport({ url: lineageUrl(url) });
  let delivered = 0;
  const transport: Transport = {
    kind: 'http',
    async emit(event) {
      await http.emit(event);
      delivered++;
    },
    close: () => http.close(),
  };
  const client = new OpenLineageClient({
    transport,
    namespace: NAMESPACE,
    // A demo that loses an event has failed.
    strict: true,
    logger: { warn: log },
    clock: now,
    // No configuration of the user's own: it could filter what the demo reports.
    env: {},
    cwd: dataDir,
    home: dataDir,
  });
  return { client, delivered: () => delivered };
}
