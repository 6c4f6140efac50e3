#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { Problem } from '#collector/problems.ts';
import { ConfigError } from '#collector/config-error.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { aliasCommand } from './alias.ts';
import { auditCommand } from './audit.ts';
import { backtestCommand } from './backtest.ts';
import { checkCommand } from './check.ts';
import { contractCommand } from './contract.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { gateCommand } from './gate.ts';
import { importCommand } from './import.ts';
import { incidentCommand } from './incident.ts';
import { keyCommand } from './key.ts';
import { lineageCommand } from './lineage.ts';
import { markCommand } from './mark.ts';
import { migrateCommand } from './migrate.ts';
import { objectivesCommand } from './objectives.ts';
import { profileCommand } from './profile.ts';
import { quarantineCommand } from './quarantine.ts';
import { replayCommand } from './replay.ts';
import { resultsCommand } from './results.ts';
import { routesCommand } from './routes.ts';
import { silenceCommand } from './silence.ts';
import { starrocksCommand } from './starrocks.ts';
import { upCommand } from './up.ts';

// What only some commands need (the server, the store, readers of YAML) they import when they run: asking a
// running Assay should not wait for it.
const program = new Command('assay')
  .description(
    'Listens to OpenLineage events, keeps the statistics of every partition, and lets only tested partitions become gold.',
  )
  .version('0.1.0')
  .exitOverride()
  .enablePositionalOptions() // `assay mark` and `assay mark list` share options
  .showHelpAfterError('Run the command with --help to see what it takes.')
  .addHelpText(
    'after',
    `
Exit codes: 0 allowed or fine, 1 the data is bad, 2 warnings (--warn-exit), 3 not known (error, no data),
4 wrong use or configuration, 5 timeout, 6 the candidate changed since it was checked.

Environment: DATABASE_URL (a PostgreSQL; without it an embedded one in ASSAY_DATA_DIR), ASSAY_PORT (4100),
ASSAY_HOST (127.0.0.1), ASSAY_DATA_DIR (.assay), ASSAY_CONFIG (assay.yaml), ASSAY_URL and ASSAY_KEY (for
commands that ask a running Assay).`,
  );

for (const command of [
  upCommand(),
  demoCommand(),
  importCommand(),
  checkCommand(),
  profileCommand(),
  resultsCommand(),
  gateCommand(),
  contractCommand(),
  lineageCommand(),
  aliasCommand(),
  incidentCommand(),
  objectivesCommand(),
  markCommand(),
  backtestCommand(),
  auditCommand(),
  routesCommand(),
  silenceCommand(),
  starrocksCommand(),
  quarantineCommand(),
  replayCommand(),
  migrateCommand(),
  doctorCommand(),
  keyCommand(),
]) {
  command.copyInheritedSettings(program);
  for (const inner of command.commands) inner.copyInheritedSettings(program);
  program.addCommand(command);
}

// `assay … | head` closes the pipe early: whoever reads has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}

/** One clear message; a stack only when ASSAY_DEBUG asks for it. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage; // commander has printed it
  if (process.env['ASSAY_DEBUG']) process.stderr.write(`${(error as Error).stack}\n`);
  process.stderr.write(`assay: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof CommandFailure) return error.exitCode;
  if (error instanceof ConfigError) return EXIT.usage;
  return error instanceof Problem && error.status < 500 ? EXIT.usage : EXIT.unknown;
}
