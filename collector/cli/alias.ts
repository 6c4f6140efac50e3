import { Command } from 'commander';
import type { AliasList, WhyAnswer, WithheldList } from '#api/schema/aliases.ts';
import { jsonOption, namespaceOption, parseCount, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient } from './server-client.ts';

/** `assay alias`: which names are one dataset, why, and an operator's word on it. */
export function aliasCommand(): Command {
  return new Command('alias')
    .description('Show which names are one dataset and why; join them, take them apart, keep them apart.')
    .addCommand(list())
    .addCommand(why())
    .addCommand(pair('join', 'Say that two names are one dataset, whatever is claimed.'))
    .addCommand(split())
    .addCommand(pair('deny', 'Say that two names never are one dataset, whatever is claimed.'))
    .addCommand(pair('clear', 'Take back what was said of two names: claims alone count again.'));
}

interface Shared {
  readonly url: string;
  readonly json: boolean;
  readonly namespace?: string;
}

const shared = (command: Command): Command => command.addOption(urlOption()).addOption(jsonOption());
const ofDataset = (command: Command): Command =>
  shared(command).argument('<dataset>', 'name or id of a dataset').addOption(namespaceOption());
const said = (command: Command): Command =>
  command
    .requiredOption('--reason <text>', 'why this is right')
    .option('--by <person>', 'who says so; with a key it is the key that says so');

function list(): Command {
  return shared(new Command('list'))
    .description('List the datasets that have several names.')
    .option('--limit <count>', 'at most so many', parseCount, 100)
    .option('--withheld', 'list the claims that are not followed instead, and why', false)
    .action(async (options: Shared & { limit: number; withheld: boolean }) => {
      if (options.withheld) return listWithheld(options);
      const answer = await serverClient(options.url).get<AliasList>(`/api/v2/aliases?limit=${options.limit}`);
      print(options.json, answer, () => [
        ...answer.items.flatMap(({ dataset, aliases }) => [
          nameOf(dataset),
          ...aliases.map((alias) => `  ${nameOf(alias)}`),
        ]),
        ...(answer.items.length === 0 ? ['No dataset has a second name.'] : []),
        ...(answer.next === null ? [] : ['… and more; ask for more with --limit.']),
      ]);
    });
}

async function listWithheld({ url, json, limit }: Shared & { limit: number }): Promise<void> {
  const answer = await serverClient(url).get<WithheldList>(`/api/v2/aliases/withheld?limit=${limit}`);
  print(json, answer, () => [
    ...answer.items.map((claim) => lineOfClaim(claim).trim()),
    ...(answer.items.length === 0 ? ['Every claim is followed.'] : []),
    ...(answer.next === null ? [] : ['… and more; ask for more with --limit.']),
  ]);
}

function why(): Command {
  return ofDataset(new Command('why'))
    .description(
      'Say why a dataset has the names that it has, or (with a second name) why two names are one.',
    )
    .argument('[other]', 'a second name or id')
    .option('--other-namespace <namespace>', 'namespace of the second name')
    .action(
      async (dataset: string, other: string | undefined, options: Shared & { otherNamespace?: string }) => {
        const query = new URLSearchParams({
          dataset,
          ...(options.namespace && { namespace: options.namespace }),
          ...(other && { with: other }),
          ...(options.otherNamespace && { withNamespace: options.otherNamespace }),
        });
        const answer = await serverClient(options.url).get<WhyAnswer>(
          `/api/v2/aliases/why?${query.toString()}`,
        );
        print(options.json, answer, () => linesOf(answer, other !== undefined));
      },
    );
}

function pair(verdict: 'join' | 'deny' | 'clear', description: string): Command {
  return said(ofDataset(new Command(verdict)).argument('<other>', 'name or id of the other'))
    .description(description)
    .option('--other-namespace <namespace>', 'namespace of the other')
    .action(
      async (
        dataset: string,
        other: string,
        options: Shared & { reason: string; by?: string; otherNamespace?: string },
      ) => {
        const answer = await serverClient(options.url).post<WhyAnswer>(`/api/v2/aliases/${verdict}`, {
          dataset,
          with: other,
          reason: options.reason,
          ...(options.namespace && { namespace: options.namespace }),
          ...(options.otherNamespace && { withNamespace: options.otherNamespace }),
          ...(options.by && { author: options.by }),
        });
        print(options.json, answer, () => linesOf(answer, false));
      },
    );
}

function split(): Command {
  return said(ofDataset(new Command('split')))
    .description('Take a name out of its dataset: it and every other name of it are kept apart from now on.')
    .action(async (dataset: string, options: Shared & { reason: string; by?: string }) => {
      const answer = await serverClient(options.url).post<WhyAnswer>('/api/v2/aliases/split', {
        dataset,
        reason: options.reason,
        ...(options.namespace && { namespace: options.namespace }),
        ...(options.by && { author: options.by }),
      });
      print(options.json, answer, () => linesOf(answer, false));
    });
}

const WITHHELD: Readonly<Record<string, string>> = {
  root: 'not joined: one of them is a whole bucket or file system',
  reused_name: 'not joined: the name is used over again, as when tables are swapped',
  shared_location: 'not joined: several tables are said to lie there',
  denied: 'not joined: an operator keeps them apart',
};
const CLAIMS: Readonly<Record<string, string>> = {
  table: 'has the table name',
  location: 'lies at',
  rename: 'was renamed to',
  operator: 'is joined with',
};

type Claim = WhyAnswer['claims'][number];

function linesOf(answer: WhyAnswer, isPair: boolean): string[] {
  const { dataset, aliases, claims, chain, decisions } = answer;
  const pairLines =
    chain === null
      ? ['The two are not one dataset.']
      : ['The two are one dataset:', ...chain.map(lineOfClaim)];
  return [
    nameOf(dataset),
    ...aliases.map((alias) => `  also ${nameOf(alias)}`),
    ...(aliases.length === 0 ? ['  has no other name'] : []),
    ...(isPair ? pairLines : claims.map(lineOfClaim)),
    ...decisions.map(
      (one) =>
        `  ${one.decidedAt.slice(0, 10)} ${one.author}: ${one.verdict} ${nameOf(one.dataset)} and ${nameOf(one.with)} (${one.reason})${one.stands ? '' : ', no longer in force'}`,
    ),
  ];
}

function lineOfClaim({ kind, from, to, by, withheld }: Claim): string {
  const reason = withheld === null ? '' : `; ${WITHHELD[withheld] ?? withheld}`;
  return `  ${nameOf(from)} ${CLAIMS[kind] ?? kind} ${nameOf(to)}, says ${by.join(' and ') || 'nobody known'}${reason}`;
}

function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return namespace === '' ? name : `${namespace} ${name}`;
}
