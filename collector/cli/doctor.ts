import { Command } from 'commander';
import type { EnforcementTarget, Examination } from '#api/schema/doctor.ts';
import { EXIT } from './exit-codes.ts';
import { jsonOption, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient } from './server-client.ts';

/** `assay doctor`: what stands between this installation and its promises. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Examine configuration, store and gates: is everything set so that nothing bad can become gold?',
    )
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (options: { url: string; json: boolean }) => {
      const { examineInstallation } = await import('#collector/examinations.ts');
      const found = [
        ...examineInstallation(process.env, process.cwd()),
        ...(await examineServer(options.url)),
      ].map(({ subject, state, finding, mend }) => ({
        subject,
        state,
        finding: `${finding}${mend === null ? '' : ` Mend: ${mend}`}`,
      }));
      print(options.json, { examinations: found }, () =>
        found.map((one) => `${one.state.padEnd(8)} ${one.subject}: ${one.finding}`),
      );
      process.exitCode = found.some((one) => one.state === 'bad')
        ? EXIT.bad
        : found.some((one) => one.state === 'unknown')
          ? EXIT.unknown
          : EXIT.ok;
    });
}

async function examineServer(url: string): Promise<Examination[]> {
  const client = serverClient(url);
  const { gatesOf } = await import('#api/doctor.ts');
  try {
    await client.get('/readyz');
    const { targets } = await client.get<{ targets: EnforcementTarget[] }>('/api/v2/enforcement');
    return [
      { subject: 'server', state: 'fine', finding: `Assay at ${url} is ready.`, mend: null },
      ...gatesOf(targets),
    ];
  } catch (error) {
    return [{ subject: 'server', state: 'unknown', finding: (error as Error).message, mend: null }];
  }
}
