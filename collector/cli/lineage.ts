import { Command, Option } from 'commander';
import type { LineageAnswer } from '#api/schema/lineage.ts';
import { jsonOption, namespaceOption, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient } from './server-client.ts';

/** `assay lineage DATASET`: where data comes from and where it goes. */
export function lineageCommand(): Command {
  return new Command('lineage')
    .description('Show what a dataset (or, with --column, one column) is made of and what is made of it.')
    .argument('<dataset>', 'name or id of a dataset')
    .option('--column <column>', 'follow one column')
    .addOption(
      new Option('--direction <direction>', 'which way')
        .choices(['upstream', 'downstream', 'both'])
        .default('both'),
    )
    .addOption(namespaceOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(
      async (
        dataset: string,
        options: { column?: string; direction: string; namespace?: string; url: string; json: boolean },
      ) => {
        const query = new URLSearchParams({ dataset, direction: options.direction });
        if (options.column) query.set('column', options.column);
        if (options.namespace) query.set('namespace', options.namespace);
        const answer = await serverClient(options.url).get<LineageAnswer>(
          `/api/v2/lineage?${query.toString()}`,
        );
        print(options.json, answer, () => linesOf(answer));
      },
    );
}

function linesOf(answer: LineageAnswer): string[] {
  const names = new Map(answer.datasets.map((dataset) => [dataset.id, dataset.name]));
  const name = (id: string): string => names.get(id) ?? id;
  const edges =
    answer.column === null
      ? answer.edges.map(
          (edge) =>
            `  ${name(edge.input)} → ${name(edge.output)}  (${[edge.job, edge.source === 'cartesian' ? null : edge.source].filter(Boolean).join(', ')})`,
        )
      : answer.columnEdges.map((edge) => {
          const how = edge.transformations.map(({ type, subtype, masking }) =>
            `${subtype ?? type}${masking ? ', masked' : ''}`.toLowerCase(),
          );
          return `  ${name(edge.input)}.${edge.inputColumn} → ${name(edge.output)}.${edge.outputColumn || '*'}${how.length > 0 ? `  (${how.join('; ')})` : ''}`;
        });
  const subject = `${answer.dataset.name}${answer.column === null ? '' : `.${answer.column}`}`;
  if (edges.length === 0) return [`${subject} has no lineage that any event has told of.`];
  return [subject, ...edges, ...(answer.truncated ? ['  … and more; ask for a narrower direction.'] : [])];
}
