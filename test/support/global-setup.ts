import { startTestServer } from './test-server.ts';

let server: { stop(): Promise<void> } | undefined;

/** Called by node --test before all files (`--test-global-setup`). */
export async function globalSetup(): Promise<void> {
  server = await startTestServer();
}

/** Called by node --test after all files. */
export async function globalTeardown(): Promise<void> {
  await server?.stop();
}
