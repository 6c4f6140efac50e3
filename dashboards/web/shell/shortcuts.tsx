import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { NAVIGATION } from './navigation.ts';
import { isTyping } from './typing.ts';

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ['j', 'next row'],
  ['k', 'previous row'],
  ['Enter', 'open the row'],
  ['/', 'filter what is shown, or search everything'],
  ['Ctrl K', 'search from anywhere'],
  ['t', 'chart or table'],
  ['+ - o', 'in a lineage: more, fewer, begin there'],
  ['a', 'acknowledge the incident'],
  ['s', 'snooze the incident'],
  ['e', 'end the incident'],
  ['?', 'this list'],
  ...NAVIGATION.map(({ key, word }) => [`g ${key}`, word] as const),
];

/** Milliseconds after `g` within which the second key is taken for its page. */
const CHORD_MS = 1500;

/** Keys of the page, and the list of them. They are off while one types, and with Ctrl, Alt or Meta. */
export function Shortcuts() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [, navigate] = useLocation();
  const pressedG = useRef(-Infinity);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
      const inChord = event.timeStamp - pressedG.current < CHORD_MS;
      pressedG.current = event.key === 'g' ? event.timeStamp : -Infinity;
      const page = inChord ? NAVIGATION.find(({ key }) => key === event.key) : undefined;
      if (page) navigate(page.href);
      else if (event.key === 'g') return;
      else if (event.key === 'j') moveRow(1);
      else if (event.key === 'k') moveRow(-1);
      else if (event.key === '/') {
        if (!focusFilter()) navigate('/search');
      } else if (event.key === 't')
        document.querySelector<HTMLElement>('.toggle button[aria-pressed="false"]')?.click();
      else if (event.key === '?') dialog.current?.showModal();
      else return;
      event.preventDefault();
    };
    // Before the page's own keys: the second key of a chord is not one of them.
    document.addEventListener('keydown', onKey, { capture: true });
    return () => document.removeEventListener('keydown', onKey, { capture: true });
  }, [navigate]);
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Keyboard <kbd>?</kbd>
      </button>
      <dialog ref={dialog} aria-labelledby="keys-heading">
        <h2 id="keys-heading">Keyboard</h2>
        <dl>
          {KEYS.map(([key, what]) => (
            <div key={key} className="key">
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </dialog>
    </>
  );
}

/** Moves the focus itself, so that Enter, a screen reader and the eye agree on where one is. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at === -1 ? (step === 1 ? rows[0] : rows.at(-1)) : rows[at + step];
  next?.focus();
}

/** False where the page has none. */
function focusFilter(): boolean {
  const filter = document.querySelector<HTMLInputElement>('[data-filter]');
  filter?.focus();
  filter?.select();
  return filter !== null;
}
