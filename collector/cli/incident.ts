import { Command, InvalidArgumentError, Option } from 'commander';
import type {
  EvidenceItem,
  IncidentDetail,
  IncidentItem,
  IncidentList,
  ResolveAnswer,
} from '#api/schema/incidents.ts';
import { jsonOption, namespaceOption, parseCount, parseSeconds, urlOption } from './options.ts';
import { print, table } from './output.ts';
import { serverClient } from './server-client.ts';

interface Shared {
  readonly url: string;
  readonly json: boolean;
}

interface Acting extends Shared {
  readonly by?: string;
}

const STATES = ['active', 'open', 'acknowledged', 'snoozed', 'resolved', 'all'] as const;
const SEVERITIES = ['notice', 'warning', 'critical'] as const;
const HOWS = ['fixed', 'expected', 'new-normal', 'false-alarm'] as const;
/** Pieces of evidence that `show` lists for a person. */
const SHOWN = 20;

/** `assay incident`: what is wrong, why, and what people do about it. */
export function incidentCommand(): Command {
  return new Command('incident')
    .description('Show what is wrong and why, and say what you do about it.')
    .addCommand(list())
    .addCommand(show())
    .addCommand(ack())
    .addCommand(snooze())
    .addCommand(resolve());
}

function list(): Command {
  return new Command('list')
    .description('List incidents, the latest first; those that are not resolved unless told otherwise.')
    .addOption(new Option('--state <state>', 'in which state').choices(STATES).default('active'))
    .addOption(new Option('--severity <severity>', 'how bad').choices(SEVERITIES))
    .option('--dataset <dataset>', 'name or id of a dataset that is its root or has evidence in it')
    .option('--owner <owner>', 'who owns the root, or something below it')
    .option('--limit <count>', 'at most so many', parseCount, 100)
    .addOption(namespaceOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(
      async (
        options: Shared & {
          state: string;
          severity?: string;
          dataset?: string;
          owner?: string;
          namespace?: string;
          limit: number;
        },
      ) => {
        const query = new URLSearchParams({ state: options.state, limit: String(options.limit) });
        for (const name of ['severity', 'dataset', 'owner', 'namespace'] as const)
          if (options[name] !== undefined) query.set(name, options[name]);
        const answer = await serverClient(options.url).get<IncidentList>(
          `/api/v2/incidents?${query.toString()}`,
        );
        print(options.json, answer, () => [
          ...linesOf(answer.items),
          ...(answer.next === null ? [] : ['… and more; ask for more with --limit.']),
        ]);
      },
    );
}

function show(): Command {
  return new Command('show')
    .description('Show one incident: its root, its evidence, whom it touches, what changed, what happened.')
    .argument('<incident>', 'id, as "assay incident list" shows it')
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (id: string, options: Shared) => {
      const detail = await serverClient(options.url).get<IncidentDetail>(pathOf(id));
      print(options.json, detail, () => describe(detail));
    });
}

function ack(): Command {
  return acting('ack', 'Say that somebody is at it: it is not told again until it is over.').action(
    async (id: string, options: Acting) => {
      const detail = await post<IncidentDetail>(id, 'ack', {}, options);
      print(options.json, detail, () => [headOf(detail.incident)]);
    },
  );
}

function snooze(): Command {
  return acting('snooze', 'Let it rest for a while; it comes back by itself when it is still bad.')
    .requiredOption('--for <duration>', '30m, 2h, 1d', parseRest)
    .action(async (id: string, options: Acting & { for: number }) => {
      const until = new Date(Date.now() + options.for * 1000).toISOString();
      const detail = await post<IncidentDetail>(id, 'snooze', { until }, options);
      print(options.json, detail, () => [headOf(detail.incident)]);
    });
}

