import { Link } from 'wouter';
import type { Overview } from '../../collector/api/schema/overview.ts';
import { Mark } from './mark.tsx';
import { ReadError } from './read.ts';

interface MastheadProps {
  readonly overview: Overview | undefined;
  /** Why the last look gave no data, or null. */
  readonly error: Error | null;
}

/** What this server is, and its health in a word. */
export function Masthead({ overview, error }: MastheadProps) {
  return (
    <header className="masthead">
      <div className="masthead-inner">
        <Link href="/" className="brand">
          <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true" focusable="false">
            <path d="M16 1.5 29 9v14l-13 7.5L3 23V9z" fill="#9a7209" />
            <path
              d="m9.5 16.5 4.5 4.5 8.5-10"
              fill="none"
              stroke="#fff"
              strokeWidth="3.4"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
          Assay
        </Link>
        <span className="what">tests what your pipelines publish; only tested partitions become gold</span>
        <span className="health" role="status">
          <span className="visually-hidden">This server: </span>
          <Health overview={overview} error={error} />
        </span>
      </div>
    </header>
  );
}

function Health({ overview, error }: MastheadProps) {
  if (error instanceof ReadError && error.wantsKey) return <Mark kind="unknown" word="Asks for a key" />;
  if (error instanceof ReadError && error.status !== null) return <Mark kind="failed" word="In trouble" />;
  if (error) return <Mark kind="failed" word="Not answering" />;
  return overview ? <Mark kind="fine" word="Healthy" /> : <Mark kind="unknown" word="Asking" />;
}
