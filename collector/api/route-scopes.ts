import type { Scope } from '#collector/keys/scopes.ts';
import { PAGE_PATHS } from './page-paths.ts';

/**
 * What a key must allow to use a route, where keys are configured. `open`: no key is needed. A route that
 * is missing here takes `admin`, and a test asks for its line.
 */
export const ROUTE_SCOPES: Readonly<Record<string, Scope | 'open'>> = {
  'POST /api/v1/lineage': 'ingest',
  'POST /api/v1/lineage/batch': 'ingest',

  // How far an import of a file has come: kept by whoever imports.
  'GET /api/v2/imports/:id': 'ingest',
  'PUT /api/v2/imports/:id': 'ingest',

  'GET /api/v2/overview': 'read',
  'GET /api/v2/stream': 'read',
  'GET /api/v2/cost': 'read',
  'GET /api/v2/audit': 'read',
  'GET /api/v2/audit/evidence': 'read',
  'GET /api/v2/datasets': 'read',
  'GET /api/v2/datasets/:id': 'read',
  'GET /api/v2/datasets/:id/series': 'read',
  'GET /api/v2/datasets/:id/facets': 'read',
  'GET /api/v2/datasets/:id/versions': 'read',
  'GET /api/v2/datasets/:id/columns': 'read',
  'GET /api/v2/datasets/:id/schemas': 'read',
  'GET /api/v2/datasets/:id/measurements': 'read',
  'GET /api/v2/datasets/:id/statistics': 'read',
  'GET /api/v2/datasets/:id/assertions': 'read',
  'GET /api/v2/datasets/:dataset/check': 'read',
  // It reads the table itself, which costs the warehouse.
  'POST /api/v2/datasets/:dataset/profile': 'gate:request',
  'GET /api/v2/results': 'read',
  'GET /api/v2/jobs': 'read',
  'GET /api/v2/jobs/:id': 'read',
  'GET /api/v2/runs': 'read',
  'GET /api/v2/runs/:id': 'read',
  'GET /api/v2/lineage': 'read',
  'GET /api/v2/lineage/path': 'read',
  'GET /api/v2/lineage/impact': 'read',
  'GET /api/v2/search': 'read',
  'GET /api/v2/status': 'read',
  'GET /api/v2/aliases': 'read',
  'GET /api/v2/aliases/withheld': 'read',
  'GET /api/v2/aliases/why': 'read',
  // Which names are one dataset decides which contract and which history the gate looks at.
  'POST /api/v2/aliases/join': 'admin',
  'POST /api/v2/aliases/split': 'admin',
  'POST /api/v2/aliases/deny': 'admin',
  'POST /api/v2/aliases/clear': 'admin',
  'GET /api/v2/findings': 'read',
  'GET /api/v2/datasets/:dataset/backtest': 'read',
  'GET /api/v2/datasets/:dataset/marks': 'read',
  'POST /api/v2/datasets/:dataset/marks': 'incident',
  'POST /api/v2/datasets/:dataset/marks/:mark/withdrawal': 'incident',
  'GET /api/v2/incidents': 'read',
  'GET /api/v2/incidents/:id': 'read',
  'POST /api/v2/incidents/:id/ack': 'incident',
  'POST /api/v2/incidents/:id/snooze': 'incident',
  'POST /api/v2/incidents/:id/resolve': 'incident',
  'POST /api/v2/incidents/:id/assign': 'incident',
  'POST /api/v2/incidents/:id/notes': 'incident',
  'GET /api/v2/enforcement': 'read',
  'GET /api/v2/doctor': 'read',
  'GET /api/v2/objectives': 'read',
  'GET /api/v2/datasets/:dataset/objectives': 'read',
  'POST /api/v2/datasets/:dataset/progress': 'ingest',

  'POST /api/v2/routes/simulate': 'read',
  'GET /api/v2/alerting': 'read',
  'GET /api/v2/deliveries': 'read',
  'GET /api/v2/silences': 'read',
  'GET /api/v2/silences/:id': 'read',
  'POST /api/v2/silences': 'incident',
  'POST /api/v2/silences/:id/end': 'incident',
  // It takes Slack's signature.
  'POST /api/v2/callbacks/slack': 'open',

  'GET /api/v2/contracts': 'read',
  'GET /api/v2/contracts/:dataset': 'read',
  'GET /api/v2/contracts/errors': 'read',
  'GET /api/v2/datasets/:dataset/contract-suggestion': 'read',
  'POST /api/v2/contracts/lint': 'read',
  'POST /api/v2/contracts/diff': 'read',
  'POST /api/v2/contracts': 'contract',

  'GET /api/v2/gates/:dataset/decision': 'read',
  'GET /api/v2/gates/:dataset/breaker': 'read',
  'GET /api/v2/breaker': 'read',
  'GET /api/v2/gates/evaluations/:id': 'read',
  'GET /api/v2/publications': 'read',
  'GET /api/v2/publications/:id': 'read',
  // With `publish` it takes gate:publish as well.
  'POST /api/v2/gates/:dataset/evaluations': 'gate:request',
  'POST /api/v2/gates/evaluations/:id/waivers': 'gate:request',
  'POST /api/v2/gates/waivers/:id/approve': 'gate:waive',
  'POST /api/v2/gates/evaluations/:id/publish': 'gate:publish',
  'POST /api/v2/gates/:dataset/rollback': 'gate:publish',
  'POST /api/v2/publications': 'gate:publish',
  // Stopping is for whoever sees an incident; letting go again is like a waiver.
  'POST /api/v2/gates/:dataset/freeze': 'incident',
  'POST /api/v2/gates/:dataset/unfreeze': 'gate:waive',
  'GET /api/v2/gates/:dataset/freezes': 'read',
  'GET /api/v2/gates/:dataset/events': 'read',

  'GET /api/v2/quarantine': 'read',
  'GET /api/v2/quarantine/:id': 'read',
  'GET /api/v2/quarantine/:id/bytes': 'read',
  'POST /api/v2/quarantine/:id/discard': 'admin',
  'POST /api/v2/quarantine/:id/replay': 'admin',
  'POST /api/v2/quarantine/replay': 'admin',

  'GET /healthz': 'open',
  'GET /readyz': 'open',
  // From this machine itself it needs no key.
  'GET /metrics': 'read',
  'GET /openapi.json': 'open',
  // The pages: they hold no data, and ask for it with the key that their reader typed.
  'GET /': 'open',
  'GET /*': 'open',
  ...Object.fromEntries(PAGE_PATHS.map((path) => [`GET ${path}`, 'open'] as const)),
};

/** What a route takes, by its method and pattern. HEAD takes what GET does. */
export function scopeOf(method: string, url: string): Scope | 'open' {
  return ROUTE_SCOPES[`${method === 'HEAD' ? 'GET' : method} ${url}`] ?? 'admin';
}
