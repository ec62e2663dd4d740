/** Secrets taken out of what programs print, before it goes anywhere. Pure. */
import { Refusal } from '@xanthus/kernel';
import type { Cluster } from './cluster.js';

export const MASK = '•••';
export type Mask = (text: string) => string;

/** Shorter ones would take half of every text with them; what is so short is no secret that keeps anything. */
const SHORTEST = 6;
/** As programs print them: plainly, in a Secret, in JSON or Go's quotes, in an address. */
const forms = (secret: string): string[] => [secret, Buffer.from(secret).toString('base64'), JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];

/** Longest first, so that one that contains another leaves nothing of itself. Lines of a secret of several are masked too. */
export const maskOf = (secrets: Iterable<string>): Mask => {
  const all = new Set<string>();
  for (const secret of secrets) for (const part of [secret, ...secret.split(/\r?\n/)]) if (part.trim().length >= SHORTEST) for (const form of forms(part)) all.add(form);
  const sorted = [...all].toSorted((a, b) => b.length - a.length);
  if (sorted.length === 0) return text => text;
  return text => sorted.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
};

/** The same cluster, whose lines, error texts and refusals have no secret. What is on stdout is for us and stays: whoever hands it on masks it. */
export const masked = (cluster: Cluster, mask: Mask): Cluster => ({
  facts: cluster.facts,
  run: async (program, argv, o) => {
    try {
      const result = await cluster.run(program, argv, { ...o, onLine: o.onLine && (line => o.onLine?.(mask(line))) });
      return { ...result, stderr: mask(result.stderr) };
    } catch (error) {
      throw error instanceof Refusal ? new Refusal(error.code, mask(error.message), error.details, error.retryable) : error;
    }
  },
  follow: async (program, argv, o) => {
    const result = await cluster.follow(program, argv, o);
    return { ...result, stderr: mask(result.stderr) };
  },
  putFile: (bytes, suffix, signal) => cluster.putFile(bytes, suffix, signal),
});
