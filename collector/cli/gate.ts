import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type {
  ApprovalAnswer,
  DecisionAnswer,
  EvaluationAnswer,
  FreezeList,
  PublicationAnswer,
  PublicationList,
  WaiverAnswer,
} from '#api/schema/gates.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { linesOfRows } from './check-lines.ts';
import { CommandFailure, EXIT, type ExitCode } from './exit-codes.ts';
import { evaluateAndWait } from './gate-wait.ts';
import { junitReport, junitWithoutDecision } from './junit.ts';
import { jsonOption, namespaceOption, parseSeconds, partitionOption, urlOption } from './options.ts';
import { note, print } from './output.ts';
import { serverClient } from './server-client.ts';

interface Shared {
  readonly url: string;
  readonly json: boolean;
  readonly namespace?: string;
  readonly partition?: string;
}

/** `assay gate …`: tests candidates, publishes what passed, and lets named failures through by a second person. */
export function gateCommand(): Command {
  return new Command('gate')
    .description('Test a candidate, publish what passed, waive a named failure, take a publication back.')
    .addCommand(checkCandidate())
    .addCommand(publish())
    .addCommand(waive())
    .addCommand(approve())
    .addCommand(status())
    .addCommand(rollback())
    .addCommand(stop('freeze', 'Stop the gate of a dataset: nothing is published until it is unfrozen.'))
    .addCommand(stop('unfreeze', 'Let a frozen gate publish again.'));
}

const BY = 'who asks; with configured keys the name of yours';
const shared = (command: Command): Command => command.addOption(urlOption()).addOption(jsonOption());

function checkCandidate(): Command {
  return shared(new Command('check'))
    .description('Measure a candidate in one query, run the contract on it and decide.')
    .argument('<dataset>', 'name or id of the dataset that the candidate is to become part of')
    .requiredOption('--candidate <ref>', 'where the candidate is: staging.orders_20260131')
    .option('--kind <kind>', 'kind of candidate', 'postgres')
    .addOption(partitionOption())
    .addOption(namespaceOption())
    .option('--publish', 'publish at once when the decision is allow', false)
    .option('--run <id>', 'run that made the candidate: what failed in it or below it holds the candidate')
    .option('--key <key>', 'idempotency key: the same key gives the same evaluation')
    .option('--by <person>', BY)
    .option('--wait <duration>', 'how long to wait for the decision', parseSeconds, 60)
    .option('--warn-exit', 'exit with 2 when it is allowed with warnings', false)
    .option('--junit <file>', 'write the checks as a JUnit report, which CI systems show')
    .addOption(
      new Option(
        '--on-error <policy>',
        'what no decision means: allow exits with 0, and nothing is published',
      )
        .choices(['block', 'allow'])
        .default('block'),
    )
    .action(
      async (
        dataset: string,
        options: Shared & {
          candidate: string;
          kind: string;
          publish: boolean;
          run?: string;
          key?: string;
          by?: string;
          wait: number;
          warnExit: boolean;
          junit?: string;
          onError: 'block' | 'allow';
        },
      ) => {
        const client = serverClient(options.url);
        const query = options.namespace
          ? `?${new URLSearchParams({ namespace: options.namespace }).toString()}`
          : '';
        const of = options.partition === undefined ? '' : ` --partition ${options.partition}`;
        const asked = evaluateAndWait(client, {
          path: `/api/v2/gates/${encodeURIComponent(dataset)}/evaluations${query}`,
          body: {
            partition: options.partition ?? '',
            candidate: { kind: options.kind, ref: options.candidate },
            publish: options.publish,
            ...(options.run && { run: options.run }),
            ...(options.key && { idempotencyKey: options.key }),
            ...(options.by && { requestedBy: options.by }),
          },
          // Less would end before the request has arrived.
          wait: Math.max(1, options.wait),
          message: `Not decided within ${options.wait} s. The evaluation goes on; ask with "assay gate status ${dataset}${of}".`,
        });
        const evaluation = await asked.catch((error: unknown) => {
          if (!(error instanceof CommandFailure)) throw error;
          writeReport(options.junit, () =>
            junitWithoutDecision(dataset, options.partition ?? '', error.message),
          );
          if (options.onError === 'block' || error.exitCode !== EXIT.unknown) throw error;
          note(
            `assay: ${error.message}\nThere is no decision, and --on-error allow goes on without one; nothing was published.`,
          );
          return null;
        });
        if (evaluation === null) return;
        print(options.json, evaluation, () => linesOfEvaluation(evaluation));
        writeReport(options.junit, () => junitReport(evaluation));
        const code = exitCodeOf(evaluation, options.warnExit);
        if (code === EXIT.unknown && evaluation.state === 'error' && options.onError === 'allow')
          note('There is no decision, and --on-error allow goes on without one; nothing was published.');
        else process.exitCode = code;
      },
    );
}

