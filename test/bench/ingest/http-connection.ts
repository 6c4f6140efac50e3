import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

/**
 * One keep-alive HTTP/1.1 connection with one request at a time, as cheap as it can be: the load generator
 * shares the machine with what it measures. It reads status and Content-Length of an answer, nothing else.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer | null = null;
  #answered: ((status: number) => void) | null = null;
  #failed: ((error: Error) => void) | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('The server closed the connection.')));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** Sends a whole request; `answered` is called with the status. The bytes must stay as they are until then. */
  send(request: Buffer, answered: (status: number) => void, failed: (error: Error) => void): void {
    this.#answered = answered;
    this.#failed = failed;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#received ? Buffer.concat([this.#received, chunk]) : chunk;
    this.#received = bytes;
    const headEnd = bytes.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = bytes.toString('latin1', 0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const status = Number(head.slice(9, 12));
    if (length === undefined && status !== 204) {
      this.#fail(new Error(`An answer without Content-Length cannot be read: ${head.slice(0, 200)}`));
      return;
    }
    if (bytes.length < headEnd + HEAD_END.length + Number(length ?? 0)) return;
    this.#received = null;
    const answered = this.#answered;
    this.#answered = null;
    this.#failed = null;
    answered?.(status);
  }

  #fail(error: Error): void {
    const failed = this.#failed;
    this.#answered = null;
    this.#failed = null;
    failed?.(error);
  }
}
