import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { addressOf } from './postgres-relay.ts';

/**
 * What becomes of the message at which the relay stops: lost on its way, just arrived, or answered and the answer
 * lost. `late`: its client is gone, it arrives when it is told to, and meanwhile all other connections go on.
 */
export type Moment = 'before' | 'during' | 'after' | 'late';

/**
 * Lines to servers whose messages are counted, and that stop at one of them. Clients of databases send one message
 * and wait for its answer, so each is a step of a protocol.
 */
export interface StepRelay {
  /** The same server by way of the relay. */
  by(target: string): Promise<string>;
  /** Counts from nought. */
  reset(): void;
  /** Messages that clients sent since. */
  readonly steps: number;
  /** Stops at that message; resolves when the lines stand still, which stay so until `cut`. */
  stopAt(step: number, moment: Moment): Promise<void>;
  /** Lets the late message arrive, the last of its connection; resolves when the server has ended that. */
  deliver(): Promise<void>;
  /** Ends every connection under way, waits until the servers have ended theirs, and lets new ones through. */
  cut(): Promise<void>;
}

interface Stop {
  readonly step: number;
  readonly moment: Moment;
  readonly reached: () => void;
}

export function startStepRelay(t: TestContext): StepRelay {
  const servers: Server[] = [];
  const lines = new Map<Socket, Socket>();
  let steps = 0;
  let stop: Stop | null = null;
  // Set when the message to stop at has been let through: its answer is not.
  let awaited: Socket | null = null;
  let still = false;
  let late: { readonly far: Socket; readonly chunk: Buffer } | null = null;

  const stand = (): void => {
    still = true;
    stop?.reached();
    stop = null;
  };
  const join = (near: Socket, far: Socket): void => {
    near.on('error', () => {});
    far.on('error', () => {});
    // Nobody is heard while the lines stand still.
    if (still) {
      near.destroy();
      far.destroy();
      return;
    }
    lines.set(near, far);
    far.once('close', () => {
      lines.delete(near);
      near.destroy();
    });
    near.once('close', () => {
      if (!still && late?.far !== far) far.destroy();
    });
    near.on('data', (chunk: Buffer) => {
      if (still || near.destroyed) return;
      if (awaited === null) {
        steps += 1;
        if (stop?.step === steps && stop.moment === 'before') return stand();
        if (stop?.step === steps && stop.moment === 'during') {
          far.write(chunk);
          return stand();
        }
        if (stop?.step === steps && stop.moment === 'late') {
          late = { far, chunk };
          stop.reached();
          stop = null;
          near.destroy();
          return;
        }
        if (stop?.step === steps) awaited = far;
      }
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (still || near.destroyed) return;
      if (awaited === far) return stand();
      near.write(chunk);
    });
  };
  const cut = async (): Promise<void> => {
    still = true;
    const ends = [...lines].map(async ([near, far]) => {
      near.destroy();
      // A server that was sent something does it first, and then finds that its client is gone.
      if (!far.destroyed) {
        const closed = once(far, 'close').catch(() => undefined);
        far.end();
        await closed;
      }
    });
    await Promise.all(ends);
    lines.clear();
    stop = null;
    awaited = null;
    still = false;
    late = null;
  };
  t.after(() => {
    for (const server of servers) server.close();
    for (const [near, far] of lines) {
      near.destroy();
      far.destroy();
    }
  });
  return {
    async by(target) {
      const url = new URL(target);
      const address = addressOf(url);
      const server = createServer((near) => join(near, connect(address)));
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      url.search = '';
      url.hostname = '127.0.0.1';
      url.port = String((server.address() as AddressInfo).port);
      return url.href;
    },
    reset() {
      steps = 0;
    },
    get steps() {
      return steps;
    },
    stopAt: (step, moment) =>
      new Promise((resolve) => {
        stop = { step, moment, reached: resolve };
      }),
    async deliver() {
      if (late === null) return;
      const { far, chunk } = late;
      if (!far.destroyed) {
        const closed = once(far, 'close');
        far.end(chunk);
        await closed;
      }
      late = null;
    },
    cut,
  };
}
