import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import type { Logger, OpenLineageEvent, RunEvent, Transport } from '../src/index.ts';
import { runEvent } from '../src/index.ts';

/** A small run event. */
export function someEvent(name = 'orders.load', runId = '018cc251-f400-717f-9d98-c0f82845ea48'): RunEvent {
  return runEvent({
    eventType: 'COMPLETE',
    eventTime: '2026-01-01T00:00:00Z',
    run: { runId },
    job: { namespace: 'etl', name },
    inputs: [],
    outputs: [],
  });
}

/** A logger that keeps its warnings. */
export function recordingLogger(): Logger & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return { warnings, warn: (message) => warnings.push(message) };
}

/** A transport that keeps the events, as they would go over the wire. */
export function recordingTransport(): Transport & { readonly events: RunEvent[] } {
  const events: RunEvent[] = [];
  return {
    kind: 'recording',
    events,
    emit: async (event: OpenLineageEvent) => {
      events.push(JSON.parse(JSON.stringify(event)) as RunEvent);
    },
    close: async () => undefined,
  };
}

/** A new empty folder, removed after the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'openlineage-client-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Options that keep the machine's own configuration out of a test. */
export function isolated(
  t: TestContext,
  env: Readonly<Record<string, string>> = {},
): {
  env: Readonly<Record<string, string>>;
  cwd: string;
  home: string;
} {
  return { env, cwd: temporaryFolder(t), home: temporaryFolder(t) };
}
