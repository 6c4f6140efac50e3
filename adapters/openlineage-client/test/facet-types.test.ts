import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { noShared } from '../../../test/support/shared-data.ts';
import type { Probe } from './facet-probes.ts';
import { facetProbes, PROBE_PRELUDE } from './facet-probes.ts';
import { temporaryFolder } from './fixtures.ts';
import type { SchemaFile } from './spec.ts';
import { coreSchema, facetSchemas } from './spec.ts';

const skip = noShared();
const HERE = dirname(fileURLToPath(import.meta.url));

/** The facets of a schema file: every definition that builds on a facet of the core schema. */
function facetsOf({ $defs }: SchemaFile): readonly { readonly name: string; readonly base: string }[] {
  return Object.entries($defs).flatMap(([name, definition]) => {
    const base = /OpenLineage\.json#\/\$defs\/(\w+Facet)"/.exec(
      JSON.stringify((definition as { allOf?: unknown }).allOf ?? ''),
    )?.[1];
    return base === undefined ? [] : [{ name, base }];
  });
}

/** Where the facets of a kind are listed by key. */
const LISTS: Readonly<Record<string, string>> = {
  RunFacet: 'StandardRunFacets',
  JobFacet: 'StandardJobFacets',
  DatasetFacet: 'StandardDatasetFacets',
  InputDatasetFacet: 'StandardInputDatasetFacets',
  OutputDatasetFacet: 'StandardOutputDatasetFacets',
};

function probesOf(file: SchemaFile): readonly Probe[] {
  const [key = ''] = Object.keys(file.properties ?? {});
  return facetsOf(file).flatMap(({ name, base }) => [
    {
      what: `${LISTS[base] ?? base}.${key}`,
      type: `Same<NonNullable<client.${LISTS[base] ?? base}['${key}']>, client.${name}>`,
    },
    ...facetProbes(file, coreSchema(), name, `client.${name}`),
  ]);
}

/** Asks the compiler; gives what it said no to. */
function denied(t: TestContext, probes: readonly Probe[]): readonly string[] {
  const folder = temporaryFolder(t);
  const file = join(folder, 'probes.ts');
  const head = `import type * as client from '${join(HERE, '../src/index.ts')}';${PROBE_PRELUDE}`;
  const first = head.split('\n').length;
  writeFileSync(file, [head, ...probes.map(({ type }, n) => `export type P${n} = Is<${type}>;`)].join('\n'));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(HERE, '../../../tsconfig.base.json'),
      compilerOptions: {
        typeRoots: [join(HERE, '../../../node_modules/@types')],
        noPropertyAccessFromIndexSignature: false,
      },
      files: [file],
    }),
  );
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const run = spawnSync(process.execPath, [join(typescript, 'bin/tsc'), '-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
    cwd: folder,
  });
  const complaints = run.stdout.split('\n').filter((line) => /error TS/.test(line));
  return complaints.map((line) => {
    const at = /^probes\.ts\((\d+),/.exec(line)?.[1];
    return (at === undefined ? undefined : probes[Number(at) - first - 1]?.what) ?? line;
  });
}

suite('facet types', { skip }, () => {
  test('every facet and the run event have exactly the members of its official schema, with the required ones required', (t) => {
    const core = coreSchema();
    const probes = [
      ...facetSchemas().flatMap((file) => probesOf(file)),
      ...facetProbes(core, core, 'RunEvent', 'client.RunEvent'),
    ];
    assert.ok(probes.length > 500, `there are only ${probes.length} questions`);
    assert.deepEqual([...new Set(denied(t, probes))], []);
  });

  test('a member, a required member, a kind or a facet more in the schema is noticed', (t) => {
    const parent = facetSchemas().find(({ file }) => file.endsWith('/ParentRunFacet.json'));
    const text = JSON.stringify(parent)
      .replace('"runId":', '"attempt":{"type":"integer"},"runId":')
      .replace('"required":["namespace","name"]', '"required":["namespace","name","facets"]');
    const statistics = facetSchemas().find(({ file }) =>
      file.endsWith('/OutputStatisticsOutputDatasetFacet.json'),
    );
    const counted = JSON.stringify(statistics).replace('"integer"', '"string"');
    const probes = [text, counted].flatMap((changed) => probesOf(JSON.parse(changed) as SchemaFile));
    const found = denied(t, [...probes, { what: 'NewRunFacet', type: 'Same<client.NewRunFacet, 1>' }]);
    assert.ok(
      found.some((what) => /^ParentRunFacet\S*\.run: members$/.test(what)),
      found.join('; '),
    );
    assert.ok(
      found.some((what) => /^ParentRunFacet\S*job: required members$/.test(what)),
      found.join('; '),
    );
    assert.ok(found.includes('OutputStatisticsOutputDatasetFacet.rowCount: kind'), found.join('; '));
    assert.ok(found.includes('NewRunFacet'));
  });
});
