/** One page of the navigation; each answers one question. */
export interface NavigationItem {
  readonly href: string;
  readonly word: string;
  /** Pages below it, by the beginning of their address. */
  readonly below: readonly string[];
  /** Pressed after `g`. */
  readonly key: string;
}

export const NAVIGATION: readonly NavigationItem[] = [
  { href: '/', word: 'Triage', below: ['/incidents'], key: 't' },
  { href: '/search', word: 'Search', below: ['/datasets', '/lineage'], key: 's' },
  { href: '/publications', word: 'Publications', below: ['/publications'], key: 'p' },
  { href: '/contracts', word: 'Contracts', below: ['/contracts'], key: 'c' },
  { href: '/objectives', word: 'Objectives', below: ['/objectives'], key: 'o' },
  { href: '/cost', word: 'Cost', below: ['/cost'], key: 'k' },
  { href: '/runs', word: 'Runs', below: ['/runs', '/jobs'], key: 'r' },
  { href: '/quarantine', word: 'Quarantine', below: ['/quarantine'], key: 'q' },
  { href: '/routes', word: 'Routes', below: ['/routes'], key: 'a' },
  { href: '/settings', word: 'Health', below: ['/settings'], key: 'h' },
];

/** Whether this is the page, or one below it. */
export function isWithin({ href, below }: NavigationItem, path: string): boolean {
  return path === href || below.some((one) => path === one || path.startsWith(`${one}/`));
}
