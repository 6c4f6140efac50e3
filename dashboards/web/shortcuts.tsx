import { useEffect, useRef } from 'react';

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ['j', 'next row'],
  ['k', 'previous row'],
  ['Enter', 'open the row: its chart and its partitions'],
  ['/', 'filter datasets'],
  ['t', 'chart or table'],
  ['?', 'this list'],
];

/** Keys of the page, and the list of them. They are off while one types, and with Ctrl, Alt or Meta. */
export function Shortcuts() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (isTyping(event.target) || dialog.current?.open) return;
      if (event.key === 'j') moveRow(1);
      else if (event.key === 'k') moveRow(-1);
      else if (event.key === '/') focusFilter();
      else if (event.key === 't')
        document.querySelector<HTMLElement>('.toggle button[aria-pressed="false"]')?.click();
      else if (event.key === '?') dialog.current?.showModal();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
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

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
  );
}

/** Moves the focus itself, so that Enter, a screen reader and the eye agree on where one is. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at === -1 ? (step === 1 ? rows[0] : rows.at(-1)) : rows[at + step];
  next?.focus();
}

function focusFilter(): void {
  const filter = document.querySelector<HTMLInputElement>('[data-filter]');
  filter?.focus();
  filter?.select();
}
