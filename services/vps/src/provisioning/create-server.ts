import { randomBytes } from 'node:crypto';
import { earlierTry, handle, readState, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf, Written } from '@xanthus/proto';
import type { AgreedPrice, cloudInitPreview as previewContract, createServer as createContract } from '@xanthus/proto/vps';
import { generateKeyPair } from '@xanthus/ssh';
import { nameKey } from '@xanthus/vault';
import { serverSecret } from '../adoption/credential.js';
import type { Catalogue } from '../providers/catalogue.js';
import { sayings } from '../providers/provider.errors.js';
import { serverType } from '../server/server.decide.js';
import { nameTaken } from '../server/server.errors.js';
import { isLive } from '../server/server.js';
import { isKnownTimeZone, timeZoneUnknown } from '../life/time-zone.js';
import { cloudInit, cloudInitPreview, type CloudInitPlan } from '../setup/cloud-init.js';
import { sshKeyType } from '../ssh-key/ssh-key.decide.js';
import type { VpsContext } from '../vps.context.js';
import { isDearer, priceAt } from './agreed-price.js';

type Input = ParsedInputOf<typeof createContract>;

const MOST_SERVERS = 1_000;
const USER = 'root';

/** Public halves of the tenant's keys. @throws Refusal SERVER.SSH_KEY_UNKNOWN */
const publicKeys = (vps: VpsContext, tenant: string, ids: readonly string[]): Promise<string[]> => Promise.all([...new Set(ids)].map(async id => {
  const key = await readState(vps, sshKeyType, tenant, id);
  if (key.status !== 'generated' && key.status !== 'imported') throw new Refusal('SERVER.SSH_KEY_UNKNOWN', 'There is no such SSH key (any more). Choose among those under Settings → SSH keys.', { ssh_key: id });
  return key.public_key;
}));

/** What a machine is to be told, if it can be. @throws Refusal SERVER.TIME_ZONE_UNKNOWN, SERVER.TOO_MANY_KEYS */
const tellable = <P extends Pick<CloudInitPlan, 'timeZone'>>(plan: P, tell: (plan: P) => string): string => {
  if (plan.timeZone !== undefined && !isKnownTimeZone(plan.timeZone)) throw timeZoneUnknown(plan.timeZone);
  try {
    return tell(plan);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Refusal('SERVER.TOO_MANY_KEYS', 'With all these keys the order is longer than providers take. Let fewer in now, and the others once the server is there.');
  }
};

/** Can it be ordered now, and for that price? @throws Refusal of the contract */
const checkOffer = async (catalogue: Catalogue, title: string, input: Input, call: Call): Promise<AgreedPrice | null> => {
  const say = sayings(title);
  const [{ data: { pricing, types } }, { data: images }] = await Promise.all([catalogue.types(call.tenant, input.provider, call.signal), catalogue.images(call.tenant, input.provider, call.signal)]);
  const type = types.find(t => t.name === input.type);
  if (!type) throw say.unknownType(input.type);
  const offer = type.offers.find(o => o.location === input.location);
  if (!offer) throw types.some(t => t.offers.some(o => o.location === input.location)) ? say.soldOut(`${input.type} in ${input.location}`) : say.unknownLocation(input.location);
  if (!offer.available) throw say.soldOut(`${input.type} in ${input.location}`);
  if (!images.some(i => i.ref === input.image && i.architecture === type.architecture)) throw say.unknownImage(input.image);
  const price = priceAt(pricing, type, input.location) ?? null;
  if (price && input.price && isDearer(price, input.price)) {
    throw new Refusal('SERVER.PRICE_CHANGED', `It costs ${price.monthly} ${price.currency} a month by now. Look at the price again, then order.`, { price });
  }
  return price;
};

/** Writes down that a server is wanted; the runner does the rest. @throws Refusal of the contract */
export const createServer = async (vps: VpsContext, catalogue: Catalogue, input: Input, call: Call): Promise<Written> => {
  const before = await earlierTry(vps, serverType, call);
  if (before) return writtenBy(before);
  const { account: { kind } } = await vps.providers.account(call.tenant, input.provider);
  const provider = await vps.providers.of(call.tenant, input.provider);
  if (!provider.capabilities.create) throw sayings(provider.title).unsupported('make servers');
  if ((await vps.views.list(call.tenant, 'servers')).length >= MOST_SERVERS) throw new Refusal('SERVER.LIMIT_REACHED', `An organisation has at most ${MOST_SERVERS} servers. Delete one that isn't used.`);
  const authorized_keys = await publicKeys(vps, call.tenant, input.ssh_keys);
  const price = await checkOffer(catalogue, provider.title, input, call);

  const [login, host] = [generateKeyPair(`xanthus ${input.name}`), generateKeyPair(input.name)];
  const plan = { hostname: input.name, user: USER, sshPort: input.ssh_port, authorizedKeys: [login.publicKey, ...authorized_keys], timeZone: input.time_zone, now: Date.parse(call.now) };
  tellable({ ...plan, hostKey: host }, cloudInit);
  // Names of its own per try: of two tries at once, the event names the halves that belong together.
  const nonce = randomBytes(4).toString('hex');
  const secrets = { credential: `${serverSecret(call.id)}-${nonce}`, host: `server-hostkey-${call.id}-${nonce}` };
  const drop = (): Promise<unknown> => Promise.all([vps.vault.destroy(call.tenant, secrets.credential), vps.vault.destroy(call.tenant, secrets.host)]);
  await vps.vault.put(call.tenant, secrets.credential, JSON.stringify({ privateKey: login.privateKey }));
  await vps.vault.put(call.tenant, secrets.host, host.privateKey);
  const data = {
    name: input.name, provider: kind, provider_id: input.provider, location: input.location, type: input.type, image: input.image, user: USER, port: input.ssh_port,
    credential: { kind: 'private_key' as const, secret: secrets.credential }, public_key: login.publicKey, host_key: { type: host.type, fingerprint: host.fingerprint }, host_key_secret: secrets.host,
    authorized_keys, time_zone: input.time_zone, price,
  };
  const claim = { kind: 'server-name', key: await nameKey(vps, call.tenant, input.name), taken: nameTaken(input.name) };
  try {
    const result = await handle(vps, serverType, call.context(), { type: 'Request', data }, [claim]);
    if (!isLive(result.state) || result.state.machine.order?.host_key_secret !== secrets.host) await drop();
    return writtenBy(result);
  } catch (error) {
    // Only a refusal says for sure that no event names these secrets.
    if (error instanceof Refusal) await drop();
    throw error;
  }
};

const OWN = '(the key of Xanthus, made when the server is created)';

/** What a machine will be told, for a person to read. */
export const previewCloudInit = async (vps: VpsContext, input: ParsedInputOf<typeof previewContract>, call: Call): Promise<OutputOf<typeof previewContract>> => {
  const stand = generateKeyPair('xanthus');
  const authorizedKeys = [stand.publicKey, ...await publicKeys(vps, call.tenant, input.ssh_keys)];
  const user_data = tellable({ hostname: input.name, user: USER, sshPort: input.ssh_port, authorizedKeys, timeZone: input.time_zone, now: Date.parse(call.now) }, cloudInitPreview);
  return { user_data: user_data.replaceAll(stand.publicKey, OWN) };
};
