import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { scratchFolder } from '#test/support/assay-process.ts';
import { ROOT } from '#test/support/documents.ts';
import { usedTelemetry } from './real-metrics.ts';

const DASHBOARDS = join(ROOT, 'dashboards/grafana');
const RULES = join(ROOT, 'dashboards/prometheus/assay-alerts.yml');
/** What Prometheus itself adds to whatever it scrapes, and what a histogram's buckets have. */
const ADDED = ['instance', 'job', 'le'];

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string; readonly legendFormat?: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
}

const files = readdirSync(DASHBOARDS).filter((name) => name.endsWith('.json'));
const dashboards = files.map((name) => JSON.parse(readFileSync(join(DASHBOARDS, name), 'utf8')) as Dashboard);
const panels = dashboards.flatMap(({ title, panels: own }) => own.map((panel) => ({ in: title, ...panel })));

/** Types and labels by metric of all that a used Assay tells. */
async function realMetrics(
  t: TestContext,
): Promise<Map<string, { readonly type: string; readonly labels: readonly string[] }>> {
  const { registry } = await usedTelemetry(t);
  const exposed = await registry.metrics();
  const known = new Map<string, { type: string; labels: readonly string[] }>();
  for (const [, name = '', type = ''] of exposed.matchAll(/^# TYPE (\w+) (\w+)$/gm)) {
    const metric = registry.getSingleMetric(name) as { labelNames?: readonly string[] } | undefined;
    const told = [...exposed.matchAll(new RegExp(`^${name}(?:_bucket)?\\{([^}]*)\\}`, 'gm'))].flatMap(
      ([, labels = '']) => [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label),
    );
    known.set(name, { type, labels: [...(metric?.labelNames ?? []), ...told] });
  }
  return known;
}

test('the three dashboards are whole: ids, places on the grid, words for each panel', () => {
  assert.deepEqual(dashboards.map(({ uid }) => uid).toSorted(), [
    'assay-data-health',
    'assay-gates',
    'assay-service-health',
  ]);
  for (const { uid, title, templating, panels: own } of dashboards) {
    assert.equal(new Set(own.map(({ id }) => id)).size, own.length, title);
    const [source] = templating.list;
    assert.deepEqual([source?.name, source?.type], ['source', 'datasource'], uid);
    for (const panel of own) {
      assert.ok(panel.title !== '' && panel.description !== '', `${title}: ${panel.id}`);
      assert.equal(panel.datasource.uid, '${source}');
      assert.ok(panel.targets.length > 0, panel.title);
      const { x, y, w, h } = panel.gridPos;
      assert.ok(x >= 0 && x + w <= 24, panel.title);
      for (const other of own) {
        if (other.id <= panel.id) continue;
        const at = other.gridPos;
        const apart = at.x >= x + w || x >= at.x + at.w || at.y >= y + h || y >= at.y + at.h;
        assert.ok(apart, `${title}: ${panel.title} and ${other.title} overlap`);
      }
    }
  }
});

describe('what dashboards and rules ask for', () => {
  test('are metrics that a running Assay has, with labels that these have', async (t) => {
    const known = await realMetrics(t);
    const baseOf = (name: string): string => {
      const base = name.replace(/_(?:bucket|sum|count)$/, '');
      return known.get(base)?.type === 'histogram' ? base : name;
    };
    const asked = [
      ...panels.flatMap((panel) =>
        panel.targets.map(({ expr, legendFormat = '' }) => ({
          where: `${panel.in}: ${panel.title}`,
          expr,
          shown: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label),
        })),
      ),
      ...rulesOf(readFileSync(RULES, 'utf8')).map(({ alert, expr }) => ({ where: alert, expr, shown: [] })),
    ];
    assert.ok(asked.length > 40);
    for (const { where, expr, shown } of asked) {
      const names = [...new Set([...expr.matchAll(/\bassay_\w+/g)].map(([name]) => baseOf(name)))];
      assert.ok(names.length > 0, where);
      const labels = new Set<string>(ADDED);
      for (const name of names) {
        const metric = known.get(name);
        assert.ok(metric, `${where}: there is no metric ${name}`);
        for (const label of metric.labels) labels.add(label);
      }
      const by = [...expr.matchAll(/\b(?:by|without|on) \(([^)]*)\)/g)].flatMap(([, list = '']) =>
        list.split(',').map((label) => label.trim()),
      );
      const selected = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label);
      for (const label of [...by, ...selected]) assert.ok(labels.has(label), `${where}: ${label}`);
      // A legend can show only what the expression keeps.
      if (by.length > 0)
        for (const label of shown) assert.ok(by.includes(label), `${where}: legend ${label}`);
    }
  });

  test('is PromQL, says promtool', { skip: missingPromtool() }, (t) => {
    const folder = scratchFolder(t);
    // Grafana fills in the interval; everything else is Prometheus' own.
    const rules = panels.flatMap((panel) =>
      panel.targets.map(({ expr }) => ({
        alert: `${panel.in} ${panel.title}`,
        expr: expr.replaceAll('$__rate_interval', '5m'),
      })),
    );
    const file = join(folder, 'dashboards.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboards', rules }] }));
    for (const path of [file, RULES]) {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', path], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, `${stdout}${stderr}`);
    }
  });

  test('has its brackets and quotes in pairs', () => {
    const expressions = [
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      ...rulesOf(readFileSync(RULES, 'utf8')).map(({ expr }) => expr),
    ];
    for (const expr of expressions) {
      const open: string[] = [];
      for (const sign of expr.replaceAll(/"[^"]*"/g, '')) {
        const closes = { ')': '(', '}': '{', ']': '[' }[sign];
        if ('({['.includes(sign)) open.push(sign);
        else if (closes !== undefined) assert.equal(open.pop(), closes, expr);
        else assert.notEqual(sign, '"', expr);
      }
      assert.deepEqual(open, [], expr);
    }
  });
});

function rulesOf(text: string): readonly { readonly alert: string; readonly expr: string }[] {
  const { groups } = parse(text) as { groups: { rules: { alert: string; expr: string }[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

function missingPromtool(): string | false {
  return spawnSync('promtool', ['--version']).status === 0
    ? false
    : 'needs promtool (apt-get install prometheus)';
}
