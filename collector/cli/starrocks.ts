import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Config } from '#collector/config.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { jsonOption, urlOption } from './options.ts';
import { note, print } from './output.ts';

/** `assay starrocks`: what concerns a StarRocks cluster as a whole. */
export function starrocksCommand(): Command {
  return new Command('starrocks')
    .description('Watch the loads of a StarRocks cluster, and set its roles up so that gold is gated.')
    .addCommand(watchCommand())
    .addCommand(setupCommand());
}

/** Events that are under way at a time; those of one run keep their order. */
const SLICE = 64;

interface WatchFlags {
  readonly warehouse?: string;
  readonly once: boolean;
  readonly url: string;
}

function watchCommand(): Command {
  return new Command('watch')
    .description(
      'Tell every load of the configured databases as an OpenLineage run, without a collector beside it.',
    )
    .addOption(urlOption())
    .addOption(
      new Option('--warehouse <name>', 'the warehouse of assay.yaml; needed when several are StarRocks'),
    )
    .addOption(new Option('--once', 'look once and end').default(false))
    .action(async (flags: WatchFlags) => {
      const [{ loadConfig }, { watchStarRocks }, { fileStore }, { OpenLineageClient }] = await Promise.all([
        import('#collector/config.ts'),
        import('#adapters/starrocks/loads/watch.ts'),
        import('#adapters/starrocks/loads/file-store.ts'),
        import('openlineage-client'),
      ]);
      const config = loadConfig(process.env, process.cwd());
      const settings = chosen(config.warehouses, flags.warehouse);
      const client = new OpenLineageClient({
        // An event that did not arrive is sent again by the next look: nothing may be lost in between.
        config: { transport: { type: 'http', url: flags.url, ...apiKey() } },
        strict: true,
      });
      const watch = watchStarRocks({
        settings,
        store: fileStore(join(config.dataDir, 'watch')),
        now: () => Date.now(),
        async emit(events) {
          for (let from = 0; from < events.length; from += SLICE)
            await Promise.all(events.slice(from, from + SLICE).map((event) => client.emit(event)));
        },
        onFinding: ({ message }) => note(message),
        onPoll: ({ database, events }) => {
          if (events > 0) note(`${database}: ${events} events`);
        },
        ...(!flags.once && {
          onFault: (database: string, { message }: Error) => note(`${database}: ${message}`),
        }),
      });
      if (flags.once) {
        try {
          await watch.poll();
        } finally {
          await watch.stop();
          await client.close();
        }
        return;
      }
      watch.start();
      const { default: closeWithGrace } = await import('close-with-grace');
      void closeWithGrace({ delay: 20_000, logger: false }, async () => {
        await watch.stop();
        await client.close();
      });
    });
}

function apiKey(): { readonly auth?: { readonly type: 'api_key'; readonly apiKey: string } } {
  const key = process.env['ASSAY_KEY'];
  return key ? { auth: { type: 'api_key', apiKey: key } } : {};
}

function chosen(warehouses: Config['warehouses'], name: string | undefined) {
  const found = Object.entries(warehouses).flatMap(([key, one]) =>
    one.kind === 'starrocks' && (name === undefined || key === name) ? [one] : [],
  );
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new CommandFailure(
      only === undefined
        ? `assay.yaml has no warehouse of kind starrocks${name === undefined ? '' : ` named ${name}`}; add one.`
        : 'assay.yaml has several warehouses of kind starrocks; name one with --warehouse.',
      EXIT.usage,
    );
  if (only.watch === undefined)
    throw new CommandFailure(
      `The warehouse ${only.name} names no databases to watch; add watch: { databases: [...] } to it.`,
      EXIT.usage,
    );
  return only;
}

interface SetupFlags {
  readonly staging: string[];
  readonly silver: string[];
  readonly gold: string[];
  readonly gateUser: string;
  readonly print: boolean;
  readonly json: boolean;
}

function setupCommand(): Command {
  return new Command('setup')
    .description('Print the roles and grants by which nobody but the gate can change gold.')
    .addOption(new Option('--staging <databases...>', 'databases that pipelines load').default(['stage']))
    .addOption(
      new Option('--silver <databases...>', 'databases that engineers read and write').default(['silver']),
    )
    .addOption(new Option('--gold <databases...>', 'databases that the gate alone changes').default(['gold']))
    .addOption(new Option('--gate-user <name>', 'the account that Assay connects with').default('assay_gate'))
    .addOption(new Option('--print', 'print the statements; they are never run by Assay').default(false))
    .addOption(jsonOption())
    .action(async (flags: SetupFlags) => {
      if (!flags.print)
        throw new CommandFailure(
          'Assay grants nothing by itself: run it with --print and hand the statements to an administrator of the cluster.',
          EXIT.usage,
        );
      const { setupStatements } = await import('#adapters/starrocks/setup.ts');
      const statements = setupStatements(flags);
      print(flags.json, { statements }, () => statements);
    });
}
