import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react';

// With its library in a file of its own, fetched when somebody first asks for it.
const Palette = lazy(() => import('../search/palette.tsx'));

/** Opens the search from anywhere: by Ctrl K, ⌘ K, or its button. */
export function PaletteKey() {
  const [isOpen, setOpen] = useState(false);
  const early = useRef('');
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
      if (key.toLowerCase() !== 'k' || !(ctrlKey || metaKey) || altKey || shiftKey) return;
      event.preventDefault();
      setOpen((before) => !before && document.querySelector('dialog[open]') === null);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const close = (): void => {
    early.current = '';
    setOpen(false);
  };
  return (
    <>
      <button type="button" className="palette-button" onClick={() => setOpen(true)}>
        Find <kbd>Ctrl K</kbd>
      </button>
      {isOpen ? (
        <Suspense fallback={<Opening typed={early} onClose={close} />}>
          <Palette typedEarly={early} onClose={close} />
        </Suspense>
      ) : null}
    </>
  );
}

interface OpeningProps {
  /** Holds what is typed before the palette is there. */
  readonly typed: { current: string };
  readonly onClose: () => void;
}

/** In the palette's place while its file is fetched: who types at once types into it, and not into the page. */
function Opening({ typed, onClose }: OpeningProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-label="Search from anywhere" onCancel={onClose}>
      <input
        type="text"
        aria-label="Search from anywhere"
        autoFocus
        onChange={({ target }) => {
          typed.current = target.value;
        }}
      />
    </dialog>
  );
}
