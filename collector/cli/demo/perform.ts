import { SingleBar } from 'cli-progress';
import closeWithGrace from 'close-with-grace';
import { Client, escapeIdentifier } from 'pg';
import { startCollector, type Collector } from '#collector/app.ts';
import { loadConfig, type Config } from '#collector/config.ts';
import { runDemo } from './pipeline.ts';
import { describeReport, type DemoReport } from './report.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { note, print } from '../output.ts';

/** What `assay demo` was given. */
export interface DemoFlags {
  readonly exit: boolean;
  readonly json: boolean;
  readonly days?: number;
}

/** Name of the demo's warehouse in contracts, and of its database on the embedded server. */
const WAREHOUSE = 'warehouse';
/** On a server of the user's own the demo keeps to a database that tells whose it is. */
const OWN_DATABASE = 'assay_demo_warehouse';

/** Runs the demo on a collector of its own; without `exit` that goes on until Ctrl-C. */
export async function performDemo(flags: DemoFlags): Promise<void> {
  const config = loadConfig(process.env, process.cwd());
  const warehouseUrl =
    config.databaseUrl === null ? `embedded:${WAREHOUSE}` : databaseUrl(config.databaseUrl, OWN_DATABASE);
  const collector = await startCollector(demoConfig(config, warehouseUrl), {
    pretty: process.stderr.isTTY,
    ...(!flags.json && { onStep: note }),
  });
  const close = once(() => collector.close());
  const interruption = new AbortController();
  let running: Promise<DemoReport> | undefined;
  const grace = closeWithGrace({ delay: 15_000, logger: false }, async () => {
    interruption.abort();
    // The days under way end first, so that nothing asks a server that is gone.
    await running?.catch(() => undefined);
    await close();
  });
  try {
    const place = { config, warehouseUrl: await createWarehouse(collector, config) };
    running = runWithBar(collector, { ...place, flags, signal: interruption.signal });
    const report = await running;
    if (interruption.signal.aborted) {
      note('Interrupted. Run it again to go on from here.');
      return;
    }
    print(flags.json, report, () => [describeReport(report, flags.exit ? null : collector.url)]);
    if (flags.exit) await close();
    else note('Assay goes on running. Ctrl-C ends it; the data stays.');
  } catch (error) {
    await close();
    throw error;
  } finally {
    if (flags.exit) grace.uninstall();
  }
}

function demoConfig(config: Config, warehouseUrl: string): Config {
  return {
    ...config,
    // It plays several persons itself; whoever else may come in comes from this machine.
    keys: null,
    host: '127.0.0.1',
    warehouses: { ...config.warehouses, [WAREHOUSE]: { kind: 'postgres', url: warehouseUrl } },
    // Lines of the log would tear the progress bar; whoever asks for them gets them.
    logLevel: process.env['ASSAY_LOG'] ? config.logLevel : 'warn',
  };
}

/** Creates the warehouse's database where it is missing; returns its URL. */
async function createWarehouse({ store }: Collector, { databaseUrl: url }: Config): Promise<string> {
  if (store.embedded) return store.embedded.url(WAREHOUSE); // made at the start, like every embedded warehouse
  const client = new Client({ connectionString: url ?? store.url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rowCount } = await client.query('select from pg_database where datname = $1', [OWN_DATABASE]);
    if (rowCount === 0) await client.query(`create database ${escapeIdentifier(OWN_DATABASE)}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(
      `The demo needs a database ${OWN_DATABASE} on the server of DATABASE_URL and cannot create it (${reason}); create it yourself, or unset DATABASE_URL to use the embedded PostgreSQL.`,
      EXIT.usage,
    );
  } finally {
    await client.end();
  }
  return databaseUrl(url ?? store.url, OWN_DATABASE);
}

function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function runWithBar(
  collector: Collector,
  options: {
    readonly config: Config;
    readonly warehouseUrl: string;
    readonly flags: DemoFlags;
    readonly signal: AbortSignal;
  },
): Promise<DemoReport> {
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: '{bar} {value} of {total} days | {label}',
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
      })
    : null;
  let started = false;
  if (!options.flags.json) note(`Assay listens at ${collector.url}. Flights of 2001, day by day:`);
  try {
    return await runDemo({
      url: collector.url,
      warehouseUrl: options.warehouseUrl,
      dataDir: options.config.dataDir,
      ...(options.flags.days !== undefined && { days: options.flags.days }),
      signal: options.signal,
      now: () => new Date(),
      fold: () => collector.incidents.pass(),
      log: note,
      progress(done, total, label) {
        if (!started) bar?.start(total, 0, { label: '' });
        started = true;
        bar?.update(done, { label });
      },
    });
  } finally {
    bar?.stop();
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}
