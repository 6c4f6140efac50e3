import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);

const text = (most: number) => ({ type: 'string', minLength: 1, maxLength: most });
const moment = { type: 'string', format: 'date-time' };

// What the vendors' documentation says of their documents, limits among it. Read in November 2026.

/** https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
export const pagerdutyEvent = ajv.compile({
  type: 'object',
  required: ['routing_key', 'event_action'],
  additionalProperties: false,
  properties: {
    routing_key: text(100),
    event_action: { enum: ['trigger', 'acknowledge', 'resolve'] },
    dedup_key: text(255),
    client: text(255),
    client_url: { type: 'string', format: 'uri' },
    links: {
      type: 'array',
      items: {
        type: 'object',
        required: ['href'],
        properties: { href: { type: 'string', format: 'uri' }, text: text(255) },
      },
    },
    payload: {
      type: 'object',
      required: ['summary', 'source', 'severity'],
      additionalProperties: false,
      properties: {
        summary: text(1024),
        source: text(255),
        severity: { enum: ['critical', 'error', 'warning', 'info'] },
        timestamp: moment,
        component: text(255),
        group: text(255),
        class: text(255),
        custom_details: { type: 'object' },
      },
    },
  },
  anyOf: [
    { properties: { event_action: { const: 'trigger' } }, required: ['payload'] },
    { properties: { event_action: { enum: ['acknowledge', 'resolve'] } }, required: ['dedup_key'] },
  ],
});

/** https://developer.pagerduty.com/docs/events-api-v2/send-change-events/ */
export const pagerdutyChange = ajv.compile({
  type: 'object',
  required: ['routing_key', 'payload'],
  additionalProperties: false,
  properties: {
    routing_key: text(100),
    payload: {
      type: 'object',
      required: ['summary'],
      additionalProperties: false,
      properties: {
        summary: text(1024),
        source: text(255),
        timestamp: moment,
        custom_details: { type: 'object' },
      },
    },
  },
});

/** https://docs.opsgenie.com/docs/alert-api#create-alert */
export const opsgenieAlert = ajv.compile({
  type: 'object',
  required: ['message'],
  additionalProperties: false,
  properties: {
    message: text(130),
    alias: text(512),
    description: text(15_000),
    responders: { type: 'array', maxItems: 50 },
    tags: { type: 'array', maxItems: 20, items: text(50) },
    details: { type: 'object', additionalProperties: { type: 'string' } },
    entity: text(512),
    source: text(100),
    priority: { enum: ['P1', 'P2', 'P3', 'P4', 'P5'] },
  },
});

/** api/v2/openapi.yaml of Alertmanager: postableAlerts; names of labels by the data model of Prometheus. */
export const alertmanagerAlerts = ajv.compile({
  type: 'array',
  items: {
    type: 'object',
    required: ['labels'],
    additionalProperties: false,
    properties: {
      labels: { $ref: '#/$defs/labelSet' },
      annotations: { $ref: '#/$defs/labelSet' },
      startsAt: moment,
      endsAt: moment,
      generatorURL: { type: 'string', format: 'uri' },
    },
  },
  $defs: {
    labelSet: {
      type: 'object',
      propertyNames: { pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' },
      additionalProperties: { type: 'string', minLength: 1 },
    },
  },
});

const plainText = (most: number) => ({
  type: 'object',
  required: ['type', 'text'],
  properties: { type: { const: 'plain_text' }, text: text(most) },
});

/** https://docs.slack.dev/reference/block-kit/blocks, and chat.postMessage */
export const slackMessage = ajv.compile({
  type: 'object',
  required: ['text', 'blocks'],
  properties: {
    channel: text(100),
    text: text(4000),
    thread_ts: { type: 'string', pattern: '^\\d+\\.\\d+$' },
    blocks: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: {
        oneOf: [
          {
            type: 'object',
            required: ['type', 'text'],
            additionalProperties: false,
            properties: { type: { const: 'header' }, text: plainText(150) },
          },
          {
            type: 'object',
            required: ['type'],
            additionalProperties: false,
            anyOf: [{ required: ['text'] }, { required: ['fields'] }],
            properties: {
              type: { const: 'section' },
              text: {
                type: 'object',
                required: ['type', 'text'],
                properties: { type: { const: 'mrkdwn' }, text: text(3000) },
              },
              fields: { type: 'array', minItems: 1, maxItems: 10, items: plainText(2000) },
            },
          },
          {
            type: 'object',
            required: ['type', 'elements'],
            properties: {
              type: { const: 'actions' },
              block_id: text(255),
              elements: {
                type: 'array',
                minItems: 1,
                maxItems: 25,
                items: {
                  type: 'object',
                  required: ['type', 'text'],
                  additionalProperties: false,
                  properties: {
                    type: { const: 'button' },
                    action_id: text(255),
                    text: plainText(75),
                    url: { type: 'string', format: 'uri', maxLength: 3000 },
                    value: text(2000),
                  },
                },
              },
            },
          },
          {
            type: 'object',
            required: ['type', 'elements'],
            properties: {
              type: { const: 'context' },
              elements: { type: 'array', minItems: 1, maxItems: 10, items: plainText(2000) },
            },
          },
        ],
      },
    },
  },
});

/** https://adaptivecards.io/schemas/adaptive-card.json as far as it is used, in the envelope of Teams' workflows */
export const teamsCard = ajv.compile({
  type: 'object',
  required: ['type', 'attachments'],
  properties: {
    type: { const: 'message' },
    attachments: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: {
        type: 'object',
        required: ['contentType', 'content'],
        properties: {
          contentType: { const: 'application/vnd.microsoft.card.adaptive' },
          content: {
            type: 'object',
            required: ['type', 'version', 'body'],
            properties: {
              type: { const: 'AdaptiveCard' },
              version: { enum: ['1.2', '1.3', '1.4', '1.5'] },
              body: {
                type: 'array',
                minItems: 1,
                items: {
                  type: 'object',
                  required: ['type', 'inlines'],
                  properties: {
                    type: { const: 'RichTextBlock' },
                    inlines: {
                      type: 'array',
                      items: {
                        type: 'object',
                        required: ['type', 'text'],
                        properties: { type: { const: 'TextRun' }, text: { type: 'string' } },
                      },
                    },
                  },
                },
              },
              actions: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['type', 'title', 'url'],
                  properties: { type: { const: 'Action.OpenUrl' }, url: { type: 'string', format: 'uri' } },
                },
              },
            },
          },
        },
      },
    },
  },
});

/** What a document has against its schema, for the reader of a failed test. */
export function faultsOf(validate: ValidateFunction, document: unknown): string[] {
  return validate(document)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
