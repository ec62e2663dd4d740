/** Steps at the provider: its key, the machine, its start. Each looks first what is there. */
import { Refusal } from '@xanthus/kernel';
import { ensureServer } from '../providers/ensure-server.js';
import { ourLabels, type Provider, type ProviderServer } from '../providers/provider.js';
import { serverType } from '../server/server.decide.js';
import type { Order } from '../server/creation-state.js';
import type { Outcome, StepContext, StepWork, Subject } from './ports.js';

export const orderOf = ({ machine }: Subject): Order => {
  if (!machine.order) throw new Refusal('SERVER.NOT_ALLOWED_NOW', 'This server was not made here.');
  return machine.order;
};

/** Unique among the tenants and servers of an account. */
export const providerKeyName = (id: string): string => `xanthus-${id}`;

export const makeKey: StepWork = async context => {
  const { ports, tenant, id, signal } = context;
  const { provider_id, public_key } = orderOf(context);
  const provider = await ports.provider(tenant, provider_id);
  const { ref } = await provider.ensureSshKey({ name: providerKeyName(id), public_key, labels: ourLabels(tenant, id) }, signal);
  return { detail: `The key of this server is at ${provider.title}.`, key_ref: ref };
};

const vanished = (title: string): Refusal => new Refusal('SERVER.VANISHED', `The machine is gone at ${title}: it could not be started there, or somebody deleted it. Try again from the order, or delete the server.`);

/** Tells the server where it is, as soon as that is known. */
const place = async ({ ports, tenant, id, machine }: StepContext, at: ProviderServer): Promise<Pick<Outcome, 'host' | 'port' | 'provider_ref'>> => {
  const made = { provider_ref: at.ref, host: at.address ?? '', port: at.port ?? machine.port };
  if (at.address === null) return { provider_ref: at.ref };
  await ports.handle(serverType, tenant, id, { type: 'Place', data: made });
  return made;
};

export const makeServer: StepWork = async context => {
  const { ports, tenant, id, machine, run, signal } = context;
  const { provider_id, location, host_key_secret } = orderOf(context);
  const provider = await ports.provider(tenant, provider_id);
  const { type = '', image = '' } = machine;
  const user_data = ports.userData(machine, await ports.secrets.text(tenant, host_key_secret), ports.now());
  const ssh_keys = run.made.key_ref === undefined ? [] : [run.made.key_ref];
  const { server, action, found } = await ensureServer(provider, { name: machine.name, location, type, image, ssh_keys, user_data, labels: ourLabels(tenant, id), open_ports: [machine.port] }, signal);
  const made = await place(context, server);
  await provider.awaitAction(action, signal, ({ percent, what }) => void context.progress({ word: what, text: `${provider.title} makes the machine.`, percent }));
  return { detail: found ? `It was there already: ${type} in ${location}.` : `${type} in ${location}`, ...made };
};

const LOOK_FIRST_MS = 500;
const LOOK_MOST_MS = 5_000;

/** By its number, or by its labels if nobody noted that. */
const find = async (provider: Provider, { tenant, id, run, machine, signal }: StepContext): Promise<ProviderServer | undefined> => {
  const ref = run.made.provider_ref ?? machine.provider_ref;
  return ref === undefined ? (await provider.findServers(ourLabels(tenant, id), signal))[0] : provider.server(ref, signal);
};

export const awaitBoot: StepWork = async context => {
  const { ports, tenant, signal } = context;
  const provider = await ports.provider(tenant, orderOf(context).provider_id);
  for (let ms = LOOK_FIRST_MS, started = false; ; ms = Math.min(LOOK_MOST_MS, ms * 1.5)) {
    signal.throwIfAborted();
    const at = await find(provider, context);
    if (!at || at.status === 'deleting') throw vanished(provider.title);
    if (at.status === 'running' && at.address !== null) return { detail: `It runs at ${at.address}.`, ...await place(context, at) };
    // Somebody, or the provider, left it off.
    if (at.status === 'off' && !at.locked && !started) {
      started = true;
      await provider.awaitAction(await provider.power(at.ref, 'on', signal), signal);
      continue;
    }
    await context.progress({ word: at.status, text: at.address === null ? `${provider.title} has given it no address yet.` : `The machine is ${at.status}.` });
    await ports.pause(ms, signal);
  }
};
