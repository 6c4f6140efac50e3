import { createTransport } from 'nodemailer';
import type { AlertChannel, DeliveryOutcome } from '#model/alert.ts';
import { heartbeatLetter, letterOf, type Letter } from './message.ts';
import { isMailAddress, type EmailSettings } from './settings.ts';

const TIMEOUT = 20_000;

/** Letters by SMTP. A recipient is a mail address. */
export function emailChannel(name: string, settings: EmailSettings): AlertChannel {
  const url = new URL(settings.smtp);
  const isSecure = url.protocol === 'smtps:';
  const host = hostOf(settings.from);
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (isSecure ? 465 : 587),
    secure: isSecure,
    requireTLS: !isSecure && !settings.allowPlain,
    ...(url.username !== '' && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
    // A letter is made of our texts alone: nothing is read from files or fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  const send = async (letter: Letter, to: readonly string[]): Promise<DeliveryOutcome> => {
    const wrong = to.find((address) => !isMailAddress(address));
    if (wrong !== undefined || to.length === 0)
      return {
        status: 'failure',
        reason: `${name} has no mail address to write to; give the recipient as name@example.com`,
      };
    try {
      await transport.sendMail({
        from: settings.from,
        to: [...to],
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        messageId: letter.messageId,
        ...(letter.inReplyTo !== null && { inReplyTo: letter.inReplyTo, references: [letter.inReplyTo] }),
        headers: {
          // RFC 3834: machines do not answer it. RFC 2919: mail programs can sort it.
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
          'List-Id': `Assay alerts <alerts.${host}>`,
        },
      });
      return { status: 'success', value: { thread: letter.inReplyTo ?? letter.messageId } };
    } catch (error) {
      return outcomeOf(error, name);
    }
  };

  return {
    name,
    kind: 'email',
    deliver: (delivery) =>
      send(letterOf(delivery, host), delivery.recipient === null ? settings.to : [delivery.recipient]),
    heartbeat: (now) => send(heartbeatLetter(host, now), settings.to),
    close: async () => transport.close(),
  };
}

/** 5yz says never, 4yz not now (RFC 5321, 4.2.1); a server that is not there may come back. */
function outcomeOf(error: unknown, name: string): DeliveryOutcome {
  const { responseCode, code, message } = error as { responseCode?: number; code?: string; message?: string };
  // Only what is said of the letter and its readers is final: a refused password or a missing STARTTLS can be
  // mended, and nothing is lost meanwhile.
  const isFinal =
    responseCode !== undefined && responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
  const said = (responseCode === undefined ? (code ?? message) : String(message)) ?? 'no reason given';
  const reason = `${name}: the mail server did not take it: ${said.replaceAll(/\s+/g, ' ').slice(0, 300)}`;
  return { status: isFinal ? 'failure' : 'retryable', reason };
}

/** Of the sender's address: Message-IDs are ours to give below it. */
function hostOf(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
}
