import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadMessage, LoadResult, LoadSpec } from './load-protocol.ts';

/** The load generator, in a process of its own so that its work is not the server's. */
export class LoadGenerator {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('load-generator.ts', import.meta.url)), { execArgv: [] });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /**
   * Sends a load. `onBegin` and `onEnd` are called at the ends of the measured window.
   * Throws when a request was refused for another reason than overload, or a connection broke.
   */
  async run(
    spec: LoadSpec,
    onBegin: () => void = () => {},
    onEnd: () => void = () => {},
  ): Promise<LoadResult> {
    const result = await new Promise<LoadResult>((resolve, reject) => {
      const stop = (): void => {
        this.#child.off('message', receive);
        this.#child.off('exit', ended);
      };
      const ended = (): void => {
        stop();
        reject(new Error('The load generator ended early.'));
      };
      const receive = (message: LoadMessage): void => {
        if (message.type === 'begin') onBegin();
        else if (message.type === 'end') onEnd();
        else {
          stop();
          resolve(message.result);
        }
      };
      this.#child.on('message', receive);
      this.#child.on('exit', ended);
      this.#child.send(spec);
    });
    if (result.error !== null) throw new Error(`${spec.path} on port ${spec.port}: ${result.error}`);
    const other = Object.keys(result.refused).filter((status) => status !== '503');
    if (other.length > 0) throw new Error(`${spec.path} on port ${spec.port} answered ${other.join(', ')}.`);
    return result;
  }

  close(): void {
    this.#child.disconnect();
  }
}
