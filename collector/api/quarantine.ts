import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { unpack } from '#ingest/codec.ts';
import type { Ingest } from '#ingest/ingest.ts';
import { isUuid } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import {
  listQuarantine,
  readQuarantined,
  setQuarantineState,
  type QuarantineRow,
} from '#store/quarantine.ts';
import { Problem } from '#collector/problems.ts';
import { bytesOf, takeBytes } from './bytes-as-sent.ts';

interface QuarantinedBody {
  readonly id: string;
  readonly reason: string;
  readonly problems: unknown;
  readonly codec: number;
  readonly body: Buffer;
  readonly state: string;
}

export interface QuarantineServices {
  readonly database: Database;
  readonly ingest: Ingest;
  /** Largest mended event after decompression, in bytes. */
  readonly bodyBytes: number;
}

/** GET /api/v2/quarantine, GET …/:id with the event as it was received, POST …/:id/replay with the mended event or as it is. */
export function registerQuarantine(
  app: FastifyInstance,
  { database, ingest, bodyBytes }: QuarantineServices,
): void {
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();
  typed.get(
    '/api/v2/quarantine',
    {
      schema: {
        querystring: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }),
      },
    },
    async ({ query }) => {
      const rows = await database.rows<QuarantineRow>(listQuarantine(query.limit ?? 100));
      return {
        events: rows.map(({ last_received_at: lastReceivedAt, ...row }) => ({
          ...row,
          lastReceivedAt: lastReceivedAt.toISOString(),
        })),
      };
    },
  );

  const find = async (id: string): Promise<QuarantinedBody> => {
    const [entry] = isUuid(id) ? await database.rows<QuarantinedBody>(readQuarantined(id)) : [];
    if (!entry) throw new Problem('not_found', `No quarantined event has the id ${id}.`);
    return entry;
  };
  const Params = Type.Object({ id: Type.String() });
  typed.get('/api/v2/quarantine/:id', { schema: { params: Params } }, async ({ params }) => {
    const { codec, body, ...entry } = await find(params.id);
    return { ...entry, text: Buffer.from(unpack(codec, body)).toString('utf8') };
  });
  const replay = async (id: string, mended: Uint8Array | null): Promise<unknown> => {
    const entry = await find(id);
    const outcome = await ingest.receive(mended ?? unpack(entry.codec, entry.body), 'http');
    if (outcome.status !== 'accepted') {
      const errors =
        outcome.status === 'invalid' ? outcome.problems : [{ pointer: '', detail: outcome.reason }];
      throw new Problem('invalid_envelope', 'The event still cannot be accepted; it stays in quarantine.', {
        errors,
      });
    }
    await database.execute(
      setQuarantineState(entry.id, 'replayed', mended ? `mended as ${outcome.id}` : null),
    );
    return outcome;
  };
  void app.register(async (scope) => {
    // A mended event is taken as it is, like one that is sent for the first time.
    takeBytes(scope, bodyBytes);
    scope
      .withTypeProvider<TypeBoxTypeProvider>()
      .post('/api/v2/quarantine/:id/replay', { schema: { params: Params } }, async (request) => {
        const bytes = await bytesOf(request, bodyBytes);
        return replay(request.params.id, bytes.length === 0 ? null : bytes);
      });
  });
}
