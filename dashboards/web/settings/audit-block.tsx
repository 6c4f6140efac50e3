import type { AuditList } from '../../../collector/api/schema/audit.ts';
import { Moment } from '../parts/moment.tsx';
import { Name } from '../parts/name.tsx';
import { More } from '../shell/more.tsx';
import { Answer } from '../shell/page.tsx';
import { usePages } from '../shell/pages-of.ts';

/** Who did what, the last first. Each act carries the hash of the one before. */
export function AuditBlock() {
  const query = usePages<AuditList>('/api/v2/audit?limit=20');
  return (
    <section className="block" aria-labelledby="audit">
      <div className="block-head">
        <h2 id="audit">Who did what</h2>
        <span className="soft">
          <code>assay audit verify</code> shows that nothing was changed
        </span>
      </div>
      <Answer query={query} rows={4}>
        {(pages) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <p className="quiet">Nobody has done anything yet.</p>;
          return (
            <table>
              <caption className="visually-hidden">Acts, the last first</caption>
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Who</th>
                  <th scope="col">What</th>
                  <th scope="col" className="wide">
                    To what
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((act) => (
                  <tr key={act.id}>
                    <th scope="row">
                      <Moment at={act.at} short />
                    </th>
                    <td>
                      {act.actor === null ? <span className="soft">Assay</span> : <Name text={act.actor} />}
                    </td>
                    <td>{act.action}</td>
                    <td className="wide">
                      <Name text={`${act.subject} ${act.subjectId}`} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          );
        }}
      </Answer>
      <More query={query} />
    </section>
  );
}
