import { Link } from 'wouter';
import type { RunDetail } from '../../../collector/api/schema/model.ts';
import { Name, Partition } from '../parts/name.tsx';
import { count, figure, metricWords } from '../parts/words.ts';
import { datasetHref, lineageHref } from '../shell/address.ts';

interface MentionsProps {
  readonly heading: string;
  readonly mentions: RunDetail['inputs'];
  readonly none: string;
}

/** What a run reads or writes, with the partition and the numbers that it stated. */
export function Mentions({ heading, mentions, none }: MentionsProps) {
  const id = `run-${heading.toLowerCase()}`;
  return (
    <section className="block" aria-labelledby={id}>
      <div className="block-head">
        <h2 id={id}>{heading}</h2>
        {mentions.length > 0 ? (
          <span className="soft figures">{count(mentions.length, 'partition')}</span>
        ) : null}
      </div>
      {mentions.length === 0 ? (
        <p className="quiet">{none}</p>
      ) : (
        <table className="mentions">
          <caption className="visually-hidden">{heading}: datasets, partitions and numbers</caption>
          <thead>
            <tr>
              <th scope="col">Dataset</th>
              <th scope="col">Partition</th>
              <th scope="col">Numbers</th>
              <th scope="col" className="col-lineage">
                <span className="visually-hidden">Lineage</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {mentions.map((mention) => (
              <tr key={`${mention.datasetId} ${mention.partition}`}>
                <th scope="row">
                  <Link href={datasetHref(mention.datasetId)} data-row="">
                    <Name text={mention.name} />
                  </Link>
                  <span className="namespace">
                    <Name text={mention.namespace} />
                  </span>
                </th>
                <td>
                  <Partition text={mention.partition} />
                  {mention.inferred ? (
                    <span className="namespace"> inferred from the run’s nominal time</span>
                  ) : null}
                  {mention.version === null ? null : (
                    <span className="namespace">
                      {' '}
                      version <Name text={mention.version} />
                    </span>
                  )}
                </td>
                <td className="figures">
                  {mention.statistics.length === 0 ? <span className="soft">none stated</span> : null}
                  {mention.statistics.map(({ metric, value }, index) => (
                    <span key={metric}>
                      {index > 0 ? ', ' : ''}
                      <Name text={metricWords(metric)} /> {figure(value)}
                    </span>
                  ))}
                </td>
                <td className="col-lineage">
                  <Link href={lineageHref(mention.datasetId)}>Lineage</Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
