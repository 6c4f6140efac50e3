import type { DoctorAnswer, Examination } from '../../../collector/api/schema/doctor.ts';
import { Mark, type MarkKind } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { Answer } from '../shell/page.tsx';
import { useResource } from '../shell/read.ts';

const WORDS: Readonly<Record<Examination['state'], { readonly kind: MarkKind; readonly word: string }>> = {
  fine: { kind: 'fine', word: 'Fine' },
  warning: { kind: 'finding', word: 'Look' },
  bad: { kind: 'failed', word: 'Bad' },
  unknown: { kind: 'unknown', word: 'Unknown' },
};

/** What `assay doctor` says, seen from inside the server. */
export function useDoctor() {
  return useResource<DoctorAnswer>('/api/v2/doctor');
}

/** What stands between this installation and its promises; the gold tables have a block of their own. */
export function DoctorBlock() {
  const query = useDoctor();
  return (
    <section className="block" aria-labelledby="doctor">
      <div className="block-head">
        <h2 id="doctor">What the doctor says</h2>
        <span className="soft">
          {query.data ? (
            <>
              examined <Moment at={query.data.examinedAt} short />; the same as <code>assay doctor</code>
            </>
          ) : null}
        </span>
      </div>
      <Answer query={query} rows={4}>
        {({ examinations, targets }) => (
          <table>
            <caption className="visually-hidden">Examinations of this installation</caption>
            <thead>
              <tr>
                <th scope="col">Examined</th>
                <th scope="col">State</th>
                <th scope="col">Finding</th>
              </tr>
            </thead>
            <tbody>
              {examinations
                .filter(({ subject }) => !targets.some(({ target }) => target === subject))
                .map(({ subject, state, finding, mend }) => (
                  <tr key={subject}>
                    <th scope="row">
                      <Name text={subject} />
                    </th>
                    <td>
                      <Mark {...WORDS[state]} />
                    </td>
                    <td>
                      <Sentence text={finding} />
                      {mend === null ? null : <pre tabIndex={0}>{mend}</pre>}
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
        )}
      </Answer>
    </section>
  );
}
