import { Inject } from '@nestjs/common';
import { Refusal } from '@xanthus/kernel';
import { CommandDoor, Doors, QueryDoor, type Call, type IdentitySigner } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import {
  checkProvider, connectProvider, disconnectProvider, providerImages, providerKinds, providerLocations, renameProvider, replaceProviderKey, serverTypes, validateName,
} from '@xanthus/proto/vps';
import { notConnected } from '../providers/account/account.errors.js';
import { checkProvider as runCheck, connectProvider as runConnect, disconnectProvider as runDisconnect, renameProvider as runRename, replaceProviderKey as runReplace } from '../providers/accounts.js';
import type { Catalogue } from '../providers/catalogue.js';
import { validateName as runValidateName } from '../providers/validate-name.js';
import type { ServerRow } from '../views/servers.js';
import type { VpsContext } from '../vps.context.js';
import { CATALOGUE, SIGNER, VPS_CONTEXT } from './tokens.js';

@Doors()
export class ProviderDoors {
  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext, @Inject(CATALOGUE) private readonly catalogue: Catalogue, @Inject(SIGNER) private readonly signer: IdentitySigner) {}

  @CommandDoor(connectProvider)
  connect(input: ParsedInputOf<typeof connectProvider>, call: Call): Promise<OutputOf<typeof connectProvider>> {
    return runConnect(this.vps, this.signer, input, call);
  }

  @CommandDoor(replaceProviderKey)
  async replaceKey(input: ParsedInputOf<typeof replaceProviderKey>, call: Call): Promise<OutputOf<typeof replaceProviderKey>> {
    const written = await runReplace(this.vps, this.signer, input, call);
    this.catalogue.forget(call.tenant, call.id);
    return written;
  }

  @CommandDoor(renameProvider)
  rename({ name }: ParsedInputOf<typeof renameProvider>, call: Call): Promise<OutputOf<typeof renameProvider>> {
    return runRename(this.vps, name, call);
  }

  @CommandDoor(checkProvider)
  check(_input: ParsedInputOf<typeof checkProvider>, call: Call): Promise<OutputOf<typeof checkProvider>> {
    return runCheck(this.vps, call);
  }

  @CommandDoor(disconnectProvider)
  disconnect(_input: ParsedInputOf<typeof disconnectProvider>, call: Call): Promise<OutputOf<typeof disconnectProvider>> {
    return runDisconnect(this.vps, call);
  }

  @QueryDoor(providerKinds)
  async kinds(): Promise<OutputOf<typeof providerKinds>> {
    const kinds = await Promise.all(this.vps.providers.adapters.map(async ({ kind, title, summary, capabilities, key, unavailable }) => {
      const reason = await unavailable();
      return { kind, title, summary, capabilities, key, available: reason === undefined, ...(reason !== undefined && { reason }) };
    }));
    return { kinds };
  }

  @QueryDoor(serverTypes)
  async types(input: ParsedInputOf<typeof serverTypes>, call: Call): Promise<OutputOf<typeof serverTypes>> {
    const provider = await this.chosen(call.tenant, input.provider);
    const { as_of, data } = await this.catalogue.types(call.tenant, provider, call.signal);
    return { as_of, provider, pricing: data.pricing, types: [...data.types] };
  }

  @QueryDoor(providerLocations)
  async locations(input: ParsedInputOf<typeof providerLocations>, call: Call): Promise<OutputOf<typeof providerLocations>> {
    const provider = await this.chosen(call.tenant, input.provider);
    const { as_of, data } = await this.catalogue.locations(call.tenant, provider, call.signal);
    return { as_of, provider, locations: [...data] };
  }

  @QueryDoor(providerImages)
  async images(input: ParsedInputOf<typeof providerImages>, call: Call): Promise<OutputOf<typeof providerImages>> {
    const provider = await this.chosen(call.tenant, input.provider);
    const { as_of, data } = await this.catalogue.images(call.tenant, provider, call.signal);
    return { as_of, provider, images: [...data] };
  }

  @QueryDoor(validateName)
  async validateName({ name }: ParsedInputOf<typeof validateName>, call: Call): Promise<OutputOf<typeof validateName>> {
    return runValidateName(name, (await this.vps.views.list<ServerRow>(call.tenant, 'servers')).map(s => s.value.data.name));
  }

  /** The account that is meant: the one named, else the only one. */
  private async chosen(tenant: string, given: string | undefined): Promise<string> {
    if (given !== undefined) return given;
    const [only, ...others] = await this.vps.views.list(tenant, 'providers');
    if (only === undefined) throw notConnected();
    if (others.length > 0) throw new Refusal('PROVIDER.CHOICE_NEEDED', 'There are several accounts at providers; name one (provider).', { providers: [only, ...others].map(p => p.id) });
    return only.id;
  }
}
