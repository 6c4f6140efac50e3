import type { CostAnswer } from '../../../collector/api/schema/cost.ts';
import { Moment } from '../parts/moment.tsx';
import { count, figure, money, seconds } from '../parts/words.ts';
import { datasetHref } from '../shell/address.ts';
import { NamedCell, NumberHeadings } from './cost-cells.tsx';
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
                  <NumberHeadings of={unit === null ? ['Running'] : ['Cost', 'Running']} />
                  <NumberHeadings of={['Written', 'Runs']} wide />
                </tr>
              </thead>
              <tbody>
                {unread.map((line) => (
                  <tr key={line.id}>
                    <NamedCell line={line} href={datasetHref(line.id)} />
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
