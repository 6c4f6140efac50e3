import { useSyncExternalStore } from 'react';
import { hasKey } from './key.ts';

/** Where this browser keeps the name of whoever uses it. */
const PLACE = 'assay-person';
const listeners = new Set<() => void>();

export interface Person {
  /** null: nobody said; then nothing can be done in somebody's name. */
  readonly name: string | null;
  /** The key says who acts, whatever name stands here. */
  readonly isKnownByKey: boolean;
}

/** Who acts on this page. */
export function usePerson(): Person {
  const name = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => localStorage.getItem(PLACE),
  );
  return { name, isKnownByKey: hasKey() };
}

/** Whether something can be done in this person's name. */
export const isKnown = ({ name, isKnownByKey }: Person): boolean => isKnownByKey || name !== null;

export function keepPerson(name: string): void {
  const trimmed = name.trim();
  if (trimmed === '') localStorage.removeItem(PLACE);
  else localStorage.setItem(PLACE, trimmed);
  listeners.forEach((listener) => listener());
}