function resolve(): Command {
  return acting('resolve', 'Say that it is over, and what it was; the detectors learn from that.')
    .addOption(
      new Option(
        '--as <how>',
        'fixed: it was wrong and is mended; expected: fine this once; new-normal: it stays so; false-alarm: nothing was wrong',
      )
        .choices(HOWS)
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why')
    .action(async (id: string, options: Acting & { as: string; reason: string }) => {
      const body = { how: options.as.replace('-', '_'), reason: options.reason };
      const answer = await post<ResolveAnswer>(id, 'resolve', body, options);
      print(options.json, answer, () => [
        headOf(answer.incident),
        ...answer.marks.map(({ partition }) => `marked ${partition === '' ? 'the dataset' : partition}`),
      ]);
    });
}

function acting(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<incident>', 'id, as "assay incident list" shows it')
    .option('--by <person>', 'who does it; with a key it is the key that does')
    .addOption(urlOption())
    .addOption(jsonOption());
}

function post<T>(id: string, act: string, body: object, { url, by }: Acting): Promise<T> {
  return serverClient(url).post<T>(`${pathOf(id)}/${act}`, {
    ...body,
    ...(by !== undefined && { author: by }),
  });
}

const pathOf = (id: string): string => `/api/v2/incidents/${encodeURIComponent(id)}`;

function parseRest(text: string): number {
  const days = /^(\d+)\s*d$/.exec(text);
  const seconds = days ? Number(days[1]) * 86_400 : parseSeconds(text);
  if (seconds <= 0) throw new InvalidArgumentError('Write a duration such as 30m, 2h or 1d.');
  return seconds;
}

function linesOf(items: readonly IncidentItem[]): string[] {
  if (items.length === 0) return ['No incidents.'];
  const rows = items.map((item) => [
    item.state,
    item.severity,
    item.root.dataset,
    item.partition,
    item.openedAt.slice(0, 16).replace('T', ' '),
    item.summary,
    item.id,
  ]);
  return table([['State', 'Severity', 'Root', 'Partition', 'Opened (UTC)', 'Reason', 'Id'], ...rows]);
}

function headOf({ id, state, severity, root, summary, snoozedUntil }: IncidentItem): string {
  const until = snoozedUntil === null ? '' : ` until ${snoozedUntil.slice(0, 16)}Z`;
  return `${root.dataset} ${severity} ${state}${until}: ${summary} (${id})`;
}

function describe({ incident, evidence, blastRadius, changes, runbook, timeline }: IncidentDetail): string[] {
  const { root, assignee, owner } = incident;
  const { datasets, datasetCount, owners, held } = blastRadius;
  return [
    headOf(incident),
    `root: ${root.dataset}${root.how === 'suspected' ? ' (suspected: nobody looks at it)' : ''}, owner ${owner ?? 'unknown'}, assigned to ${assignee ?? 'nobody'}`,
    ...changes.map((change) => `changed: ${change}`),
    ...(runbook === null ? [] : [`runbook: ${runbook}`]),
    `below it: ${datasetCount === 0 ? 'nothing' : `${datasets.map(({ name }) => name).join(', ')}${datasetCount > datasets.length ? ` and ${datasetCount - datasets.length} more` : ''}`}`,
    ...(owners.length === 0 ? [] : [`owners: ${owners.join(', ')}`]),
    ...held.map((one) => `held: ${one.dataset} ${one.partition}`),
    `evidence (${incident.evidenceCount}, ${incident.standing} standing):`,
    ...evidence.slice(0, SHOWN).map(evidenceLine),
    ...(evidence.length > SHOWN ? [`  … and ${evidence.length - SHOWN} more; --json has them`] : []),
    'what happened:',
    ...timeline.map(
      ({ at, type, actor, message }) =>
        `  ${at.slice(0, 16)}Z ${type}${actor === null ? '' : ` by ${actor}`}: ${message}`,
    ),
  ];
}

function evidenceLine({ dataset, partition, summary, because, clearedAt }: EvidenceItem): string {
  const good = clearedAt === null ? '' : ', good again';
  return `  ${dataset}${partition === '' ? '' : ` ${partition}`}: ${summary} [${because.message}${good}]`;
}
