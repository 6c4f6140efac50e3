import { useEffect, useState } from 'react';

/** Milliseconds of silence after which what was typed is asked for. */
const PAUSE = 250;

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder: string;
  /** What is asked for now. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A filter that is typed; the page's `/` leads to it. */
export function SearchField({ label, placeholder, value, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const [given, setGiven] = useState(value);
  // Back and forward change what is asked for, too.
  if (given !== value) {
    setGiven(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed.trim() === value) return undefined;
    const timer = setTimeout(() => onChange(typed.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <label>
      <span className="visually-hidden">{label}</span>
      <input
        className="filter"
        type="search"
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={({ key }) => {
          if (key === 'Escape') setTyped('');
        }}
        data-filter=""
      />
    </label>
  );
}
