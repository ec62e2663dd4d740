import { serviceConfig } from '@xanthus/nest';
import { z } from 'zod';

export const notificationsConfig = serviceConfig.extend({
  XANTHUS_PUBLIC_URL: z.url().optional().describe('where browsers reach the console: links in messages lead there; without it messages have none'),
  XANTHUS_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional().describe('mail server of the installation, which channels may use: smtps://user:password@host:465, or smtp:// with STARTTLS (?tls=none: without)'),
  XANTHUS_SMTP_FROM: z.email().optional().describe('address that the installation\'s mail server sends from; without it the user of XANTHUS_SMTP_URL'),
  XANTHUS_OUTGOING_ALLOW: z.string().default('').describe('kinds of addresses beside public ones that channels may be at: private, loopback, or both with a comma'),
  XANTHUS_NOTIFICATIONS_GATHER_SECONDS: z.coerce.number().min(0.01).max(600).default(5).describe('what comes within so many seconds of each other is sent as one message, a minute after the first at the latest'),
  XANTHUS_NOTIFICATIONS_RETRY_SECONDS: z.coerce.number().min(0.01).max(600).default(10).describe('pause after the first failed try of a message; later ones grow to 360 times that'),
});
export type NotificationsConfig = z.infer<typeof notificationsConfig>;
