import { Link } from 'wouter';
import type { ServiceStatus } from '../../../collector/api/schema/service-status.ts';
import { Page } from './page.tsx';
import { useResource } from './read.ts';

/** An address that leads nowhere. */
export function UnknownPage() {
  // Asked so that the head of the page can say how the server does.
  useResource<ServiceStatus>('/api/v2/status');
  return (
    <Page title="No such page" heading="There is no such page">
      <p>
        Everything there is can be reached from <Link href="/">the first page</Link>.
      </p>
    </Page>
  );
}
