import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { addressOf } from './postgres-relay.ts';

/** What becomes of the message at which the relay stops: lost on its way, just arrived, or answered and the answer lost. */
export type Moment = 'before' | 'during' | 'after';

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
  /** Ends every connection under way and lets new ones through. */
  cut(): void;
}

interface Stop {
  readonly step: number;
  readonly moment: Moment;
  readonly reached: () => void;
}

export function startStepRelay(t: TestContext): StepRelay {
  const servers: Server[] = [];
  const open = new Set<Socket>();
  let steps = 0;
  let stop: Stop | null = null;
  // Set when the message to stop at has been let through: its answer is not.
  let awaited: Socket | null = null;
  let still = false;

  const stand = (): void => {
    still = true;
    stop?.reached();
    stop = null;
  };
  const join = (near: Socket, far: Socket): void => {
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    near.on('data', (chunk) => {
      if (still) return;
      if (awaited === null) {
        steps += 1;
        if (stop?.step === steps && stop.moment === 'before') return stand();
        if (stop?.step === steps && stop.moment === 'during') {
          far.write(chunk);
          return stand();
        }
        if (stop?.step === steps) awaited = far;
      }
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (still) return;
      if (awaited === far) return stand();
      near.write(chunk);
    });
  };
  const cut = (): void => {
    for (const socket of open) socket.destroy();
    stop = null;
    awaited = null;
    still = false;
  };
  t.after(() => {
    for (const server of servers) server.close();
    cut();
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
    cut,
  };
}
