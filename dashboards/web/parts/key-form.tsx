import { useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { forgetKey, hasKey, keepKey } from '../shell/key.ts';

interface KeyFormProps {
  readonly title: string;
  /** The server's words. */
  readonly reason: string;
}

/** Asks for the key that the server wants. It stays in this tab and goes nowhere but to this server. */
export function KeyForm({ title, reason }: KeyFormProps) {
  const queries = useQueryClient();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get('key');
    const key = typeof text === 'string' ? text.trim() : '';
    if (key === '') forgetKey();
    else keepKey(key);
    void queries.resetQueries();
  };
  return (
    <form className="trouble" onSubmit={submit}>
      <h1>{title}</h1>
      {hasKey() ? <p role="alert">{reason}</p> : null}
      <p>
        <label htmlFor="key">A key with the scope “read”:</label>{' '}
        <input id="key" name="key" type="password" autoComplete="off" spellCheck={false} required />{' '}
        <button type="submit">Use it</button>
      </p>
      <p>
        It is kept in this tab until you close it. <code>assay key new</code> makes one; its hash belongs
        under <code>keys</code> in <code>assay.yaml</code>.
      </p>
    </form>
  );
}
