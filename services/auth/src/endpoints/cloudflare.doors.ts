import { Refusal } from '@xanthus/kernel';
import { CapabilityMirror, CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { checkCloudflare, cloudflareTokenHelp, configureCloudflare, handOverCertificateKey, handOverCloudflare, linkCloudflare, linkedCloudflare, linkCloudflareIdentity, unlinkCloudflare, validateCloudflareToken, CLOUDFLARE_FEATURES } from '@xanthus/proto/auth';
import { CloudflareAccounts } from '../app/cloudflare/accounts.js';
import { CloudflareLogIns } from '../app/cloudflare/log-ins.js';
import { StepSignals } from '../adapters/step-signals.js';
import { NEEDS, TOKEN_PAGE } from '../domain/cloudflare-permissions.js';
import { granterOf } from './granter.js';

/** Tokens come from a person at a browser: nothing that takes one is there for a tenant's NATS clients. */
@Doors()
export class CloudflareDoors {
  constructor(private readonly accounts: CloudflareAccounts, private readonly logIns: CloudflareLogIns, private readonly signals: StepSignals, private readonly rights: CapabilityMirror) {}

  @CommandDoor(validateCloudflareToken, { external: false })
  validate(input: ParsedInputOf<typeof validateCloudflareToken>, call: Call): Promise<OutputOf<typeof validateCloudflareToken>> {
    return this.logIns.validate(input, this.signals.teller(call.tenant, call.id));
  }

  @CommandDoor(linkCloudflare, { external: false })
  async link(input: ParsedInputOf<typeof linkCloudflare>, call: Call): Promise<OutputOf<typeof linkCloudflare>> {
    return this.accounts.link(call.context(), granterOf(this.rights, call), input, this.signals.teller(call.tenant, call.id));
  }

  @CommandDoor(linkCloudflareIdentity, { external: false })
  identify(input: ParsedInputOf<typeof linkCloudflareIdentity>, call: Call): Promise<OutputOf<typeof linkCloudflareIdentity>> {
    if (call.identity.kind !== 'person') throw new Refusal('DENIED', 'Only a person has an identity at Cloudflare.');
    return this.logIns.linkIdentity(call.context(), call.identity.id, input);
  }

  @CommandDoor(configureCloudflare)
  configure({ join_role }: ParsedInputOf<typeof configureCloudflare>, call: Call): Promise<OutputOf<typeof configureCloudflare>> {
    return this.accounts.configure(call.context(), granterOf(this.rights, call), join_role);
  }

  @CommandDoor(checkCloudflare)
  check(_input: ParsedInputOf<typeof checkCloudflare>, call: Call): Promise<OutputOf<typeof checkCloudflare>> {
    return this.accounts.recheck(call.context());
  }

  @CommandDoor(unlinkCloudflare, { external: false })
  unlink(_input: ParsedInputOf<typeof unlinkCloudflare>, call: Call): Promise<OutputOf<typeof unlinkCloudflare>> {
    return this.logIns.unlink(call.context());
  }

  @CommandDoor(handOverCloudflare, { external: false })
  handOver({ reason }: ParsedInputOf<typeof handOverCloudflare>, call: Call): Promise<OutputOf<typeof handOverCloudflare>> {
    const { kind, id, seal } = call.identity;
    if (kind !== 'service') throw new Refusal('CLOUDFLARE.NOT_FOR_YOU', 'A token is handed to services only; nobody can read it back.');
    return this.accounts.handOver(call.context(), { service: id, seal }, reason);
  }

  @CommandDoor(handOverCertificateKey, { external: false })
  handOverKey({ reason }: ParsedInputOf<typeof handOverCertificateKey>, call: Call): Promise<OutputOf<typeof handOverCertificateKey>> {
    return this.accounts.handOverKey(call.context(), { service: call.identity.id, seal: call.identity.seal }, reason);
  }

  @QueryDoor(linkedCloudflare, { external: false })
  async linked(_input: ParsedInputOf<typeof linkedCloudflare>, call: Call): Promise<OutputOf<typeof linkedCloudflare>> {
    return { accounts: await this.accounts.list(call.tenant) };
  }

  @QueryDoor(cloudflareTokenHelp, { external: false })
  async help(): Promise<OutputOf<typeof cloudflareTokenHelp>> {
    return { url: TOKEN_PAGE, features: CLOUDFLARE_FEATURES.map(feature => ({ feature, permissions: NEEDS[feature].needs.map(n => n.shown), needed_for: NEEDS[feature].for })) };
  }
}
