import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type pg from 'pg';
import type { EventGenerator } from './event-generator.ts';

/** What pg gives a query object to speak the COPY protocol with. */
interface CopyConnection {
  readonly stream: Writable;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

const CHUNK = 256 * 1024;

/** The rows of COPY's text format, in chunks: what psql's \copy would send for the same events. */
export function copyRows(generator: EventGenerator, events: number): Buffer[] {
  const chunks: Buffer[] = [];
  let lines: string[] = [];
  let length = 0;
  const flush = (): void => {
    chunks.push(Buffer.from(lines.join(''), 'latin1'));
    lines = [];
    length = 0;
  };
  for (let index = 0; index < events; index += 1) {
    const line = `${generator.event(index, 'warm').toString('latin1').replaceAll('\\', '\\\\')}\n`;
    lines.push(line);
    length += line.length;
    if (length >= CHUNK) flush();
  }
  if (length > 0) flush();
  return chunks;
}

/** COPY … FROM STDIN of the rows, in one commit. Resolves when it is committed. */
export function copyIn(client: pg.Client, text: string, chunks: readonly Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const send = async (connection: CopyConnection): Promise<void> => {
      for (const chunk of chunks) {
        connection.sendCopyFromChunk(chunk);
        if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
      }
      connection.endCopyFrom();
    };
    const query = {
      submit: (connection: CopyConnection) => connection.query(text),
      handleCopyInResponse: (connection: CopyConnection) => void send(connection).catch(reject),
      handleRowDescription: () => {},
      handleCommandComplete: () => {},
      handleError: (error: Error) => reject(error),
      handleReadyForQuery: () => resolve(),
    };
    client.query(query as unknown as pg.Submittable);
  });
}
