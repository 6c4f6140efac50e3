import { Link } from 'wouter';
import { Page } from './page.tsx';

/** An address that leads nowhere. */
export function UnknownPage() {
  return (
    <Page title="No such page" heading="There is no such page">
      <p>
        Everything there is can be reached from <Link href="/">the first page</Link>.
      </p>
    </Page>
  );
}
