import { Type, type Static } from 'typebox';
import { isScalar, type Document } from 'yaml';
import { GATE_EVENTS, type GateHook } from '#gate/webhooks.ts';
import type { WebhookSettings } from '#adapters/webhook/settings.ts';

/** `gate` in assay.yaml: who is told of decisions and publications. */
export const GateFileSchema = Type.Object(
  {
    webhooks: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,63}$' }),
            url: Type.String({ pattern: '^https?://', maxLength: 2000 }),
            secret: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
            events: Type.Optional(Type.Array(Type.Enum([...GATE_EVENTS]), { minItems: 1 })),
            allow_private: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
        { maxItems: 20 },
      ),
    ),
  },
  { additionalProperties: false },
);
export type GateFile = Static<typeof GateFileSchema>;

/** A receiver as configured. Holds a secret: never logged. */
export interface GateWebhookSettings extends GateHook {
  readonly settings: WebhookSettings;
  readonly allowPrivate: boolean;
}

interface Fault {
  readonly pointer: string;
  readonly fault: string;
}

/** Secrets that stand in the file itself. To be asked before variables are replaced. */
export function literalGateSecrets(document: Document): Fault[] {
  const webhooks: unknown = (document.toJS() as { gate?: { webhooks?: unknown } } | null)?.gate?.webhooks;
  if (!Array.isArray(webhooks)) return [];
  return webhooks.flatMap((_, index) => {
    const node: unknown = document.getIn(['gate', 'webhooks', index, 'secret'], true);
    const literal = isScalar(node) && typeof node.value === 'string' && !node.value.includes('${');
    return literal
      ? [
          {
            pointer: `/gate/webhooks/${index}/secret`,
            fault: 'is a secret and does not belong in the file; write ${A_VARIABLE}.',
          },
        ]
      : [];
  });
}

/** Names that are there twice: each keeps its own place. */
export function gateFaults({ webhooks = [] }: GateFile = {}): Fault[] {
  return webhooks.flatMap(({ name }, index) =>
    webhooks.findIndex((other) => other.name === name) === index
      ? []
      : [
          {
            pointer: `/gate/webhooks/${index}/name`,
            fault: `${name} is there twice; each needs a name of its own.`,
          },
        ],
  );
}

export function gateWebhooks({ webhooks = [] }: GateFile = {}): readonly GateWebhookSettings[] {
  return webhooks.map(({ name, url, secret, events, allow_private: allowPrivate }) => ({
    name,
    events: new Set(events ?? GATE_EVENTS),
    settings: { url, secret: secret ?? null },
    allowPrivate: allowPrivate ?? false,
  }));
}
