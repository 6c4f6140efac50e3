import type { ColumnList } from '../../../collector/api/schema/model.ts';
import { Name, Sentence } from '../parts/name.tsx';
import { count } from '../parts/words.ts';
import { useResource } from '../shell/read.ts';
import { SchemaHistory } from './schema-history.tsx';

/** Its columns now, and how they came to be so. */
export function SchemaBlock({ id }: { readonly id: string }) {
  const { data } = useResource<ColumnList>(`/api/v2/datasets/${encodeURIComponent(id)}/columns?limit=1000`);
  if (!data || data.columns.length === 0) return null;
  return (
    <section className="block" aria-labelledby="schema">
      <div className="block-head">
        <h2 id="schema">Schema</h2>
        <span className="soft figures">
          {count(data.columns.length, 'column')}
          {data.next === null ? '' : ', the first of them'}
        </span>
      </div>
      <SchemaHistory id={id} />
      <details className="columns">
        <summary>{count(data.columns.length, 'column')} with their types</summary>
        <table>
          <caption className="visually-hidden">Columns of the current schema</caption>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Type</th>
              <th scope="col">Description</th>
            </tr>
          </thead>
          <tbody>
            {data.columns.map((column, index) => (
              <tr key={index}>
                <th scope="row">
                  <Name text={column.name} />
                </th>
                <td>{column.type === null ? '' : <Name text={column.type} />}</td>
                <td>
                  {column.description === null ? '' : <Sentence text={column.description} />}
                  {column.tags.map(({ key, value }) => (
                    <span className="tag" key={`${key} ${value}`}>
                      <Name text={value === '' || value === 'true' ? key : `${key}: ${value}`} />
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
