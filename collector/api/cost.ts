import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { CostRates } from '#monitor/other-findings.ts';
import type { Database } from '#store/database.ts';
import {
  costsOfDatasets,
  costsOfJobs,
  unreadDatasets,
  type CostQuestion,
  type CostRow,
  type DatasetCostRow,
  type UnreadRow,
  type Use as UseRow,
} from '#store/run-costs.ts';
import { CSV, csvText, wantsCsv } from './csv.ts';
import { CostAnswer, CostQuery, type CostListName, type CostLine, type Use } from './schema/cost.ts';

export interface CostServices {
  readonly database: Database;
  /** What use costs; undefined: nothing has a price. */
  readonly cost: CostRates | undefined;
  readonly now: () => Date;
  /** Runs of both spans that are looked at; 100 000 unless told. */
  readonly mostRuns?: number;
}

const DAY = 86_400_000;
const DEFAULT_DAYS = 30;
const LIMIT = 50;
const CSV_LIMIT = 10_000;
const MOST_RUNS = 100_000;
/** Milliseconds for which an answer holds: it tells of days, and looks at many runs. */
const HOLDS = 60_000;
const MOST_HELD = 20;

/** GET /api/v2/cost: what runs used and cost, by dataset and by job, and what is produced but never read. */
export function registerCost(app: FastifyInstance, services: CostServices): void {
  const held = new Map<string, { readonly at: number; readonly answer: Promise<CostAnswer> }>();
  const answerOf = (days: number, limit: number): Promise<CostAnswer> => {
    const key = `${days} ${limit}`;
    const at = services.now().getTime();
    const known = held.get(key);
    if (known !== undefined && at - known.at < HOLDS) return known.answer;
    const answer = read(services, days, limit, new Date(at));
    held.delete(key);
    held.set(key, { at, answer });
    const [oldest] = held.keys();
    if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest);
    // What failed is asked anew.
    answer.catch(() => held.delete(key));
    return answer;
  };
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/v2/cost',
    {
      schema: {
        querystring: CostQuery,
        response: {
          200: {
            description: 'Costs, or one of the lists as a file',
            content: {
              'application/json': { schema: CostAnswer },
              'text/csv': { schema: Type.String() },
            },
          },
        },
      },
    },
    async ({ query, headers }, reply) => {
      const csv = wantsCsv(query.format, headers.accept);
      const answer = await answerOf(query.days ?? DEFAULT_DAYS, query.limit ?? (csv ? CSV_LIMIT : LIMIT));
      if (!csv) return answer;
      const list = query.list ?? 'datasets';
      void reply
        .type(CSV)
        .header('content-disposition', `attachment; filename="cost-${list}-${answer.days}-days.csv"`);
      return costFile(answer, list);
    },
  );
}

async function read(
  { database, cost, mostRuns = MOST_RUNS }: CostServices,
  days: number,
  limit: number,
  now: Date,
): Promise<CostAnswer> {
  const { perByteRead = 0, perByteWritten = 0, perSecond = 0 } = cost?.prices ?? {};
  const priced = perByteRead + perByteWritten + perSecond > 0;
  const since = new Date(now.getTime() - days * DAY);
  const question: CostQuestion = { since, until: now, perByteRead, perByteWritten, perSecond, mostRuns };
  // One after the other: each looks at the same many runs.
  const jobs = await database.rows<CostRow>(costsOfJobs(question, limit));
  const datasets = await database.rows<DatasetCostRow>(costsOfDatasets(question, limit));
  const unread = await database.rows<UnreadRow>(unreadDatasets(question, limit));
  const [first] = jobs;
  const truncated = first !== undefined && first.looked_at >= mostRuns;
  const use = (row: UseRow): Use => ({
    runs: row.runs,
    seconds: row.seconds,
    bytesRead: row.bytes_read,
    bytesWritten: row.bytes_written,
    cost: priced ? row.cost : null,
  });
  const line = (row: CostRow): CostLine => ({
    ...use(row),
    id: row.id,
    namespace: row.namespace,
    name: row.name ?? row.id,
    before: truncated ? null : { seconds: row.before_seconds, cost: priced ? row.before_cost : null },
  });
  return {
    days,
    since: since.toISOString(),
    until: now.toISOString(),
    unit: priced ? (cost?.unit ?? 'units') : null,
    total: first
      ? use(first.total)
      : { runs: 0, seconds: 0, bytesRead: 0, bytesWritten: 0, cost: priced ? 0 : null },
    before: first && !truncated ? use(first.before) : null,
    truncated,
    datasets: datasets.map((row) => ({
      ...line(row),
      readers: row.readers,
      gateQueries: row.queries,
      gateSeconds: row.query_milliseconds / 1000,
    })),
    jobs: jobs.map(line),
    unread: unread.map((row) => ({
      ...use(row),
      id: row.id,
      namespace: row.namespace,
      name: row.name,
      lastReadAt: row.last_read_at?.toISOString() ?? null,
    })),
  };
}

function costFile(answer: CostAnswer, list: CostListName): string {
  const unit = answer.unit ?? '';
  const common = ['namespace', 'name', 'cost', 'unit', 'seconds', 'bytes_read', 'bytes_written', 'runs'];
  const cells = (line: CostAnswer['unread'][number] | CostLine) => [
    line.namespace,
    line.name,
    line.cost,
    unit,
    line.seconds,
    line.bytesRead,
    line.bytesWritten,
    line.runs,
  ];
  if (list === 'unread')
    return csvText(
      [...common, 'last_read_at', 'id'],
      answer.unread.map((line) => [...cells(line), line.lastReadAt, line.id]),
    );
  const before = (line: CostLine) => [line.before?.cost ?? null, line.before?.seconds ?? null];
  if (list === 'jobs')
    return csvText(
      [...common, 'cost_before', 'seconds_before', 'id'],
      answer.jobs.map((line) => [...cells(line), ...before(line), line.id]),
    );
  return csvText(
    [...common, 'cost_before', 'seconds_before', 'readers', 'gate_queries', 'gate_seconds', 'id'],
    answer.datasets.map((line) => [
      ...cells(line),
      ...before(line),
      line.readers,
      line.gateQueries,
      line.gateSeconds,
      line.id,
    ]),
  );
}
