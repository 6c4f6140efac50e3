import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { readAlerting } from '#collector/alerting-config.ts';
import { openAlerting } from '#collector/open-alerting.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { NO_INCIDENTS } from '#alerting/no-incidents.ts';
import { testDatabase } from '#test/support/database.ts';
import { usedTelemetry } from './real-metrics.ts';

const FILE = join(import.meta.dirname, '../../dashboards/prometheus/assay-alerts.yml');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

test('the rules that watch Assay name only metrics and labels that it has', async (t) => {
  const telemetry = await usedTelemetry(t);
  const exposed = await telemetry.registry.metrics();
  const { groups } = parse(readFileSync(FILE, 'utf8')) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  assert.ok(rules.length >= 8);
  assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
  for (const { alert, expr, labels, annotations } of rules) {
    const names = [...expr.matchAll(/\bassay_\w+/g)].map(([name]) => name);
    assert.ok(names.length > 0, alert);
    for (const name of names) assert.match(exposed, new RegExp(`^# TYPE ${name} `, 'm'), `${alert}: ${name}`);
    for (const [, name = '', selected = ''] of expr.matchAll(/\b(assay_\w+)\{([^}]*)\}/g))
      for (const [, label = '', value = ''] of selected.matchAll(/(\w+)="([^"]*)"/g))
        assert.match(
          exposed,
          new RegExp(`^${name}\\{[^}]*${label}="${value}"`, 'm'),
          `${alert}: ${label}="${value}"`,
        );
    const [, by] = /\bby \((\w+)\)/.exec(expr) ?? [];
    if (by !== undefined)
      assert.match(exposed, new RegExp(`^${names[0]}\\{[^}]*${by}="`, 'm'), `${alert}: by ${by}`);
    assert.ok(['critical', 'warning'].includes(labels.severity));
    for (const [, label] of annotations.summary.matchAll(/\$labels\.(\w+)/g)) assert.equal(label, by, alert);
  }
});

test('a store that is away does not keep the process from telling of itself', async (t) => {
  const database = await testDatabase(t);
  const telemetry = createTelemetry({ level: 'silent', pretty: false });
  const { config } = readAlerting(
    { channels: { hook: { kind: 'webhook', url: 'https://example.com' } }, default: { to: ['hook'] } },
    '.',
  );
  assert.ok(config);
  const gone = { ...database, rows: async () => Promise.reject(new Error('gone')) };
  openAlerting({ config, database: gone, source: NO_INCIDENTS, now: () => new Date(), telemetry });
  assert.match(
    await telemetry.registry.metrics(),
    /assay_alert_deliveries_total\{channel="hook",outcome="delivered"\} 0/,
  );
});
