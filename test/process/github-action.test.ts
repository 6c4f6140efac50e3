import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse, parseDocument } from 'yaml';
import { scratchFolder } from '#test/support/assay-process.ts';
import { SHORT } from '#test/rules/diff/support.ts';

const ACTION = join(import.meta.dirname, '../../adapters/github');

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly shell: string;
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const TEXT = readFileSync(join(ACTION, 'action.yml'), 'utf8');
const action = parse(TEXT) as Action;

test('the action is one that GitHub takes', () => {
  const document = parseDocument(TEXT);
  assert.deepEqual([document.errors, document.warnings], [[], []]);
  assert.deepEqual(Object.keys(action).toSorted(), ['description', 'inputs', 'name', 'outputs', 'runs']);
  assert.equal(action.runs.using, 'composite');
  for (const [name, input] of Object.entries(action.inputs)) {
    assert.match(name, /^[a-z][a-z-]*$/);
    assert.match(input.description, /\.$/);
    assert.equal(typeof input.default, 'string', `${name}: GitHub hands on texts only`);
  }
  const ids = action.runs.steps.map(({ id }) => id);
  for (const { value } of Object.values(action.outputs)) {
    const [, id = ''] = /^\$\{\{ steps\.([a-z]+)\.outputs\.[a-z]+ \}\}$/.exec(value) ?? [];
    assert.ok(ids.includes(id), value);
  }
  for (const step of action.runs.steps) {
    assert.equal(step.shell, 'bash', `${step.name}: a composite step must name its shell`);
    assert.ok(
      !step.run.includes('${{'),
      `${step.name}: an expression in a script is a way to inject commands`,
    );
    const [, script = ''] = /"\$GITHUB_ACTION_PATH\/([a-z-]+\.sh)"/.exec(step.run) ?? [];
    assert.ok(existsSync(join(ACTION, script)), step.run);
    execFileSync('bash', ['-n', join(ACTION, script)]);
  }
});

test('every input reaches the script, and every input of the script is declared', () => {
  const env = Object.assign({}, ...action.runs.steps.map((step) => step.env ?? {})) as Record<string, string>;
  const used = Object.values(env).map((value) => /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(value)?.[1] ?? value);
  assert.deepEqual(used.toSorted(), Object.keys(action.inputs).toSorted());
  const script = readFileSync(join(ACTION, 'compare-contracts.sh'), 'utf8');
  // The key is read by the command itself.
  for (const name of Object.keys(env))
    if (name !== 'ASSAY_KEY') assert.ok(script.includes(`\${${name}:-`), name);
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly output: string;
  readonly summary: string;
}

class Repository {
  readonly folder: string;

  constructor(t: TestContext) {
    this.folder = scratchFolder(t);
    this.git('init', '-q', '-b', 'main');
    this.commit({
      'contracts/orders.yaml': SHORT,
      'contracts/eu/other.yaml': SHORT.replaceAll('orders', 'others'),
      'README.md': '#',
    });
    this.git('checkout', '-q', '-b', 'change');
  }

  git(...args: string[]): string {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...identity, ...args], { cwd: this.folder, encoding: 'utf8' }).trim();
  }

  /** @param files their texts; null deletes one. */
  commit(files: Readonly<Record<string, string | null>>): void {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.folder, name);
      mkdirSync(join(path, '..'), { recursive: true });
      if (text === null) rmSync(path);
      else writeFileSync(path, text);
    }
    this.git('add', '-A');
    this.git('commit', '-q', '-m', 'x');
  }

  /** Runs the steps of the action as the runner does. */
  run(inputs: Readonly<Record<string, string>>): Ran {
    const [output, summary] = [join(this.folder, '../output'), join(this.folder, '../summary')].map(
      (path) => `${path}-${process.pid}`,
    ) as [string, string];
    for (const path of [output, summary]) writeFileSync(path, '');
    let last: { status: number | null; stdout: string; stderr: string } = {
      status: null,
      stdout: '',
      stderr: '',
    };
    for (const step of action.runs.steps) {
      const env = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, value]) => {
          const input = /inputs\.([a-z-]+)/.exec(value)?.[1] ?? '';
          return [name, inputs[input] ?? action.inputs[input]?.default ?? ''];
        }),
      );
      last = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
        cwd: this.folder,
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          HOME: this.folder,
          GITHUB_ACTIONS: 'true',
          GITHUB_ACTION_PATH: ACTION,
          GITHUB_WORKSPACE: this.folder,
          GITHUB_OUTPUT: output,
          GITHUB_STEP_SUMMARY: summary,
          ...env,
        },
      });
      if (last.status !== 0) break;
    }
    const read = (path: string): string => readFileSync(path, 'utf8');
    const ran = {
      code: last.status,
      stdout: last.stdout,
      stderr: last.stderr,
      output: read(output),
      summary: read(summary),
    };
    for (const path of [output, summary]) rmSync(path);
    return ran;
  }
}

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

