import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { authorization } from './key.ts';
import { setListening } from './listening.ts';
import { LivePace, type Changed } from './live-pace.ts';
import { isTouched } from './topics.ts';

/** Milliseconds until the stream is asked for again after it broke, doubled each time. */
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;
/** A stream that is silent for so long is dead: the server sends a beat every 15 seconds. */
const SILENCE = 45_000;
/** Reads what is shown again, as far as it is touched, when the collector says that something changed. */
export function useLive(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    const isSeen = (): boolean => document.visibilityState === 'visible';
    const pace = new LivePace((changed) => readAgain(queries, changed), isSeen);
    document.addEventListener('visibilitychange', () => isSeen() && pace.look(), { signal: stop.signal });
    void listen(queries, pace, stop.signal);
    return () => {
      stop.abort();
      pace.stop();
    };
  }, [queries]);
}

function readAgain(queries: QueryClient, changed: Changed): void {
  const touched = queries
    .getQueryCache()
    .findAll({ predicate: ({ queryKey: [path] }) => isTouched(String(path), changed) });
  for (const query of touched) {
    const again = (): void =>
      void queries.invalidateQueries({ predicate: (one) => one === query }, { cancelRefetch: false });
    // What is on its way may have been read before the change. Begun anew, a slow answer would never arrive.
    if (query.state.fetchStatus === 'fetching') query.promise?.then(again, again);
    else again();
  }
}

async function listen(queries: QueryClient, pace: LivePace, stop: AbortSignal): Promise<void> {
  let position = '';
  let wait = FIRST_WAIT;
  while (!stop.aborted) {
    // A page in the background asks when it is looked at again.
    if (document.visibilityState === 'visible' && hasAnswered(queries)) {
      const silence = new AbortController();
      const either = AbortSignal.any([stop, silence.signal]);
      try {
        for await (const message of messages(position, either, () => silence.abort())) {
          wait = FIRST_WAIT;
          position = message.id ?? position;
          setListening(true);
          if (message.event === 'changed') pace.note(topicsIn(message.data));
          if (message.event === 'reset') pace.note(null);
        }
      } catch {
        // Whatever it was: the pages go on looking by themselves, and the stream is tried again.
      }
      setListening(false);
    }
    await pause(wait, stop);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

/** A server that is away or wants a key is not asked for a stream, too. */
function hasAnswered(queries: QueryClient): boolean {
  return queries
    .getQueryCache()
    .getAll()
    .some(({ state }) => state.status === 'success');
}

interface Message {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** The topics that a message names; null when it cannot be read: then anything may have changed. */
function topicsIn(data: string): string[] | null {
  try {
    const { topics } = JSON.parse(data) as { readonly topics?: unknown };
    return typeof topics === 'object' && topics !== null ? Object.keys(topics) : null;
  } catch {
    return null;
  }
}

/** Server-sent events by fetch, which can carry the key. */
async function* messages(from: string, signal: AbortSignal, onSilence: () => void): AsyncGenerator<Message> {
  const response = await fetch('/api/v2/stream', {
    signal,
    headers: {
      accept: 'text/event-stream',
      ...(from !== '' && { 'last-event-id': from }),
      ...authorization(),
    },
  });
  if (!response.ok || !response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let timer = setTimeout(onSilence, SILENCE);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(onSilence, SILENCE);
      const parts = (text + value).split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) yield messageOf(part);
    }
  } finally {
    clearTimeout(timer);
    await reader.cancel().catch(() => undefined);
  }
}

function messageOf(text: string): Message {
  const field = (name: string): string | null =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trimStart() ?? null;
  return { id: field('id'), event: field('event') ?? '', data: field('data') ?? '' };
}

function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
