import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { Mark } from '../parts/mark.tsx';
import { isWithin, NAVIGATION } from './navigation.ts';
import { PaletteKey } from './palette-key.tsx';
import { ReadError } from './read.ts';
import { useHealth } from './health.ts';

/** What this server is, where one can go, and its health in a word. */
export function Masthead() {
  const [path] = useLocation();
  const [isOpen, setOpen] = useState(false);
  return (
    <header className="masthead">
      <div className="masthead-inner">
        <Link href="/" className="brand">
          <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true" focusable="false">
            <path d="M16 1.5 29 9v14l-13 7.5L3 23V9z" fill="#9a7209" />
            <path
              d="m9.5 16.5 4.5 4.5 8.5-10"
              fill="none"
              stroke="#fff"
              strokeWidth="3.4"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
          Assay
        </Link>
        <button
          type="button"
          className="menu"
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => setOpen(!isOpen)}
        >
          Menu
        </button>
        <nav id="navigation" aria-label="Pages" className={isOpen ? 'open' : undefined}>
          <ul>
            {NAVIGATION.map((item) => (
              <li key={item.href}>
                <Link
                  href={item.href}
                  aria-current={isWithin(item, path) ? 'page' : undefined}
                  onClick={() => setOpen(false)}
                >
                  {item.word}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <PaletteKey />
        <span className="health" role="status">
          <span className="visually-hidden">This server: </span>
          <Health />
        </span>
      </div>
    </header>
  );
}

function Health() {
  const { error, answered } = useHealth();
  if (error instanceof ReadError && error.wantsKey) return <Mark kind="unknown" word="Locked" />;
  if (error instanceof ReadError && error.status !== null) return <Mark kind="failed" word="In trouble" />;
  if (error) return <Mark kind="failed" word="Not answering" />;
  return answered ? <Mark kind="fine" word="Healthy" /> : <Mark kind="unknown" word="Asking" />;
}