test('a breaking change fails, with annotations on the right lines', (t) => {
  const repository = new Repository(t);
  const after = SHORT.replace('decimal(12,2)', 'decimal(10,2)').replace('sla: 4 hours', 'sla: 9 hours');
  repository.commit({ 'contracts/orders.yaml': after });
  const { code, stdout, output, summary } = repository.run({ base: 'main' });
  assert.equal(code, 1, stdout);
  const annotations = stdout.split('\n').filter((line) => line.startsWith('::'));
  const at = (line: number, column: number): string =>
    `::error file=contracts/orders.yaml,line=${line},col=${column},title=`;
  assert.deepEqual(
    annotations.map((line) => line.slice(0, line.indexOf('title=') + 'title='.length)).toSorted(),
    [
      at(lineOf(after, 'type: decimal(10,2)'), 5),
      at(lineOf(after, 'sla: 9 hours'), 6),
      at(lineOf(after, 'version:'), 1),
    ].toSorted(),
  );
  assert.match(annotations.join('\n'), /The type of orders\.amount is narrowed from decimal\(12,2\) to/);
  assert.equal(output, 'refused=true\n');
  assert.match(
    summary,
    /^### Contract changes\n\n {4}contracts\/orders\.yaml: 2\.1\.0, 2 changes, needs a major version: refused\./,
  );
});

test('the same change with its version passes, and so does one of no contract', (t) => {
  const repository = new Repository(t);
  repository.commit({ 'README.md': '# x' });
  const quiet = repository.run({ base: 'main' });
  assert.deepEqual(
    [quiet.code, quiet.stdout, quiet.output],
    [0, 'No contract changed.\n', 'refused=false\n'],
  );
  repository.commit({
    'contracts/orders.yaml': SHORT.replace('decimal(12,2)', 'decimal(10,2)').replace('"2.1.0"', '"3.0.0"'),
  });
  const told = repository.run({ base: 'main' });
  assert.equal(told.code, 0, told.stdout + told.stderr);
  assert.equal(told.output, 'refused=false\n');
  assert.match(told.stdout, /^::warning file=contracts\/orders\.yaml,/m);
  const strict = repository.run({ base: 'main', 'fail-on': 'major' });
  assert.equal(strict.code, 1);
  assert.match(strict.stdout, /refused {2}A MAJOR change is not accepted/);
});

test('a deleted contract, one in a folder below, and what the base got meanwhile', (t) => {
  const repository = new Repository(t);
  repository.commit({ 'contracts/eu/other.yaml': null });
  repository.git('checkout', '-q', 'main');
  repository.commit({ 'contracts/orders.yaml': SHORT.replace('decimal(12,2)', 'decimal(10,2)') });
  repository.git('checkout', '-q', 'change');
  const { code, stdout } = repository.run({ base: 'main', sarif: 'report.sarif' });
  assert.equal(code, 1);
  assert.doesNotMatch(stdout, /amount/);
  assert.match(stdout, /^::error file=contracts\/eu\/other\.yaml,.*The dataset others is removed/m);
  const sarif = JSON.parse(readFileSync(join(repository.folder, 'report.sarif'), 'utf8')) as {
    version: string;
  };
  assert.equal(sarif.version, '2.1.0');
  const narrower = repository.run({ base: 'main', contracts: '\n  contracts/*.yaml  \n' });
  assert.equal(narrower.stdout, 'No contract changed.\n');
});

test('texts of a pull request never become commands of the runner or of the shell', (t) => {
  const repository = new Repository(t);
  const name = 'contracts/$(touch pwned);`touch pwned` ,::x.yaml';
  repository.commit({
    [name]: SHORT.replace('dataset: orders', 'dataset: "a\\n::set-output name=x::y"'),
    'contracts/broken.yaml': 'dataset: x\nowner: y\n"::error::a\\n::add-mask::b ##[group]": 1\n',
  });
  const broken = repository.run({ base: 'main' });
  assert.equal(broken.code, 4);
  const said = `${broken.stdout}\n${broken.stderr}`.split('\n').map((line) => line.trimStart());
  assert.deepEqual(
    said.filter((line) => line.startsWith('::') && !line.startsWith('::error title=Contract change::')),
    [],
  );
  assert.ok(!said.some((line) => line.includes('##[')));
  repository.commit({ 'contracts/broken.yaml': null });
  repository.git('checkout', '-q', 'main');
  repository.git('merge', '-q', 'change');
  repository.git('checkout', '-q', 'change');
  repository.commit({ [name]: SHORT.replace('dataset: orders', 'dataset: "b\\n::set-output name=x::y"') });
  const hostile = repository.run({ base: 'main', contracts: 'contracts/*.yaml' });
  assert.equal(hostile.code, 1, hostile.stdout + hostile.stderr);
  for (const line of hostile.stdout.split('\n').filter((line) => line.trimStart().startsWith('::')))
    assert.match(
      line,
      /^::(error|warning|notice) file=contracts\/\$\(touch pwned\);`touch pwned` %2C%3A%3Ax\.yaml,line=/,
    );
  assert.ok(!existsSync(join(repository.folder, 'pwned')));
  const wrong = repository.run({ base: '--output=pwned' });
  assert.equal(wrong.code, 4);
  assert.ok(!existsSync(join(repository.folder, 'pwned')));
});
