import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { parse } from 'yaml';
import type { RouteTestFile } from '#alerting/route-tests.ts';
import type { Routing } from '#alerting/routing.ts';
import type { ExampleAlert } from '#alerting/example-event.ts';
import { EVIDENCE_KINDS } from '#model/evidence.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { jsonOption } from './options.ts';
import { print } from './output.ts';

type SimulateOptions = Omit<ExampleAlert, 'tags' | 'tier'> & {
  readonly tag?: readonly string[];
  readonly tier?: string;
  readonly at?: Date;
  readonly json: boolean;
};

/** `assay routes …`: where alerts would go, by the routes in assay.yaml. No running Assay is asked. */
export function routesCommand(): Command {
  return new Command('routes')
    .description('Say where alerts would go by the routes in assay.yaml, and test them.')
    .addCommand(simulateCommand())
    .addCommand(testCommand());
}

function simulateCommand(): Command {
  return new Command('simulate')
    .description(
      'Say who would be told of an alert, who not, and why. Silences do not count: they are in the store.',
    )
    .addOption(new Option('--severity <severity>').choices(['info', 'warning', 'critical']))
    .addOption(new Option('--urgency <urgency>').choices(['page', 'notice']))
    .addOption(new Option('--state <state>').choices(['firing', 'acknowledged', 'resolved']))
    .addOption(new Option('--kind <kind>').choices(EVIDENCE_KINDS))
    .addOption(new Option('--tier <tier>').choices(['1', '2', '3']))
    .option('--dataset <name>', 'name of a dataset: gold.orders')
    .option('--namespace <namespace>', 'its OpenLineage namespace')
    .option('--owner <owner>')
    .option('--domain <domain>')
    .option('--layer <layer>', 'bronze, silver, gold')
    .option('--tag <tag...>')
    .option('--subject <subject>', 'what was looked at: row_count')
    .option('--partition <key>')
    .option('--at <time>', 'when, as 2026-03-29T02:30:00+02:00; now unless told', parseMoment)
    .addOption(jsonOption())
    .action(async ({ json, at, tag, tier, ...alert }: SimulateOptions) => {
      const [{ simulate }, { exampleEvent }] = await Promise.all([
        import('#alerting/simulate.ts'),
        import('#alerting/example-event.ts'),
      ]);
      const routing = await configuredRouting();
      const now = at ?? new Date();
      const tierOf = tier === undefined ? undefined : (Number(tier) as 1 | 2 | 3);
      const example = { ...alert, ...(tag && { tags: tag }), ...(tierOf && { tier: tierOf }) };
      const found = simulate(exampleEvent(example, now), { routing, silences: [], now });
      print(json, found, () => [
        ...found.now.map(({ receiver, kind, because }) => `now    ${receiver}: ${kind}, because ${because}`),
        ...found.held.map(
          ({ receiver, until, because }) => `${until === null ? 'never' : 'held '}  ${receiver}: ${because}`,
        ),
        ...found.later.map(
          ({ receiver, afterMinutes, route }) =>
            `later  ${receiver}: after ${afterMinutes} min, if nobody acknowledges it (route ${route})`,
        ),
        '',
        ...found.visits.map(
          ({ route, matched, because }) =>
            `route ${route} ${matched ? 'matches' : 'does not match'}: ${because}`,
        ),
      ]);
    });
}

function testCommand(): Command {
  return new Command('test')
    .description('Run route tests: alerts, and who must be told of each. Exit code 1 when one fails.')
    .argument('<files...>', 'YAML files with tests')
    .addOption(jsonOption())
    .action(async (files: readonly string[], { json }: { json: boolean }) => {
      const { runRouteTests } = await import('#alerting/route-tests.ts');
      const routing = await configuredRouting();
      const now = new Date();
      const read = await Promise.all(files.map(async (file) => ({ file, tests: await readTests(file) })));
      const results = read.flatMap(({ file, tests }) =>
        runRouteTests(tests, routing, now).map((result) => ({ file, ...result })),
      );
      const failed = results.filter(({ passed }) => !passed).length;
      print(json, { passed: results.length - failed, failed, results }, () => [
        ...results.flatMap(({ file, name, passed, details }) => [
          `${passed ? 'pass' : 'FAIL'}  ${file}: ${name}`,
          ...details.map((line) => `      ${line}`),
        ]),
        `${results.length - failed} passed, ${failed} failed`,
      ]);
      if (failed > 0) process.exitCode = EXIT.bad;
    });
}

async function readTests(file: string): Promise<RouteTestFile> {
  const { routeTestFaults } = await import('#alerting/route-tests.ts');
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandFailure(`${file} cannot be read: ${code ?? message.split('\n')[0]}`, EXIT.usage);
  }
  const faults = routeTestFaults(value);
  if (faults.length > 0)
    throw new CommandFailure(faults.map((fault) => `${file}: ${fault}`).join('\n'), EXIT.usage);
  return value as RouteTestFile;
}

async function configuredRouting(): Promise<Routing> {
  const [{ loadConfig }, { ALERTING_HINT }] = await Promise.all([
    import('#collector/config.ts'),
    import('#api/alerting.ts'),
  ]);
  const { alerting } = loadConfig(process.env, process.cwd());
  if (alerting === null) throw new CommandFailure(ALERTING_HINT, EXIT.usage);
  return alerting.routing;
}

function parseMoment(text: string): Date {
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('Write a time with its zone: 2026-03-29T02:30:00+02:00.');
  return at;
}
