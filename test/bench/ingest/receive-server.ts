/** Receives events and stores nothing; with PARSE=1 it parses them. What HTTP and JSON cost by themselves. */
import { serveLineage } from './server-process.ts';

const parses = process.env['PARSE'] === '1';

await serveLineage((body) => {
  if (!parses) return { status: 'accepted', bytes: body.length };
  const event = JSON.parse(body.toString('utf8')) as { run?: { runId?: string } };
  return { status: 'accepted', runId: event.run?.runId };
});
