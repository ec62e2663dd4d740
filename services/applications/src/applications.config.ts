import { serviceConfig } from '@xanthus/nest';
import { z } from 'zod';

const reachable = z.enum(['private', 'loopback']);

export const applicationsConfig = serviceConfig.extend({
  XANTHUS_SSH_ALLOW: z.string().default('').transform(text => text.split(',').map(t => t.trim()).filter(t => t !== '')).pipe(z.array(reachable)).describe('as of vps: which addresses servers may have beside public ones'),
  XANTHUS_APPLICATIONS_INTERVAL_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(60_000).describe('how often every server is asked how its applications are: one call for all of them'),
  XANTHUS_APPLICATIONS_DRIFT_INTERVAL_MS: z.coerce.number().int().min(1_000).max(86_400_000).default(1_800_000).describe('how often the objects of every application are compared with its release'),
  XANTHUS_OUTGOING_ALLOW: z.string().default('').describe('kinds of addresses beside public ones that charts and lists of versions may come from: private, loopback, or both with a comma'),
  XANTHUS_GITHUB_URL: z.url().optional().describe('base address of GitHub\'s API, for versions of applications; without it the real one'),
  XANTHUS_GITHUB_TOKEN: z.string().min(1).optional().describe('token for GitHub\'s API, without any right: raises its limit from 60 questions an hour to 5,000'),
  XANTHUS_DOCKERHUB_URL: z.url().optional().describe('base address of Docker Hub\'s API, for versions of applications; without it the real one'),
});
export type ApplicationsConfig = z.infer<typeof applicationsConfig>;
