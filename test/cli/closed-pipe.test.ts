import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { test } from 'node:test';

const ENTRY = join(import.meta.dirname, '../../collector/cli/assay.ts');

test('a reader that closes the pipe early, as head does, gets no stack trace', async () => {
  const child = spawn(process.execPath, [ENTRY, 'contract', 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const stderr = text(child.stderr);
  const [code] = (await once(child, 'close')) as [number | null];
  assert.deepEqual([code, await stderr], [0, '']);
});
