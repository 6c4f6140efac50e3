import type { LocatedMap } from '../located.ts';
import type { Report } from './check-shape.ts';

/** Warns of keys that ODCS 3.1 still takes but will not for ever. */
export function deprecations(root: LocatedMap, warn: Report): void {
  const product = root.entries.get('dataProduct');
  if (product !== undefined)
    warn(
      product.at,
      'dataProduct is deprecated since ODCS 3.1',
      'Describe the product in a file of its own (ODPS).',
    );
  const element = root.entries.get('slaDefaultElement');
  if (element !== undefined)
    warn(
      element.at,
      'slaDefaultElement is deprecated since ODCS 3.1',
      'Write element: at each service level.',
    );
  const team = root.entries.get('team');
  if (team?.value.kind === 'list')
    warn(team.at, 'A team as a list is deprecated since ODCS 3.1', 'Write team: {name: …, members: […]}.');
}
