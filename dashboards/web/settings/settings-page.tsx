import { Link } from 'wouter';
import type { ServiceStatus } from '../../../collector/api/schema/service-status.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { bytes, count, figure } from '../parts/words.ts';
import { Answer, Page } from '../shell/page.tsx';
import { useResource } from '../shell/read.ts';
import { AuditBlock } from './audit-block.tsx';
import { PausedBlock, useOpenPauses } from '../publications/paused-block.tsx';
import { DoctorBlock } from './doctor-block.tsx';
import { EnforcementBlock } from './enforcement-block.tsx';

/** Does Assay itself do well? */
export default function SettingsPage() {
  const query = useResource<ServiceStatus>('/api/v2/status');
  return (
    <Page
      title="Health"
      heading={query.data ? headline(query.data) : 'How this server does'}
      about={
        query.data ? (
          <>
            Assay {query.data.version}, running since <Moment at={query.data.startedAt} />
          </>
        ) : undefined
      }
      readAt={query.dataUpdatedAt}
    >
      <Answer query={query} rows={26}>
        {(status) => <Content status={status} />}
      </Answer>
      <DoctorBlock />
      <EnforcementBlock />
      <PausedBlock />
      <AuditBlock />
    </Page>
  );
}

function headline({ store, waiting, alerting }: ServiceStatus): string {
  if (store.problem !== null) return 'The store needs a hand';
  if (waiting.quarantine > 0) return `It works; ${count(waiting.quarantine, 'event')} could not be accepted`;
  return alerting === null ? 'It works; nobody is told of incidents yet' : 'Everything works';
}

function Content({ status }: { readonly status: ServiceStatus }) {
  const { store, intake, waiting, search, warehouses, alerting, retention } = status;
  return (
    <>
      <section className="block" aria-labelledby="parts">
        <div className="block-head">
          <h2 id="parts">Its parts</h2>
        </div>
        <table>
          <caption className="visually-hidden">Parts of this server and how they do</caption>
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col">State</th>
              <th scope="col">What is known of it</th>
            </tr>
          </thead>
          <tbody>
            <Part
              name="Store"
              good={store.problem === null}
              words={
                store.problem ??
                `PostgreSQL ${store.postgres}, ${store.embedded ? 'its own' : 'the one of DATABASE_URL'}, ${bytes(store.bytes)}`
              }
            />
            <Part
              name="Intake"
              good={intake.queueLimitBytes === null || intake.queuedBytes < intake.queueLimitBytes}
              words={
                intake.queuedEvents === 0
                  ? 'everything that came is stored'
                  : `${count(intake.queuedEvents, 'event')} (${bytes(intake.queuedBytes)}) wait to be stored`
              }
              at={intake.lastStoredAt}
            />
            <Part
              name="Kafka"
              good={intake.kafka === null ? null : true}
              words={
                intake.kafka === null
                  ? 'not configured'
                  : `reads ${intake.kafka.topics.join(', ')} as ${intake.kafka.groupId}`
              }
            />
            <Part
              name="Monitor"
              good
              words={
                waiting.monitor === 0
                  ? 'everything is judged'
                  : `${count(waiting.monitor, 'partition')} to be judged`
              }
            />
            <Part
              name="Gate"
              good
              words={
                waiting.gate === 0
                  ? 'nothing waits for a decision'
                  : `${count(waiting.gate, 'candidate')} being tested`
              }
            />
            <BreakerPart />
            <Part
              name="Search"
              good={search.typoTolerant}
              words={`${figure(search.entries)} things${waiting.search > 0 ? `, ${figure(waiting.search)} to be described` : ''}${search.mend === null ? '' : `; not tolerant of typing errors: ${search.mend}`}`}
            />
            <Part
              name="Alerting"
              good={alerting === null ? null : waiting.deliveries < 1000}
              words={
                alerting === null
                  ? 'nobody is told: assay.yaml has no alerting'
                  : `${alerting.channels.join(', ')}${waiting.deliveries > 0 ? `; ${count(waiting.deliveries, 'message')} to be delivered` : ''}`
              }
              link={['/routes', 'Routes']}
            />
            <Part
              name="Quarantine"
              good={waiting.quarantine === 0}
              words={
                waiting.quarantine === 0
                  ? 'every event could be read'
                  : `${count(waiting.quarantine, 'event')} could not be accepted`
              }
              link={['/quarantine', 'Quarantine']}
            />
            {warehouses.map(({ name, kind, watched }) => (
              <Part
                key={name}
                name={`Warehouse ${name}`}
                good={null}
                words={`${kind}${watched ? ', its loads are watched' : ''}`}
              />
            ))}
            <Part
              name="Keys"
              good={status.keys ? true : null}
              words={
                status.keys
                  ? 'every request needs a key'
                  : 'none: whoever reaches this machine’s own address may do everything'
              }
            />
            <Part
              name="Retention"
              good={null}
              words={`events ${days(retention.events)}${retention.eventBytes === null ? '' : ` and at most ${bytes(retention.eventBytes)}`}, quarantine ${days(retention.quarantine)}, statistics ${days(retention.statistics)}`}
            />
          </tbody>
        </table>
        <p className="quiet">
          <a href="/metrics">/metrics</a> is for Prometheus, <a href="/openapi.json">/openapi.json</a>{' '}
          describes the API.
        </p>
      </section>
    </>
  );
}

function days(value: number | null): string {
  return value === null ? 'for ever' : count(value, 'day');
}

/** Loads that feed gold by themselves: how many of them stand still. */
function BreakerPart() {
  const { data } = useOpenPauses();
  const paused = data?.items.length ?? 0;
  return (
    <Part
      name="Circuit breaker"
      good={paused === 0}
      words={
        paused === 0
          ? 'no load that feeds gold is paused'
          : `${count(paused, 'load')} paused, for what they fill is broken`
      }
      {...(paused > 0 && { link: ['/publications', 'Publications'] as const })}
    />
  );
}

interface PartProps {
  readonly name: string;
  /** null: neither good nor bad. */
  readonly good: boolean | null;
  readonly words: string;
  readonly at?: string | null;
  readonly link?: readonly [href: string, word: string];
}

function Part({ name, good, words, at = null, link }: PartProps) {
  return (
    <tr>
      <th scope="row">
        <Name text={name} />
      </th>
      <td>
        {good === null ? (
          <span className="soft">–</span>
        ) : (
          <Mark kind={good ? 'fine' : 'finding'} word={good ? 'Works' : 'Look'} />
        )}
      </td>
      <td>
        <Sentence text={words} />
        {at === null ? null : (
          <span className="soft">
            {' '}
            (the last <Moment at={at} short />)
          </span>
        )}
        {link ? (
          <>
            {' '}
            <Link href={link[0]} data-row="">
              {link[1]}
            </Link>
          </>
        ) : null}
      </td>
    </tr>
  );
}
