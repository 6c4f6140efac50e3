import { Link } from 'wouter';

/** An address that leads nowhere. */
export function UnknownPage() {
  return (
    <main className="page">
      <h1>There is no such page</h1>
      <p>
        Everything there is can be reached from the <Link href="/">overview</Link>.
      </p>
    </main>
  );
}
