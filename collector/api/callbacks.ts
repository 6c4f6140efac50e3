import type { FastifyInstance } from 'fastify';
import { Problem } from '#collector/problems.ts';
import type { IncidentActions } from '#model/alert-source.ts';

/** What a person asked for by a button of a message. */
export interface CallbackAnswer {
  readonly action: 'acknowledge' | 'snooze' | 'expected' | 'resolve';
  readonly incidentId: string;
  readonly by: string;
}

export interface CallbackServices {
  readonly actions: IncidentActions;
  /** Whether a signing secret is configured. */
  readonly isConfigured: boolean;
  readonly isGenuine: (
    timestamp: string | undefined,
    signature: string | undefined,
    body: Buffer,
    now: Date,
  ) => boolean;
  /** Null when it asks for nothing of ours. */
  readonly read: (body: Buffer) => CallbackAnswer | null;
}

const FORM = 'application/x-www-form-urlencoded';
const BODY_BYTES = 256 * 1024;
const SNOOZE_MS = 4 * 60 * 60_000;

/** POST /api/v2/callbacks/slack: the buttons of messages. It takes no key, but Slack's signature. */
export function registerCallbacks(
  app: FastifyInstance,
  services: CallbackServices & { readonly now: () => Date },
): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(FORM, { parseAs: 'buffer', bodyLimit: BODY_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    scope.post<{ Body: Buffer }>('/api/v2/callbacks/slack', async ({ headers, body }) => {
      const { isConfigured, isGenuine, read, actions, now } = services;
      if (!isConfigured)
        throw new Problem(
          'not_found',
          'No channel of kind slack has a signing_secret; set it under alerting.channels in assay.yaml.',
        );
      const at = now();
      if (!isGenuine(one(headers['x-slack-request-timestamp']), one(headers['x-slack-signature']), body, at))
        throw new Problem(
          'unauthorised',
          'The request is not signed by the configured Slack app, or is older than five minutes.',
        );
      const answer = read(body);
      if (answer === null) return {};
      const { action, incidentId, by } = answer;
      const outcome =
        action === 'acknowledge'
          ? await actions.acknowledge(incidentId, by, at)
          : action === 'snooze'
            ? await actions.snooze(incidentId, by, new Date(at.getTime() + SNOOZE_MS), at)
            : await actions.resolve(incidentId, by, action === 'expected' ? 'expected' : 'fixed', at);
      if (outcome.status === 'retryable') throw new Problem('store_unavailable', outcome.reason);
      // Slack shows this to the one who pressed, and nothing to the others: the message itself changes by the incident.
      return outcome.status === 'success'
        ? {}
        : { response_type: 'ephemeral', replace_original: false, text: outcome.reason };
    });
  });
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
