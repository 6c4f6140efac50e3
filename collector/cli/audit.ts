import { Command, InvalidArgumentError, Option } from 'commander';
import type { AuditItem, AuditList, EvidenceAnswer } from '#api/schema/audit.ts';
import { CHAIN_START, follow, type ChainHead } from '#model/audit.ts';
import { EXIT } from './exit-codes.ts';
import { jsonOption, namespaceOption, parseCount, urlOption } from './options.ts';
import { print, table } from './output.ts';
import { serverClient, type ServerClient } from './server-client.ts';

interface Shared {
  readonly url: string;
  readonly json: boolean;
}

interface Filtered extends Shared {
  readonly actor?: string;
  readonly action?: string;
  readonly dataset?: string;
  readonly namespace?: string;
  readonly since?: string;
  readonly until?: string;
}

const AT_ONCE = 1000;

/** `assay audit`: what people and keys did and what the gate decided. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('Show what people and keys did and what the gate decided, and prove that nobody changed it.')
    .addCommand(list())
    .addCommand(verify())
    .addCommand(exportAll());
}

function list(): Command {
  return filtered(new Command('list').description('List what was done, the latest first.'))
    .option('--limit <count>', 'at most so many', parseCount, 50)
    .addOption(jsonOption())
    .action(async (options: Filtered & { limit: number }) => {
      const query = queryOf(options, { limit: String(Math.min(options.limit, AT_ONCE)) });
      const { items } = await serverClient(options.url).get<AuditList>(`/api/v2/audit?${query}`);
      print(options.json, { items }, () =>
        table([
          ['time', 'who', 'what', 'to'],
          ...items.map(({ at, actor, action, subject, subjectId }) => [
            at.slice(0, 19).replace('T', ' '),
            actor ?? 'Assay',
            action,
            `${subject} ${subjectId}`,
          ]),
        ]),
      );
    });
}

function verify(): Command {
  return new Command('verify')
    .description(
      'Read the whole log and follow its hashes; exit code 1 when something was changed, removed or cut off.',
    )
    .option(
      '--head <position:hash>',
      'a head that an earlier verify printed: shows that everything up to it is still there',
      parseHead,
    )
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (options: Shared & { head?: ChainHead }) => {
      const client = serverClient(options.url);
      const found = await followAll(client, options.head ?? null);
      const { changed } = await client.get<EvidenceAnswer>('/api/v2/audit/evidence');
      const sound = found.broken === null && changed.length === 0;
      const head = `${found.head.position}:${found.head.hash}`;
      print(
        options.json,
        { sound, head, entries: found.head.position, broken: found.broken, changed },
        () => [
          ...(found.broken === null
            ? [`${found.head.position} entries, all as they were written. Head: ${head}`]
            : [
                `Broken at entry ${found.broken.position}: ${found.broken.why}.`,
                `Sound up to there: ${head}`,
              ]),
          ...changed.map(
            ({ evaluationId, position }) =>
              `The results of evaluation ${evaluationId} are not those on which it was decided (entry ${position ?? 'not chained yet'}).`,
          ),
        ],
      );
      if (!sound) process.exitCode = EXIT.bad;
    });
}

function exportAll(): Command {
  return filtered(
    new Command('export').description(
      'Print what was done, from the first on: one JSON document a line, or CSV.',
    ),
  )
    .addOption(new Option('--format <format>', 'how').choices(['jsonl', 'csv']).default('jsonl'))
    .action(async (options: Filtered & { format: 'jsonl' | 'csv' }) => {
      if (options.format === 'csv') process.stdout.write(`${CSV_COLUMNS.join(',')}\r\n`);
      for await (const items of pages(serverClient(options.url), options)) {
        const lines = items.map((item) =>
          options.format === 'csv'
            ? `${CSV_COLUMNS.map((column) => csvCell(item[column])).join(',')}\r\n`
            : `${JSON.stringify(item)}\n`,
        );
        if (!process.stdout.write(lines.join('')))
          await new Promise<void>((resolve) => process.stdout.once('drain', () => resolve()));
      }
    });
}

const CSV_COLUMNS = [
  'position',
  'at',
  'actor',
  'action',
  'subject',
  'subjectId',
  'datasetId',
  'detail',
  'hash',
] as const satisfies readonly (keyof AuditItem)[];

/** RFC 4180; what a spreadsheet would take for a formula is kept from being one. */
function csvCell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function filtered(command: Command): Command {
  return command
    .option('--actor <who>', 'name of a key or person')
    .option('--action <action>', 'what was done, or its beginning: waiver.approved, waiver')
    .option('--dataset <dataset>', 'name or id of a dataset')
    .option('--since <time>', 'at or after this time')
    .option('--until <time>', 'before this time')
    .addOption(namespaceOption())
    .addOption(urlOption());
}

function queryOf(options: Partial<Filtered>, more: Readonly<Record<string, string>>): string {
  const { actor, action, dataset, namespace, since, until } = options;
  const told = Object.entries({ actor, action, dataset, namespace, since, until }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return new URLSearchParams([...told, ...Object.entries(more)]).toString();
}

async function* pages(
  client: ServerClient,
  options: Partial<Filtered>,
): AsyncGenerator<readonly AuditItem[]> {
  let cursor: string | null = null;
  do {
    const query = queryOf(options, {
      order: 'first',
      limit: String(AT_ONCE),
      ...(cursor !== null && { cursor }),
    });
    const page: AuditList = await client.get<AuditList>(`/api/v2/audit?${query}`);
    yield page.items;
    cursor = page.next;
  } while (cursor !== null);
}

async function followAll(client: ServerClient, known: ChainHead | null): Promise<ReturnType<typeof follow>> {
  let head = CHAIN_START;
  for await (const items of pages(client, {})) {
    const entries = items.map((item) => ({ ...item, at: new Date(item.at) }));
    const found = follow(head, entries);
    if (found.broken !== null) return found;
    head = found.head;
    const same = entries.find(({ position }) => position === known?.position);
    if (known !== null && same !== undefined && same.hash !== known.hash)
      return {
        head,
        broken: {
          position: known.position,
          why: 'its hash is another than that of the head: the log was written anew',
        },
      };
  }
  if (known !== null && head.position < known.position)
    return {
      head,
      broken: {
        position: head.position + 1,
        why: `the log once had ${known.position} entries: its end was cut off`,
      },
    };
  return { head, broken: null };
}

function parseHead(text: string): ChainHead {
  const [, position = '', hash = ''] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (hash === '')
    throw new InvalidArgumentError('Give what "assay audit verify" printed as head: 120:4f9a….');
  return { position: Number(position), hash };
}
