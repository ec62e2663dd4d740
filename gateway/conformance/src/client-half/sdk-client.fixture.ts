/** Our SDK as a client under test: does the job of its environment, says in lines what it does. A program of its own. */
import { connect, XanthusError, type Client } from '@xanthus/client';
import type { CommandContract } from '@xanthus/proto';
import { WebSocket } from 'ws';
import type { Job, Line } from './program.js';

const environment = (name: string): string => process.env[name] ?? '';
const print = (line: Line): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const codeOf = (error: unknown): string => (error instanceof XanthusError ? error.code : String(error));

type JobOf<K extends Job['do']> = Extract<Job, { do: K }>;

const follow = async (x: Client, { stream, filter, start_seq: from, credit, policy, durable }: JobOf<'stream'>): Promise<void> => {
  const options = { filter, from, ...(credit === undefined ? {} : { credit }), ...(policy === undefined ? {} : { policy }) };
  const kept = durable === undefined ? undefined : x.stream(stream, { ...options, durable });
  const items = kept ?? x.stream(stream, options);
  items.onReset(({ reason }) => print({ reset: reason }));
  items.onGap(gap => print({ gap }));
  try {
    for await (const { seq, subject, payload, redelivered } of items) {
      print({ seq, subject, payload, ...(redelivered === true ? { redelivered } : {}) });
      kept?.ack();
    }
  } catch (error) {
    print({ error: codeOf(error) });
  }
};

const watch = (x: Client, { bucket, pattern }: JobOf<'bucket'>): void => {
  const view = x.bucket<unknown>(bucket, { pattern });
  view.subscribe(() => {
    const { in_sync, entries } = view.get();
    if (in_sync) print({ entries: Object.fromEntries(entries) });
  });
};

/** Contracts of nobody's service, made from the subject. */
const ship = async (x: Client, { target, data }: JobOf<'commands'>['commands'][number]): Promise<void> => {
  const [, tenant = '', service = '', aggregate = '', id = '', verb = ''] = target.split('.');
  const contract = { kind: 'command', service, aggregate, verb, on: 'id', deadline: 20_000, summary: '', errors: [], example: {} } as unknown as CommandContract; // forms are checked by services
  print(await x.command(contract, data as never, { tenant, id }).then(answer => ({ target, answer }), (error: unknown) => ({ target, error: codeOf(error) })));
};

const work = (x: Client, job: Job): void => {
  if (job.do === 'stream') void follow(x, job);
  else if (job.do === 'bucket') watch(x, job);
  else if (job.do === 'signals') x.subject(job.subject, ({ subject, payload }) => print({ subject, payload }), { ...(job.policy === undefined ? {} : { policy: job.policy }), onGap: gap => print({ gap }) });
  else for (const command of job.commands) void ship(x, command);
};

const token = async (): Promise<string> => {
  const response = await fetch(environment('XANTHUS_TOKEN_URL'));
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return response.text();
};
try {
  const x = await connect({ url: environment('XANTHUS_URL'), token, WebSocket });
  const over = x.connection.subscribe(() => {
    const { state, reason } = x.connection.get();
    if (state !== 'closed') return;
    over();
    print({ ended: reason?.code ?? 'closed' });
  });
  work(x, JSON.parse(environment('XANTHUS_JOB')) as Job);
} catch (error) {
  print({ ended: codeOf(error) });
}