function writeReport(file: string | undefined, report: () => string): void {
  if (file === undefined) return;
  try {
    writeFileSync(file, report());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`The report cannot be written to ${file}: ${why}.`, EXIT.usage);
  }
}

function publish(): Command {
  return shared(new Command('publish'))
    .description(
      'Publish exactly the candidate that an evaluation allowed; several partitions of one dataset at once or not at all.',
    )
    .argument('<evaluation...>', 'ids of evaluations')
    .requiredOption(
      '--expected-version <version...>',
      'the version that was evaluated, for each evaluation in their order; another one there gives exit code 6',
    )
    .option('--by <person>', BY)
    .action(async (evaluations: string[], options: Shared & { expectedVersion: string[]; by?: string }) => {
      const { expectedVersion: versions, by } = options;
      if (versions.length !== evaluations.length)
        throw new CommandFailure(
          `${evaluations.length} evaluations need as many versions, in the same order; there are ${versions.length}.`,
          EXIT.usage,
        );
      const client = serverClient(options.url);
      const line = (one: PublicationAnswer): string =>
        `${one.dataset} ${one.partition}: ${one.state} in ${one.target}.`;
      const [evaluation = ''] = evaluations;
      if (evaluations.length > 1) {
        const answer = await client.post<PublicationList>('/api/v2/publications', {
          evaluations: evaluations.map((id, at) => ({ id, expectedVersion: versions[at] })),
          ...(by && { requestedBy: by }),
        });
        print(options.json, answer, () => answer.items.map(line));
        return;
      }
      const answer = await client.post<PublicationAnswer>(
        `/api/v2/gates/evaluations/${encodeURIComponent(evaluation)}/publish`,
        { expectedVersion: versions[0], ...(by && { requestedBy: by }) },
      );
      print(options.json, answer, () => [line(answer)]);
    });
}

function waive(): Command {
  return shared(new Command('waive'))
    .description(
      'Ask that named failures of one evaluation may pass. A second person approves with "assay gate approve".',
    )
    .argument('<evaluation>', 'id of the evaluation')
    .requiredOption('--check <id...>', 'ids of the checks, as "assay gate status" shows them')
    .requiredOption('--reason <text>', 'why this is right')
    .option('--by <person>', BY)
    .requiredOption('--expires <date>', 'until when, at most 30 days: 2026-01-31 or a full date-time')
    .option('--any-partition', 'for every partition while it lasts', false)
    .option('--this-candidate', 'for exactly what was evaluated, not for what is loaded after it', false)
    .option('--ticket <text>', 'where it is talked about')
    .action(
      async (
        evaluation: string,
        options: Shared & {
          check: string[];
          reason: string;
          by?: string;
          expires: string;
          anyPartition: boolean;
          thisCandidate: boolean;
          ticket?: string;
        },
      ) => {
        const waiver = await serverClient(options.url).post<WaiverAnswer>(
          `/api/v2/gates/evaluations/${encodeURIComponent(evaluation)}/waivers`,
          {
            checkIds: options.check,
            reason: options.reason,
            ...(options.by && { requestedBy: options.by }),
            expiresAt: options.expires,
            anyPartition: options.anyPartition,
            thisCandidate: options.thisCandidate,
            ...(options.ticket && { ticket: options.ticket }),
          },
        );
        print(options.json, waiver, () => [
          `Waiver ${waiver.id} waits for a second person: assay gate approve ${waiver.id} --by <person>`,
        ]);
      },
    );
}

function approve(): Command {
  return shared(new Command('approve'))
    .description('Approve a waiver that somebody else asked for.')
    .argument('<waiver>', 'id of the waiver')
    .option('--by <person>', 'who approves, not the one who asked; with configured keys the name of yours')
    .action(async (waiver: string, options: Shared & { by?: string }) => {
      const answer = await serverClient(options.url).post<ApprovalAnswer>(
        `/api/v2/gates/waivers/${encodeURIComponent(waiver)}/approve`,
        { ...(options.by && { approvedBy: options.by }) },
      );
      print(options.json, answer, () => answer.evaluations.flatMap(linesOfEvaluation));
    });
}

