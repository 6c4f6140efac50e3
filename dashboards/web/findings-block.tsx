import { useState } from 'react';
import type { FindingItem, Overview } from '../../collector/api/schema/overview.ts';
import { Mark } from './mark.tsx';
import { Moment } from './moment.tsx';
import { Sentence } from './name.tsx';
import { RowTitle } from './row-title.tsx';
import { figure, metricWords } from './words.ts';

const FIRST = 5;

/** What lies outside its expected band. A finding by itself holds nothing back; a contract may. */
export function FindingsBlock({ overview }: { readonly overview: Overview }) {
  const [all, setAll] = useState(false);
  const { findings } = overview;
  const shown = all ? findings : findings.slice(0, FIRST);
  const total = overview.counts.findings;
  return (
    <section className="block" aria-labelledby="findings-heading">
      <div className="block-head">
        <h2 id="findings-heading">Findings</h2>
        {total > 0 ? <Mark kind="finding" word={`${figure(total)} outside the expected band`} /> : null}
      </div>
      {findings.length === 0 ? (
        <p className="quiet">
          Every measured value lies in its expected band, or there is too little history to say.
        </p>
      ) : null}
      <ul className="rows">
        {shown.map((finding) => (
          <FindingRow
            key={`${finding.datasetId} ${finding.partition} ${finding.metric} ${finding.detector}`}
            finding={finding}
          />
        ))}
      </ul>
      {findings.length > shown.length ? (
        <p className="block-body">
          <button type="button" className="plain" onClick={() => setAll(true)}>
            Show {figure(findings.length - shown.length)} more
          </button>
        </p>
      ) : null}
      {all && total > findings.length ? (
        <p className="quiet">
          The latest {figure(findings.length)} of {figure(total)}.
        </p>
      ) : null}
    </section>
  );
}

function FindingRow({ finding }: { readonly finding: FindingItem }) {
  return (
    <li>
      <div className="row-head">
        <RowTitle
          datasetId={finding.datasetId}
          name={finding.dataset}
          partition={finding.partition}
          metric={finding.metric}
        />
        <span className="soft">
          <bdi>{metricWords(finding.metric)}</bdi>
        </span>
        <span className="when">
          <Moment at={finding.decidedAt} short />
        </span>
      </div>
      <ul className="reasons">
        <li>
          <Mark
            kind="finding"
            word={finding.direction === 'up' ? 'Above' : finding.direction === 'down' ? 'Below' : 'Outside'}
          />
          <Sentence text={finding.message} />
        </li>
      </ul>
    </li>
  );
}
