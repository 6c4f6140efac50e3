import { Command, Option } from 'commander';
import type { DatasetObjectives, ObjectiveItem, ObjectiveList } from '#api/schema/objectives.ts';
import { spanText } from '#rules/objective/promise.ts';
import { jsonOption, namespaceOption, urlOption } from './options.ts';
import { print, table } from './output.ts';
import { serverClient } from './server-client.ts';

interface Options {
  readonly state?: (typeof STATES)[number];
  readonly namespace?: string;
  readonly url: string;
  readonly json: boolean;
}

const STATES = ['waiting', 'met', 'at_risk', 'missed', 'cannot_tell'] as const;

/** `assay objectives`: what is due when, what is late, and how much of the error budget is left. */
export function objectivesCommand(): Command {
  return new Command('objectives')
    .description(
      'Show the promises in time that contracts make: what is due when, what is late, and the budget left.',
    )
    .argument('[dataset]', 'name or id of a dataset: also what became of each time that was due')
    .addOption(new Option('--state <state>', 'only these').choices(STATES))
    .addOption(namespaceOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (dataset: string | undefined, options: Options) => {
      const client = serverClient(options.url);
      const query = new URLSearchParams();
      if (dataset !== undefined) {
        if (options.namespace) query.set('namespace', options.namespace);
        const answer = await client.get<DatasetObjectives>(
          `/api/v2/datasets/${encodeURIComponent(dataset)}/objectives?${query.toString()}`,
        );
        const objectives = answer.objectives.filter(
          ({ state }) => options.state === undefined || state === options.state,
        );
        print(options.json, { ...answer, objectives }, () => historyOf({ ...answer, objectives }));
        return;
      }
      query.set('limit', '1000');
      if (options.state) query.set('state', options.state);
      const items: ObjectiveItem[] = [];
      for (let next: string | null = ''; next !== null;) {
        if (next !== '') query.set('cursor', next);
        const page: ObjectiveList = await client.get<ObjectiveList>(`/api/v2/objectives?${query.toString()}`);
        items.push(...page.items);
        ({ next } = page);
      }
      print(options.json, { items }, () => boardOf(items));
    });
}

function boardOf(items: readonly ObjectiveItem[]): string[] {
  if (items.length === 0) return ['No objectives: no contract says sla, deadline or slaProperties.'];
  const rows = items.map((item) => [
    item.state,
    item.dataset,
    item.promise,
    item.period ?? '',
    moment(item.dueAt),
    moment(item.landedAt),
    item.lateSeconds === null ? '' : spanText(item.lateSeconds),
    item.budget.left === null ? '' : `${Math.round(item.budget.left * 100)} %`,
    item.budget.burnWeek === null ? '' : `${item.budget.burnWeek.toFixed(1)}x`,
  ]);
  const reasons = items.flatMap(({ dataset, state, why }) =>
    why === null || state === 'waiting' || state === 'met' ? [] : [`${dataset}: ${why}`],
  );
  return [
    ...table([
      ['State', 'Dataset', 'Promise', 'Period', 'Due (UTC)', 'Landed', 'Late', 'Budget left', 'Burn 7 d'],
      ...rows,
    ]),
    ...reasons,
  ];
}

function historyOf({ dataset, objectives }: DatasetObjectives): string[] {
  if (objectives.length === 0) return [`The contract of ${dataset.name} promises nothing in time.`];
  return objectives.flatMap((item) => [
    ...boardOf([item]),
    ...item.periods.map(
      ({ state, message, warning }) =>
        `  ${state}: ${message}${warning === null ? '' : ` (foreseen: ${warning})`}`,
    ),
  ]);
}

function moment(text: string | null): string {
  return text === null ? '' : text.slice(0, 16).replace('T', ' ');
}