function status(): Command {
  return shared(new Command('status'))
    .description('Say what was decided of a partition and what is served of it.')
    .argument('<dataset>', 'name or id of the dataset')
    .addOption(partitionOption())
    .addOption(namespaceOption())
    .action(async (dataset: string, options: Shared) => {
      const query = new URLSearchParams({
        partition: options.partition ?? '',
        ...(options.namespace && { namespace: options.namespace }),
      });
      const answer = await serverClient(options.url).get<DecisionAnswer>(
        `/api/v2/gates/${encodeURIComponent(dataset)}/decision?${query.toString()}`,
      );
      print(options.json, answer, () => [
        `${answer.decision}${answer.state ? ` (${answer.state})` : ''}${answer.evaluationId ? `, evaluation ${answer.evaluationId}` : ': nothing was evaluated yet'}`,
        ...answer.reasons.map(lineOfReason),
        answer.published
          ? `Served: version ${answer.published.candidateVersion ?? 'of before'} in ${answer.published.target}`
          : 'Nothing of it was published by Assay.',
        ...linesOfRefusal(answer.contractError),
      ]);
      process.exitCode =
        answer.decision === 'allow' ? EXIT.ok : answer.decision === 'block' ? EXIT.bad : EXIT.unknown;
    });
}

function rollback(): Command {
  return shared(new Command('rollback'))
    .description('Put the partition back that was served before the last publication.')
    .argument('<dataset>', 'name or id of the dataset')
    .addOption(partitionOption())
    .addOption(namespaceOption())
    .option('--by <person>', BY)
    .action(async (dataset: string, options: Shared & { by?: string }) => {
      const query = options.namespace
        ? `?${new URLSearchParams({ namespace: options.namespace }).toString()}`
        : '';
      const answer = await serverClient(options.url).post<PublicationAnswer>(
        `/api/v2/gates/${encodeURIComponent(dataset)}/rollback${query}`,
        {
          partition: options.partition ?? '',
          ...(options.by && { requestedBy: options.by }),
        },
      );
      print(options.json, answer, () => [
        `${answer.dataset} ${answer.partition}: ${answer.state}; what was served before is served again.`,
      ]);
    });
}

function stop(action: 'freeze' | 'unfreeze', description: string): Command {
  return shared(new Command(action))
    .description(description)
    .argument('<dataset>', 'name or id of the dataset')
    .requiredOption('--reason <text>', 'why; it is kept and shown to whoever is held')
    .addOption(namespaceOption())
    .option('--by <person>', BY)
    .action(async (dataset: string, options: Shared & { reason: string; by?: string }) => {
      const query = options.namespace
        ? `?${new URLSearchParams({ namespace: options.namespace }).toString()}`
        : '';
      const answer = await serverClient(options.url).post<FreezeList>(
        `/api/v2/gates/${encodeURIComponent(dataset)}/${action}${query}`,
        { reason: options.reason, ...(options.by && { requestedBy: options.by }) },
      );
      print(options.json, answer, () => [
        `The gate of ${dataset} ${answer.frozen ? 'is frozen: nothing is published' : 'publishes again'}.`,
      ]);
    });
}

function linesOfEvaluation(evaluation: EvaluationAnswer): string[] {
  const head = `${evaluation.dataset}${evaluation.partition === '' ? '' : ` ${evaluation.partition}`}: ${evaluation.decision ?? 'not decided yet'} (${evaluation.state})`;
  const version =
    evaluation.candidate.version === null
      ? []
      : [`evaluation ${evaluation.id}, candidate version ${evaluation.candidate.version}`];
  const rows = (checkId: string): string[] =>
    linesOfRows(evaluation.checks.find((check) => check.checkId === checkId) ?? {}).map(
      (line) => `           ${line}`,
    );
  const reasons = evaluation.reasons.flatMap((reason) => [lineOfReason(reason), ...rows(reason.checkId)]);
  return [head, ...version, ...reasons, ...linesOfRefusal(evaluation.contract.lastError)];
}

/** That a newer contract was refused, so that nobody believes it to be in force. */
function linesOfRefusal(refused: EvaluationAnswer['contract']['lastError']): string[] {
  const [first] = refused?.errors ?? [];
  if (!refused || !first) return [];
  const at = refused.pushedAt.slice(0, 16).replace('T', ' ');
  return [`A newer contract was refused at ${at} UTC; this is by the one before: ${formatProblem(first)}`];
}

function lineOfReason(reason: {
  checkId: string;
  status: string;
  message: string;
  waivedBy: string | null;
}): string {
  return `  ${reason.status.padEnd(8)} ${reason.message}${reason.waivedBy ? ` (waived by ${reason.waivedBy})` : ''}\n           check ${reason.checkId}`;
}

function exitCodeOf(evaluation: EvaluationAnswer, warnExit: boolean): ExitCode {
  if (evaluation.decision === null) return EXIT.timeout;
  if (evaluation.decision === 'block') return EXIT.bad;
  if (evaluation.decision === 'unknown') return EXIT.unknown;
  return warnExit && evaluation.state === 'passed_with_warnings' ? EXIT.warnings : EXIT.ok;
}
