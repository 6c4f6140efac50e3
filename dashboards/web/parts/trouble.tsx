import { KeyForm } from './key-form.tsx';
import { ReadError } from '../shell/read.ts';
import { clockTime } from './words.ts';

interface TroubleProps {
  readonly error: Error;
  /** When what is still shown was read, in milliseconds; null when there is nothing to show. */
  readonly shownSince: number | null;
}

/** What is wrong with the server, and what to do; asks for a key when one is needed. What was read before stays on the page, with its time. */
export function Trouble({ error, shownSince }: TroubleProps) {
  const title = error instanceof ReadError ? error.title : 'The page could not read the data';
  const status = error instanceof ReadError ? error.status : null;
  if (error instanceof ReadError && error.wantsKey) return <KeyForm title={title} reason={error.message} />;
  return (
    <div className="trouble" role="alert">
      {shownSince === null ? <h1>{title}</h1> : <h2>{title}</h2>}
      <p>{error.message}</p>
      <ul>
        {status === null ? (
          <li>
            Is the process running? Start it with <code>npm start</code>; its log says why it ended.
          </li>
        ) : (
          <li>
            <code>curl -i {location.origin}/readyz</code> says whether the server reaches its store.
          </li>
        )}
        <li>
          <code>npm run assay -- doctor</code> looks at the configuration, the store and the rights, and names
          the mend.
        </li>
      </ul>
      <p>
        {shownSince === null
          ? 'This page tries again by itself.'
          : `Shown below is what was read at ${clockTime(shownSince)}; this page tries again by itself.`}
      </p>
    </div>
  );
}
