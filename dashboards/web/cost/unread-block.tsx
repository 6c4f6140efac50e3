import { Link } from 'wouter';
import type { CostAnswer } from '../../../collector/api/schema/cost.ts';
import { Moment } from '../parts/moment.tsx';
import { Name } from '../parts/name.tsx';
import { count, figure, money, seconds } from '../parts/words.ts';
import { datasetHref } from '../shell/address.ts';
import { FileButton } from './file-button.tsx';
import { told } from './told.ts';

/** What is made and not needed, as far as runs tell. */
export function UnreadBlock({ answer: { unread, days, unit } }: { readonly answer: CostAnswer }) {
  const wasted = unread.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
  return (
    <section className="block" aria-labelledby="unread">
      <div className="block-head">
        <h2 id="unread">Produced but not read</h2>
        {unread.length === 0 ? null : <FileButton list="unread" days={days} />}
      </div>
      {unread.length === 0 ? (
        <p className="quiet">Every dataset that was written in {days} days was read by a run, too.</p>
      ) : (
        <>
          <p className="block-body">
            {count(unread.length, 'dataset')} {unread.length === 1 ? 'was' : 'were'} written in {days} days
            and read by no run{unit === null ? '' : `: ${money(wasted, unit)}`}. People and tools that read
            without telling Assay are not seen; ask the owner before you stop a job.
          </p>
          <div
            className="scroll flush"
            tabIndex={0}
            role="region"
            aria-label="Produced but not read, as a table"
          >
            <table className="costs">
              <caption className="visually-hidden">Datasets that are produced but not read</caption>
              <thead>
                <tr>
                  <th scope="col">Dataset</th>
                  <th scope="col">Last read</th>
                  {unit === null ? null : (
                    <th scope="col" className="number">
                      Cost
                    </th>
                  )}
                  <th scope="col" className="number">
                    Running
                  </th>
                  <th scope="col" className="number wide">
                    Written
                  </th>
                  <th scope="col" className="number wide">
                    Runs
                  </th>
                </tr>
              </thead>
              <tbody>
                {unread.map((line) => (
                  <tr key={line.id}>
                    <th scope="row">
                      <Link href={datasetHref(line.id)} data-row="">
                        <Name text={line.name} />
                      </Link>
                      {line.namespace === null ? null : (
                        <span className="namespace">
                          <Name text={line.namespace} />
                        </span>
                      )}
                    </th>
                    <td>
                      {line.lastReadAt === null ? (
                        <span className="soft">never</span>
                      ) : (
                        <Moment at={line.lastReadAt} short />
                      )}
                    </td>
                    {unit === null || line.cost === null ? null : (
                      <td className="number">{money(line.cost, unit)}</td>
                    )}
                    <td className="number">{seconds(line.seconds)}</td>
                    <td className="number wide">{told(line.bytesWritten)}</td>
                    <td className="number wide">{figure(line.runs)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}
