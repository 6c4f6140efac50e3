import { useState } from 'react';
import type { FindingItem } from '../../../collector/api/schema/findings.ts';
import type { Overview } from '../../../collector/api/schema/overview.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Sentence } from '../parts/name.tsx';
import { RowTitle } from '../parts/row-title.tsx';
import { count, figure, metricWords } from '../parts/words.ts';

/** Partitions shown at first, and measures of each. */
const FIRST = 5;
const MEASURES = 2;

/** What lies outside its expected band. A finding by itself holds nothing back; a contract may. */
export function FindingsBlock({ overview }: { readonly overview: Overview }) {
  const [all, setAll] = useState(false);
  const { findings } = overview;
  const groups = groupByPartition(findings);
  const shown = all ? groups : groups.slice(0, FIRST);
  const total = overview.counts.findings;
  return (
    <section className="block" aria-labelledby="findings-heading">
      <div className="block-head">
        <h2 id="findings-heading">Findings</h2>
        {total > 0 ? (
          <Mark kind="finding" word={`${count(total, 'measure')} outside the expected band`} />
        ) : null}
      </div>
      {findings.length === 0 ? (
        <p className="quiet">
          Every measured value lies in its expected band, or there is too little history to say.
        </p>
      ) : null}
      <ul className="rows">
        {shown.map((group) => (
          <FindingRow key={`${group[0]?.datasetId} ${group[0]?.partition}`} group={group} />
        ))}
      </ul>
      {groups.length > shown.length ? (
        <p className="block-body">
          <button type="button" className="plain" onClick={() => setAll(true)}>
            Show {count(groups.length - shown.length, 'more partition', 'more partitions')}
          </button>
        </p>
      ) : null}
      {overview.counts.simpleAlone > 0 ? (
        <p className="quiet">
          On {count(overview.counts.simpleAlone, 'more measure')} only 2 sigma would have fired; the charts
          show where.
        </p>
      ) : null}
      {all && total > findings.length ? (
        <p className="quiet">
          The latest {figure(findings.length)} of {figure(total)} are shown; each dataset’s chart has its own.
        </p>
      ) : null}
    </section>
  );
}

/** One disturbance shows in many measures: they belong together, the rows and then the farthest off first. */
function groupByPartition(findings: readonly FindingItem[]): FindingItem[][] {
  const groups = Map.groupBy(findings, ({ datasetId, partition }) => `${datasetId} ${partition}`);
  return [...groups.values()].map((group) => group.toSorted((a, b) => weight(b) - weight(a)));
}

function weight({ metric, score }: FindingItem): number {
  return metric === 'row_count' ? Infinity : Math.abs(score ?? 0);
}

function FindingRow({ group }: { readonly group: readonly FindingItem[] }) {
  const [first] = group;
  if (!first) return null;
  const more = group.slice(MEASURES);
  return (
    <li>
      <div className="row-head">
        <RowTitle
          datasetId={first.datasetId}
          name={first.dataset}
          partition={first.partition}
          metric={first.metric}
        />
        <span className="when">
          <Moment at={first.decidedAt} short />
        </span>
      </div>
      <ul className="reasons">
        {group.slice(0, MEASURES).map((finding) => (
          <li key={`${finding.metric} ${finding.detector}`}>
            <Mark kind="finding" word={direction(finding)} />
            <Sentence text={finding.message} />
            {finding.since ? <Sentence text={` This goes on ${finding.since.message}.`} /> : null}
          </li>
        ))}
      </ul>
      {more.length > 0 ? (
        <p className="row-foot">
          and {count(more.length, 'more measure', 'more measures')}:{' '}
          <bdi className="name">{more.map(({ metric }) => metricWords(metric)).join(', ')}</bdi>
        </p>
      ) : null}
    </li>
  );
}

function direction({ direction: way, explanation }: FindingItem): string {
  if (way === null && explanation?.rules.includes('exact_repeat')) return 'Repeated';
  if (way === 'up') return 'Above';
  return way === 'down' ? 'Below' : 'Outside';
}
