import { startEmbedded } from '#store/embedded/start-embedded.ts';

/**
 * A process of its own for embedded.test.ts: starts the server on the folder given, tells how in a line of
 * JSON, and does what its input says: `stop`, or `exit` without stopping. Without either it stays.
 */
const [dataDir = ''] = process.argv.slice(2);
try {
  const server = await startEmbedded({ dataDir });
  console.log(JSON.stringify({ pid: server.pid, adopted: server.adopted, url: server.url('assay') }));
  process.stdin.on('data', (data: Buffer) => {
    if (data.toString().startsWith('exit')) process.exit(0);
    void server.stop().then(() => process.exit(0));
  });
} catch (error) {
  console.log(
    JSON.stringify({ refused: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }),
  );
}
