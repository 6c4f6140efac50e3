import { topicsOf } from './topics.ts';

/** How often a page looks again, in milliseconds, while nobody tells it what changed. */
const EVERY_MS = 10_000;
/** And while the collector does: only to be sure. */
const TO_BE_SURE_MS = 60_000;

let listening = false;

/** Whether the collector says now what changes. */
export function setListening(value: boolean): void {
  listening = value;
}

/** Milliseconds until a path of the API is read again though nothing told that it changed. */
export function pollEvery(path: string): number {
  return listening && topicsOf(path)?.length !== 0 ? TO_BE_SURE_MS : EVERY_MS;
}
