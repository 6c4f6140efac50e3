import { useEffect, useState } from 'react';
import { absoluteTime, relativeTime } from './words.ts';

interface MomentProps {
  /** ISO 8601. */
  readonly at: string;
  /** Only how long ago. */
  readonly short?: boolean;
}

/** A time: when, with its zone, and how long ago; UTC on hover. */
export function Moment({ at, short = false }: MomentProps) {
  const now = useNow();
  const utc = new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
  return (
    <time dateTime={at} title={utc}>
      {short ? (
        relativeTime(at, now)
      ) : (
        <>
          {absoluteTime(at)} <span className="soft">({relativeTime(at, now)})</span>
        </>
      )}
    </time>
  );
}

/** The time now, renewed twice a minute so that "3 minutes ago" stays true. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
