import { Link } from 'wouter';
import type { ContractErrors, ContractList } from '../../../collector/api/schema/contracts.ts';
import { Moment } from '../parts/moment.tsx';
import { Name } from '../parts/name.tsx';
import { count } from '../parts/words.ts';
import { contractHref } from '../shell/address.ts';
import { More } from '../shell/more.tsx';
import { Answer, Page } from '../shell/page.tsx';
import { usePages } from '../shell/pages-of.ts';
import { useResource } from '../shell/read.ts';
import { Faults } from './faults.tsx';

/** Who promises what? */
export default function ContractsPage() {
  const query = usePages<ContractList>('/api/v2/contracts?limit=100');
  const errors = useResource<ContractErrors>('/api/v2/contracts/errors');
  return (
    <Page
      title="Contracts"
      heading="Contracts"
      about="What each dataset promises, in the version that is in force."
      readAt={query.dataUpdatedAt}
    >
      {(errors.data?.items ?? []).map((refused) => (
        <section
          className="block urgent"
          key={refused.fileName}
          aria-label={`${refused.fileName} was refused`}
        >
          <div className="block-head">
            <h2>
              <Name text={refused.fileName} /> was refused
            </h2>
            <span className="when">
              <Moment at={refused.pushedAt} short />
            </span>
          </div>
          <p className="quiet">What was in force before stays so.</p>
          <Faults faults={refused.errors} />
        </section>
      ))}
      <Answer query={query}>{(pages) => <List items={pages.flatMap(({ items }) => items)} />}</Answer>
      <More query={query} />
    </Page>
  );
}

function List({ items }: { readonly items: ContractList['items'] }) {
  if (items.length === 0)
    return (
      <section className="block">
        <p className="quiet first">
          No contract has been pushed. <code>assay contract import DATASET</code> writes a first one from what
          was measured; <code>assay contract push FILE</code> puts it in force.
        </p>
      </section>
    );
  return (
    <section className="block" aria-label="Contracts in force">
      <table>
        <caption>{count(items.length, 'contract')}</caption>
        <thead>
          <tr>
            <th scope="col">Dataset</th>
            <th scope="col" className="wide">
              Owner
            </th>
            <th scope="col">Version</th>
            <th scope="col" className="wide">
              Pushed
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((contract) => (
            <tr key={`${contract.datasetId} ${contract.dataset}`}>
              <th scope="row">
                <Link href={contractHref(contract.datasetId)} data-row="">
                  <Name text={contract.dataset} />
                </Link>
                <span className="namespace">
                  <Name text={contract.namespace} />
                </span>
              </th>
              <td className="wide">
                <Name text={contract.owner} />
              </td>
              <td>{contract.version}</td>
              <td className="wide">
                <Moment at={contract.pushedAt} short />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
