import type { FormEvent } from 'react';
import { keepPerson, usePerson } from './person.ts';

/** Asks for the name that acts are kept under; nothing where a key says it. */
export function WhoYouAre() {
  const { name, isKnownByKey } = usePerson();
  if (isKnownByKey) return null;
  if (name !== null)
    return (
      <p className="who">
        You are {name}.{' '}
        <button type="button" className="plain" onClick={() => keepPerson('')}>
          Somebody else
        </button>
      </p>
    );
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get('person');
    keepPerson(typeof given === 'string' ? given : '');
  };
  return (
    <form className="who" onSubmit={submit}>
      <label>
        Who are you? <input name="person" required maxLength={200} autoComplete="name" data-person="" />
      </label>{' '}
      <button type="submit">That is me</button>{' '}
      <span className="soft">What you do is kept under this name; the browser remembers it.</span>
    </form>
  );
}

/** Puts the cursor where the name is asked for. */
export function askWho(): void {
  document.querySelector<HTMLInputElement>('[data-person]')?.focus();
}
