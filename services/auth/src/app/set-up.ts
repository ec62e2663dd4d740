/** From a set-up link to a tenant with an owner. Every step may be repeated with the same link, so a crash half-way is finished by trying again. */
import { createHash, randomBytes } from 'node:crypto';
import { newId, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, type ParsedInputOf } from '@xanthus/proto';
import type { completeSetup, SessionTokens } from '@xanthus/proto/auth';
import type { Persons } from '../adapters/persons.js';
import { sha256Hex } from '../adapters/refresh-token.js';
import { installation } from '../domain/installation.js';
import { member } from '../domain/member.js';
import { tenant } from '../domain/tenant.js';
import type { Handle, ReadState } from './handle.js';
import type { RequireStrong } from './passwords.js';
import { registerPerson } from './registration.js';
import type { Sessions } from './sessions.js';
import { makeOperator } from './tenants.js';

/** A set-up link is good for an hour, ms. */
export const LINK_LIFE = 3_600_000;
const ACTOR = { kind: 'system', id: 'setup' } as const;

export interface SetUpDeps { readonly handle: Handle; readonly read: ReadState; readonly persons: Persons; readonly requireStrong: RequireStrong; readonly sessions: Sessions }

export class SetUp {
  constructor(private readonly deps: SetUpDeps) {}

  /** The token is answered once; only its hash is kept. Older links end. @throws Refusal SETUP.ALREADY_DONE */
  async issueLink(context: CommandContext): Promise<{ token: string; expires_at: string }> {
    const token = randomBytes(32).toString('base64url');
    const expires_at = new Date(Date.parse(context.now) + LINK_LIFE).toISOString();
    await this.deps.handle(installation, context, { type: 'IssueSetupLink', token_sha256: sha256Hex(token), expires_at });
    return { token, expires_at };
  }

  async done(): Promise<boolean> {
    return (await this.deps.read(installation, INSTALLATION, INSTALLATION)).status === 'owned';
  }

  /** @throws Refusal SETUP.…, PASSWORD.TOO_WEAK, TENANT.SLUG_TAKEN */
  async complete(call: CommandContext, input: ParsedInputOf<typeof completeSetup>): Promise<SessionTokens> {
    const { handle, sessions } = this.deps;
    const token_sha256 = sha256Hex(input.token);
    // Ids follow from the link: whoever tries again meets what the first try made.
    const person = ulidFrom(`person ${token_sha256}`);
    const context: CommandContext = { ...call, tenant: INSTALLATION, id: INSTALLATION, actor: ACTOR, command_id: `setup-${token_sha256.slice(0, 40)}` };
    await handle(installation, { ...context, command_id: newId() }, { type: 'CheckSetupLink', token_sha256 });
    await this.deps.requireStrong(input.password, [input.email, input.name, input.tenant.slug, input.tenant.name]);
    const slug = input.tenant.slug;
    await handle(tenant, { ...context, id: slug }, { type: 'CreateTenant', name: input.tenant.name });
    await registerPerson(this.deps, context, { id: person, email: input.email, name: input.name, password: input.password });
    await handle(member, { ...context, tenant: slug, id: person }, { type: 'AddMember', role: 'owner', granter: null });
    await makeOperator(handle, { ...context, id: person });
    await handle(installation, context, { type: 'CompleteSetup', token_sha256, tenant: slug, person });
    return sessions.open({ ...call, id: newId() }, { person, tenant: slug, device: input.device, method: 'setup' });
  }
}

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** A ULID that follows from the text. */
const ulidFrom = (text: string): string => {
  let bits = BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 32)}`);
  let id = '';
  for (let i = 0; i < 26; i++, bits >>= 5n) id = CROCKFORD.charAt(Number(bits & 31n)) + id;
  return id;
};
