import type { AlertingStatus } from '../../../collector/api/schema/alerting.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { count, figure } from '../parts/words.ts';
import { Answer, Page } from '../shell/page.tsx';
import { useResource } from '../shell/read.ts';
import { Silences } from './silences.tsx';
import { Simulate } from './simulate.tsx';
import './routes.css';

/** Where would this alert go? */
export default function RoutesPage() {
  const query = useResource<AlertingStatus>('/api/v2/alerting');
  const { data } = query;
  const dead = data?.channels.filter(({ up }) => !up).length ?? 0;
  return (
    <Page
      title="Routes"
      heading={
        data === undefined
          ? 'Where alerts go'
          : !data.configured
            ? 'Nobody is told yet'
            : dead > 0
              ? `${count(dead, 'channel does', 'channels do')} not take messages`
              : 'Alerts reach their channels'
      }
      readAt={query.dataUpdatedAt}
    >
      <Answer query={query}>
        {(status) => (
          <>
            {status.configured ? (
              <Channels status={status} />
            ) : (
              <section className="block urgent">
                <p className="quiet first">
                  <Sentence text={status.hint ?? 'No route is configured.'} />
                </p>
              </section>
            )}
            <Simulate configured={status.configured} />
            <Silences />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Channels({ status: { channels } }: { readonly status: AlertingStatus }) {
  return (
    <section className="block" aria-labelledby="channels">
      <div className="block-head">
        <h2 id="channels">Channels</h2>
      </div>
      <table>
        <caption className="visually-hidden">Channels and how they do</caption>
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col">State</th>
            <th scope="col" className="wide">
              Last taken
            </th>
            <th scope="col" className="number">
              Waiting
            </th>
            <th scope="col" className="number">
              Given up
            </th>
          </tr>
        </thead>
        <tbody>
          {channels.map((channel) => (
            <tr key={channel.name}>
              <th scope="row">
                <Name text={channel.name} /> <span className="namespace">{channel.kind}</span>
                {channel.lastError === null ? null : (
                  <p className="row-foot">
                    <Sentence text={channel.lastError} />
                  </p>
                )}
              </th>
              <td>
                <Mark kind={channel.up ? 'fine' : 'failed'} word={channel.up ? 'Takes messages' : 'Down'} />
              </td>
              <td className="wide">
                {channel.lastSuccessAt === null ? (
                  <span className="soft">never</span>
                ) : (
                  <Moment at={channel.lastSuccessAt} short />
                )}
              </td>
              <td className="number">{figure(channel.waiting)}</td>
              <td className="number">{figure(channel.dead)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
