/** One run of a program on a cluster, with its answer read. */
import { Refusal } from '@xanthus/kernel';
import type { z } from 'zod';
import { refusalOf } from './cluster-errors.js';
import type { Cluster, Limits, Program, RunResult } from './cluster.js';

export interface CallOptions extends Limits {
  readonly stdin?: string | Uint8Array | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

/** A name as Kubernetes gives it: what comes from outside and goes into an argument passes here once more. @throws TypeError */
export const named = (name: string): string => {
  if (!/^[a-z0-9](?:[a-z0-9._:-]{0,251}[a-z0-9])?$/.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a Kubernetes object`);
  return name;
};

export const tryRun = (cluster: Cluster, program: Program, argv: readonly string[], o: CallOptions): Promise<RunResult> =>
  // kubectl itself waits for ever
  cluster.run(program, program === 'kubectl' ? [...argv, `--request-timeout=${seconds(o.timeout_ms)}s`] : argv, o);

/** @throws Refusal CLUSTER.…, CHART.… */
export const mustRun = async (cluster: Cluster, program: Program, argv: readonly string[], o: CallOptions): Promise<RunResult> => {
  const result = await tryRun(cluster, program, argv, o);
  if (result.code !== 0) throw refusalOf(`${program} ${argv[0] ?? ''}`, result.stderr);
  return result;
};

/** @throws Refusal CLUSTER.REFUSED for an answer that is not of this shape */
export const readJson = <S extends z.ZodType>(what: string, schema: S, { stdout, truncated }: Pick<RunResult, 'stdout' | 'truncated'>): z.output<S> => {
  if (truncated) throw new Refusal('CLUSTER.REFUSED', `${what} answered with more than is read. Is something in the cluster making very many objects?`);
  let body: unknown;
  try {
    body = JSON.parse(stdout);
  } catch {
    throw new Refusal('CLUSTER.REFUSED', `${what} did not answer with JSON. Is it the real program?`);
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refusal('CLUSTER.REFUSED', `${what} answered in a form that is not known (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}).`);
};
