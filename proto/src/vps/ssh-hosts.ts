/** Machines that the configuration of the operator's SSH client names: what the form of an adoption is filled in from. */
import { z } from 'zod';
import { defineQuery } from '../contract.js';

export const sshHost = z.object({
  /** The name after `Host`. */
  alias: z.string(),
  host: z.string(), port: z.int(), user: z.string(),
  /** File names as they are written there. Nobody reads the files: give the key itself, or a password once. */
  identity_files: z.array(z.string()),
  /** The chain of machines in front of it, first hop first. */
  jump: z.array(z.object({ host: z.string(), port: z.int(), user: z.string().nullable() })),
  /** What was left out or can't be used, in words. */
  notes: z.array(z.string()),
});
export type SshHost = z.infer<typeof sshHost>;

export const sshHosts = defineQuery({
  service: 'vps', question: 'ssh-hosts', on: 'all', deadline: 10_000,
  summary: 'Which machines does the SSH configuration beside Xanthus name? Only where the operator gave it to this organisation (XANTHUS_SSH_CONFIG, XANTHUS_SSH_CONFIG_TENANT); no key is read.',
  input: z.object({}), output: z.object({ available: z.boolean(), reason: z.string().optional(), items: z.array(sshHost), notes: z.array(z.string()) }), example: {},
});
