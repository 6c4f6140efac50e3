import type { CostAnswer } from '../../../collector/api/schema/cost.ts';
import { bytes, count, figure, money, seconds, trend } from '../parts/words.ts';
import { useAddressState } from '../shell/address-state.ts';
import { Select } from '../shell/more.tsx';
import { Answer, Page } from '../shell/page.tsx';
import { pathWith } from '../shell/pages-of.ts';
import { useResource } from '../shell/read.ts';
import { CostBlock } from './cost-block.tsx';
import { UnreadBlock } from './unread-block.tsx';
import './cost.css';

const SPANS = [
  ['7', 'the last 7 days'],
  ['30', 'the last 30 days'],
  ['90', 'the last 90 days'],
] as const;
const DEFAULT = '30';

/** What does it cost, and what of it does nobody need? */
export default function CostPage() {
  const [search, change] = useAddressState();
  const asked = search.get('days') ?? DEFAULT;
  const days = SPANS.some(([value]) => value === asked) ? asked : DEFAULT;
  const query = useResource<CostAnswer>(pathWith('/api/v2/cost', { days }));
  return (
    <Page
      title="Cost"
      heading={query.data ? headline(query.data) : 'Cost'}
      about={query.data ? <Figures answer={query.data} /> : '\u00a0'}
      readAt={query.dataUpdatedAt}
    >
      <div className="tools filters">
        <Select
          label="Of"
          value={days}
          onChange={(value) => change({ days: value === DEFAULT ? null : value })}
          options={SPANS}
        />
      </div>
      <Answer query={query}>{(answer) => <Content answer={answer} />}</Answer>
    </Page>
  );
}

function headline({ days, total, unit }: CostAnswer): string {
  if (total.runs === 0) return `No run in ${days} days`;
  return total.cost === null || unit === null
    ? `${seconds(total.seconds)} of running in ${days} days`
    : `${money(total.cost, unit)} in ${days} days`;
}

function Figures({ answer: { days, total, before, unit, truncated } }: { readonly answer: CostAnswer }) {
  if (total.runs === 0) return '\u00a0';
  const [now, then] =
    total.cost === null ? [total.seconds, before?.seconds ?? 0] : [total.cost, before?.cost ?? 0];
  const turn = trend(now, then);
  return (
    <>
      <ul className="facts-line figures">
        <li>{count(total.runs, 'run')}</li>
        {total.cost === null ? null : <li>{seconds(total.seconds)} of running</li>}
        {total.bytesRead === 0 ? null : <li>{bytes(total.bytesRead)} read</li>}
        {total.bytesWritten === 0 ? null : <li>{bytes(total.bytesWritten)} written</li>}
        {before === null ? null : (
          <li>
            {turn === null
              ? `nothing to compare with in the ${days} days before`
              : turn === 'as before'
                ? `as much as in the ${days} days before`
                : `${turn} than in the ${days} days before`}
          </li>
        )}
      </ul>
      {truncated ? (
        <p className="soft">
          There are more runs than are looked at; only the latest of them are counted, and nothing is
          compared.
        </p>
      ) : null}
      {unit === null && total.runs > 0 ? (
        <p className="soft">
          Nothing has a price yet.{' '}
          <code>
            cost: {'{'} per_hour: 1.2, per_gb_read: 0.005, currency: EUR {'}'}
          </code>{' '}
          in assay.yaml gives one.
        </p>
      ) : null}
    </>
  );
}

function Content({ answer }: { readonly answer: CostAnswer }) {
  if (answer.total.runs === 0) return <Nothing days={answer.days} />;
  return (
    <>
      <CostBlock kind="datasets" answer={answer} />
      <CostBlock kind="jobs" answer={answer} />
      <UnreadBlock answer={answer} />
    </>
  );
}

/** How cost arrives. */
function Nothing({ days }: { readonly days: number }) {
  return (
    <section className="block">
      <p className="quiet first">
        No run told of itself in the last {figure(days)} days. Time comes from the START and COMPLETE events
        of runs, bytes from their <code>outputStatistics</code> and <code>inputStatistics</code>, which Spark
        and our clients send by themselves. Prices come from <code>cost</code> in assay.yaml:
      </p>
      <pre tabIndex={0}>{`cost:
  per_hour: 1.2
  per_gb_read: 0.005
  per_gb_written: 0.02
  currency: EUR`}</pre>
    </section>
  );
}
