import { createTransport } from 'nodemailer';
import type { SmtpSettings } from '../alerts/channels.ts';
import { type Channel, Undeliverable } from '../alerts/deliver.ts';
import { subjectOf, textOf } from '../alerts/message.ts';

const SILENT_MS = 10_000;

/** Plain text by e-mail. A second delivery of the same message has the same Message-ID. */
export function smtpChannel({ url, from, to, requireTls }: SmtpSettings): Channel {
  const { protocol, hostname, port, username, password } = new URL(url);
  const isTls = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname,
    port: Number(port) || (isTls ? 465 : 587),
    secure: isTls,
    requireTLS: requireTls && !isTls,
    ...(username && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: SILENT_MS,
    greetingTimeout: SILENT_MS,
    socketTimeout: SILENT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name: 'e-mail',
    send: async (message) => {
      const mail = { from, to: [...to], subject: subjectOf(message), text: textOf(message), messageId: `<${message.id}@twohop>` };
      await transport.sendMail(mail).catch((error: unknown) => {
        const { responseCode: code = 0 } = error as { responseCode?: number };
        // 5xx is a server's last word; the sign-in that it refuses will be refused again.
        throw code >= 500 ? new Undeliverable(`the mail server answered ${code}`, { cause: error }) : error;
      });
    },
  };
}
