import { Link } from 'wouter';
import type { ContractAnswer } from '../../../collector/api/schema/contracts.ts';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { count } from '../parts/words.ts';
import { useAddressState } from '../shell/address-state.ts';
import { datasetHref } from '../shell/address.ts';
import { Select } from '../shell/more.tsx';
import { Answer, Page } from '../shell/page.tsx';
import { pathWith } from '../shell/pages-of.ts';
import { useResource } from '../shell/read.ts';
import { Faults } from './faults.tsx';
import { SourceText } from './source-text.tsx';
import { TryBlock } from './try-block.tsx';
import { VersionDiff } from './version-diff.tsx';
import './contracts.css';

/** What is promised here, since when, and what would break? */
export default function ContractPage({ dataset }: { readonly dataset: string }) {
  const [search, change] = useAddressState();
  const version = search.get('version') ?? '';
  const query = useResource<ContractAnswer>(
    pathWith(`/api/v2/contracts/${encodeURIComponent(dataset)}`, { version }),
  );
  const { data } = query;
  return (
    <Page
      title={data ? `Contract of ${data.dataset}` : 'Contract'}
      heading={data ? <Name text={data.dataset} /> : 'Contract'}
      about={data ? <About contract={data} /> : undefined}
      readAt={query.dataUpdatedAt}
    >
      <Answer query={query}>
        {(contract) => <Content contract={contract} against={search.get('against') ?? ''} change={change} />}
      </Answer>
    </Page>
  );
}

function About({ contract }: { readonly contract: ContractAnswer }) {
  return (
    <ul className="facts-line">
      <li>version {contract.version}</li>
      <li>
        <Name text={contract.owner} />
      </li>
      <li>
        pushed <Moment at={contract.pushedAt} />
        {contract.pushedBy === null ? null : (
          <>
            {' '}
            by <Name text={contract.pushedBy} />
          </>
        )}
      </li>
      <li>{contract.dialect === 'odcs' ? 'Open Data Contract Standard' : 'short form'}</li>
      <li>
        <Link href={datasetHref(contract.datasetId)}>the dataset</Link>
      </li>
    </ul>
  );
}

interface ContentProps {
  readonly contract: ContractAnswer;
  /** The version that it is compared with; '' for none. */
  readonly against: string;
  readonly change: (changes: Readonly<Record<string, string | null>>) => void;
}

function Content({ contract, against, change }: ContentProps) {
  const others = contract.versions.filter(({ version }) => version !== contract.version);
  return (
    <>
      {contract.lastError === null ? null : (
        <section className="block urgent" aria-labelledby="refused">
          <div className="block-head">
            <h2 id="refused">The last push was refused</h2>
            <span className="when">
              <Moment at={contract.lastError.pushedAt} short />
            </span>
          </div>
          <p className="quiet">Version {contract.version} stays in force.</p>
          <Faults faults={contract.lastError.errors} />
        </section>
      )}
      <Checks contract={contract} />
      <section className="block" aria-labelledby="text">
        <div className="block-head">
          <h2 id="text">
            <Name text={contract.fileName} />
          </h2>
          <div className="tools">
            <Select
              label="Version"
              value={contract.version}
              onChange={(version) => change({ version, against: null })}
              options={contract.versions.map(({ version }) => [version, version])}
            />
            {others.length === 0 ? null : (
              <Select
                label="compared with"
                value={against}
                onChange={(other) => change({ against: other })}
                options={[['', 'none'], ...others.map(({ version }) => [version, version] as const)]}
              />
            )}
          </div>
        </div>
        {against === '' ? null : <VersionDiff contract={contract} against={against} />}
        <SourceText text={contract.text} />
      </section>
      <TryBlock contract={contract} />
    </>
  );
}

function Checks({ contract: { checks, notRun } }: { readonly contract: ContractAnswer }) {
  return (
    <section className="block" aria-labelledby="checks">
      <div className="block-head">
        <h2 id="checks">{count(checks.length, 'check')}</h2>
        {notRun.length === 0 ? null : (
          <span className="soft">{count(notRun.length, 'more is', 'more are')} carried, not run</span>
        )}
      </div>
      <div className="scroll free" tabIndex={0} role="region" aria-label="Checks">
        <table>
          <caption className="visually-hidden">Checks of this version</caption>
          <thead>
            <tr>
              <th scope="col">Check</th>
              <th scope="col">When broken</th>
              <th scope="col">Answered by</th>
              <th scope="col" className="number">
                Line
              </th>
            </tr>
          </thead>
          <tbody>
            {checks.map((check) => (
              <tr key={check.id}>
                <th scope="row">
                  <code>
                    <Name text={check.text} />
                  </code>
                </th>
                <td>{check.severity}</td>
                <td>{COSTS[check.cost] ?? check.cost}</td>
                <td className="number">
                  <a href={`#line-${check.line}`}>{check.line}</a>
                </td>
              </tr>
            ))}
            {notRun.map((check) => (
              <tr key={check.id}>
                <th scope="row">
                  <code>
                    <Name text={check.text} />
                  </code>
                </th>
                <td colSpan={2}>
                  not run: <Sentence text={check.reason} />
                </td>
                <td className="number">
                  <a href={`#line-${check.line}`}>{check.line}</a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const COSTS: Readonly<Record<string, string>> = {
  metadata: 'metadata',
  stats: 'statistics',
  scan: 'a scan of the partition',
};
