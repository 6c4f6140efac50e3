import { useState } from 'react';

/** No event yet: how to see something, and how to send the first one. */
export function EmptyState() {
  const [command] = useState(() => firstEvent(location.origin, new Date()));
  return (
    <section className="block" aria-labelledby="empty-heading">
      <div className="block-head">
        <h2 id="empty-heading">Two ways to begin</h2>
      </div>
      <ol className="steps">
        <li>
          <h3>See a bad partition being kept out of gold</h3>
          <p>Stop this server and run the pipeline over real flights that comes with it:</p>
          <Command name="Command of the demo" text="npm run demo" />
        </li>
        <li>
          <h3>Send an event of your own</h3>
          <p>
            Airflow, Spark, dbt and Flink send them by themselves when their OpenLineage URL is{' '}
            <code>{location.origin}</code>. By hand:
          </p>
          <Command name="Command that sends an event" text={command} />
        </li>
      </ol>
    </section>
  );
}

function Command({ name, text }: { readonly name: string; readonly text: string }) {
  const [copied, setCopied] = useState(false);
  // Only where the browser allows it: https or this machine.
  const clipboard = (navigator as Partial<Navigator>).clipboard;
  return (
    <>
      <pre tabIndex={0} role="region" aria-label={name}>
        <code>{text}</code>
      </pre>
      {clipboard ? (
        <button type="button" onClick={() => void clipboard.writeText(text).then(() => setCopied(true))}>
          <span role="status">{copied ? 'Copied' : 'Copy'}</span>
        </button>
      ) : null}
    </>
  );
}

/** A complete event that a shell sends as it stands. */
function firstEvent(origin: string, now: Date): string {
  const event = {
    eventType: 'COMPLETE',
    eventTime: now.toISOString(),
    run: { runId: '0197a000-0000-7000-8000-000000000001' },
    job: { namespace: 'first-steps', name: 'load_orders' },
    outputs: [
      {
        namespace: 'postgres://warehouse:5432',
        name: 'shop.public.orders',
        outputFacets: {
          outputStatistics: {
            _producer: 'https://example.com/by-hand',
            _schemaURL: 'https://openlineage.io/spec/facets/1-0-2/OutputStatisticsOutputDatasetFacet.json',
            rowCount: 1200,
          },
        },
      },
    ],
    producer: 'https://example.com/by-hand',
    schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
  };
  return `curl -X POST ${origin}/api/v1/lineage \\
  -H 'content-type: application/json' \\
  -d '${JSON.stringify(event, null, 2)}'`;
}
