import { useEffect, useState } from 'react';
import { absoluteTime, relativeTime } from './words.ts';

/** A time: how long ago and when, with its zone; UTC on hover. */
export function Moment({ at, short = false }: { readonly at: string; readonly short?: boolean }) {
  const now = useMinute();
  return (
    <time
      dateTime={at}
      title={new Date(at)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' UTC')}
    >
      {relativeTime(at, now)}
      {short ? null : <span className="soft"> ({absoluteTime(at)})</span>}
    </time>
  );
}

/** The time now, renewed twice a minute so that "3 minutes ago" stays true. */
function useMinute(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
