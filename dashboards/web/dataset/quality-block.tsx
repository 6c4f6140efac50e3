import { Link } from 'wouter';
import type { CheckItem } from '../../../collector/api/schema/gates.ts';
import type { AssertionList } from '../../../collector/api/schema/model.ts';
import type { DatasetDetail } from '../../../collector/api/schema/overview.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Partition, Sentence } from '../parts/name.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { reasonState } from '../parts/states.ts';
import { count } from '../parts/words.ts';
import { contractHref, runHref } from '../shell/address.ts';
import { useResource } from '../shell/read.ts';

interface Checked {
  readonly contractVersion: string;
  readonly partition: string;
  readonly checks: readonly CheckItem[];
}

/** What the contract's checks say of the last partition, and what other tools' tests said. */
export function QualityBlock({ detail }: { readonly detail: DatasetDetail }) {
  const partition = detail.partitions[0]?.partition ?? '';
  const checked = useResource<Checked>(
    `/api/v2/datasets/${encodeURIComponent(detail.id)}/check?${new URLSearchParams({ partition }).toString()}`,
    { enabled: detail.contract !== null },
  );
  const tests = useResource<AssertionList>(
    `/api/v2/datasets/${encodeURIComponent(detail.id)}/assertions?limit=50`,
  );
  const none = detail.contract === null;
  return (
    <section className="block" aria-labelledby="quality">
      <div className="block-head">
        <h2 id="quality">Quality</h2>
        {checked.data ? (
          <span>
            <Link href={contractHref(detail.id)}>contract {checked.data.contractVersion}</Link> on{' '}
            <Partition text={checked.data.partition} />
          </span>
        ) : null}
      </div>
      {checked.data === undefined && !none && !checked.error ? <Skeleton rows={3} /> : null}
      {checked.error && checked.data === undefined ? (
        <p className="quiet" role="alert">
          {checked.error.message}
        </p>
      ) : null}
      {none ? (
        <p className="quiet">
          No contract says what is right here. <code>assay contract import --from {detail.name}</code> writes
          a first one from what was measured.
        </p>
      ) : null}
      <Results checks={(checked.data?.checks ?? []).filter(({ status }) => status !== 'pass')} />
      <Passed checks={(checked.data?.checks ?? []).filter(({ status }) => status === 'pass')} />
      {tests.data && tests.data.assertions.length > 0 ? (
        <table>
          <caption>{count(tests.data.assertions.length, 'result')} of tests that events brought</caption>
          <thead>
            <tr>
              <th scope="col">Test</th>
              <th scope="col" className="wide">
                Column
              </th>
              <th scope="col" className="wide">
                Partition
              </th>
              <th scope="col">Result</th>
              <th scope="col">Run</th>
            </tr>
          </thead>
          <tbody>
            {tests.data.assertions.map((test, index) => (
              <tr key={index}>
                <th scope="row">
                  <Name text={test.name ?? test.assertion} />
                </th>
                <td className="wide">{test.column === null ? '' : <Name text={test.column} />}</td>
                <td className="wide">
                  <Partition text={test.partition} />
                </td>
                <td>
                  {test.success === null ? (
                    <Mark kind="unknown" word="Skipped" />
                  ) : test.success ? (
                    <Mark kind="fine" word="Passed" />
                  ) : (
                    <Mark kind={test.severity === 'warn' ? 'finding' : 'failed'} word="Failed" />
                  )}
                </td>
                <td>
                  <Link href={runHref(test.runId)}>
                    <Moment at={test.statedAt} short />
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}

/** What passed is one line; whoever wants to know unfolds it. */
function Passed({ checks }: { readonly checks: readonly CheckItem[] }) {
  if (checks.length === 0) return null;
  return (
    <details className="columns">
      <summary>
        <Mark kind="fine" word={`${count(checks.length, 'check')} passed`} />
      </summary>
      <Results checks={checks} />
    </details>
  );
}

function Results({ checks }: { readonly checks: readonly CheckItem[] }) {
  if (checks.length === 0) return null;
  return (
    <div className="block-body">
      <ul className="reasons">
        {checks.map((check) => {
          const { kind, word } = reasonState(check.status);
          return (
            <li key={check.checkId}>
              <Mark kind={kind} word={word} />
              <span>
                <Sentence text={check.message} />{' '}
                <code className="check-id">
                  <Name text={check.text} />
                </code>
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
