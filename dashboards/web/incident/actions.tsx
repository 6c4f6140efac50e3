import { useEffect, useId, useState, type FormEvent, type ReactNode } from 'react';
import type { IncidentDetail } from '../../../collector/api/schema/incidents.ts';
import { useAddressState } from '../shell/address-state.ts';
import { isKnown, usePerson } from '../shell/person.ts';
import { askWho, WhoYouAre } from '../shell/who-you-are.tsx';
import { useCommand } from '../shell/write.ts';
import { isTyping } from '../shell/typing.ts';

const HOUR = 3_600_000;
const SNOOZES: readonly (readonly [words: string, hours: number])[] = [
  ['1 hour', 1],
  ['4 hours', 4],
  ['1 day', 24],
  ['3 days', 72],
];
const ENDS = [
  ['fixed', 'It was wrong and is mended'],
  ['expected', 'It was expected: leave these points out of what is normal'],
  ['new_normal', 'It stays so: learn anew from here'],
  ['false_alarm', 'It was no incident'],
] as const;

const ACTS = ['snooze', 'resolve', 'assign', 'note'] as const;
type Act = (typeof ACTS)[number];

/** What one can do about an incident: a acknowledges, s snoozes, e ends. */
export function Actions({ detail: { incident } }: { readonly detail: IncidentDetail }) {
  const path = `/api/v2/incidents/${incident.id}`;
  const command = useCommand();
  const [search] = useAddressState();
  // A key on the list leads here with what is to be done.
  const [open, setOpen] = useState<Act | null>(ACTS.find((act) => act === search.get('act')) ?? null);
  const over = incident.state === 'resolved' || incident.state === 'merged';
  const person = usePerson();
  const send = (act: string, body: Readonly<Record<string, unknown>>): void => {
    // Only what was sent: another form may have been opened until the answer is there.
    const close = (): void => setOpen((now) => (now === open ? null : now));
    if (isKnown(person)) command.mutate({ path: `${path}/${act}`, body }, { onSuccess: close });
    else askWho();
  };
  const acknowledge = (): void => send('ack', {});

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (over || isTyping(event.target) || document.querySelector('dialog[open]')) return;
      if (event.key === 'a') acknowledge();
      else if (event.key === 's') setOpen('snooze');
      else if (event.key === 'e') setOpen('resolve');
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });

  return (
    <section className="block" aria-labelledby="actions">
      <div className="block-head">
        <h2 id="actions">What you can do</h2>
        <div className="tools">
          {over ? null : (
            <>
              <button type="button" disabled={command.isPending} onClick={acknowledge}>
                Acknowledge <kbd>a</kbd>
              </button>
              <button type="button" aria-expanded={open === 'snooze'} onClick={() => setOpen('snooze')}>
                Snooze <kbd>s</kbd>
              </button>
              <button type="button" aria-expanded={open === 'resolve'} onClick={() => setOpen('resolve')}>
                End <kbd>e</kbd>
              </button>
            </>
          )}
          <button type="button" aria-expanded={open === 'assign'} onClick={() => setOpen('assign')}>
            Assign
          </button>
          <button type="button" aria-expanded={open === 'note'} onClick={() => setOpen('note')}>
            Add a note
          </button>
        </div>
      </div>
      <div className="block-body">
        <WhoYouAre />
      </div>
      <div className="block-body" role="status">
        {command.error ? <p className="refusal">{command.error.message}</p> : null}
        {command.isPending ? 'Sending…' : null}
        {over ? `It is over: ${incident.resolution ?? 'it belongs to another'}.` : null}
      </div>
      {open === 'snooze' ? (
        <Form
          label="Snooze"
          onCancel={() => setOpen(null)}
          onSend={(form) =>
            send('snooze', { until: new Date(Date.now() + Number(form.get('hours')) * HOUR).toISOString() })
          }
        >
          <label>
            Let it rest for{' '}
            <select name="hours" autoFocus>
              {SNOOZES.map(([words, hours]) => (
                <option key={hours} value={hours}>
                  {words}
                </option>
              ))}
            </select>
          </label>
        </Form>
      ) : null}
      {open === 'resolve' ? (
        <Form
          label="End it"
          onCancel={() => setOpen(null)}
          onSend={(form) => send('resolve', { how: form.get('how'), reason: form.get('reason') })}
        >
          <label>
            How{' '}
            <select name="how" autoFocus>
              {ENDS.map(([how, words]) => (
                <option key={how} value={how}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          <label>
            Why <input name="reason" required maxLength={2000} autoComplete="off" />
          </label>
        </Form>
      ) : null}
      {open === 'assign' ? (
        <Form
          label="Assign"
          onCancel={() => setOpen(null)}
          onSend={(form) => send('assign', { assignee: form.get('assignee') || null })}
        >
          <label>
            To whom{' '}
            <input
              name="assignee"
              defaultValue={incident.assignee ?? ''}
              maxLength={2000}
              autoComplete="off"
              autoFocus
            />
          </label>
        </Form>
      ) : null}
      {open === 'note' ? (
        <Form
          label="Keep the note"
          onCancel={() => setOpen(null)}
          onSend={(form) => send('notes', { text: form.get('text') })}
        >
          <label>
            Note <input name="text" required maxLength={2000} autoComplete="off" autoFocus />
          </label>
        </Form>
      ) : null}
    </section>
  );
}

interface FormProps {
  readonly label: string;
  readonly onSend: (form: FormData) => void;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

function Form({ label, onSend, onCancel, children }: FormProps) {
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onSend(new FormData(event.currentTarget));
  };
  return (
    <form
      className="act"
      id={id}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      {children}
      <button type="submit">{label}</button>
      <button type="button" className="plain" onClick={onCancel}>
        Leave it
      </button>
    </form>
  );
}
