/** What every person may do with what is their own, whatever their role; the doors check that it is. Pure. */
import { INSTALLATION, type CapabilityDocument } from '@xanthus/proto';

const session = (verb: string): string => `cmd.${INSTALLATION}.auth.session.${verb}`;

/** Verbs on one's own person. */
const OWN_VERBS = ['change-password', 'rename', 'start-totp', 'confirm-totp', 'disable-totp', 'renew-recovery-codes'] as const;

/** `tenant`: the one that the document is for. */
export const ownRights = (person: string, tenant: string): Pick<CapabilityDocument, 'commands'> & { readonly auth: readonly string[]; readonly notifications: readonly string[] } => ({
  /** Keys of auth's bucket. */
  auth: [`${INSTALLATION}.sessions.${person}.*`, `${INSTALLATION}.profiles.${person}`, `${INSTALLATION}.preferences.${person}`, `${INSTALLATION}.identities.${person}.*`],
  /** Keys of the bucket of notifications. */
  notifications: [`${INSTALLATION}.own-notices.${person}.*`],
  commands: [
    session('*.revoke'), session('*.prove'), session('new.revoke-all'), `qry.${INSTALLATION}.auth.session-addresses.all`,
    `qry.${INSTALLATION}.auth.my-tenants.all`, `cmd.${INSTALLATION}.auth.invitation.new.join`, `cmd.${tenant}.auth.member.${person}.leave`, `cmd.${tenant}.auth.identity.new.link-cloudflare`,
    `cmd.${INSTALLATION}.auth.identity.*.unlink`, `qry.${INSTALLATION}.auth.oidc-link.all`,
    `cmd.${INSTALLATION}.auth.preferences.${person}.set`, `qry.${tenant}.*.health.all`,
    ...OWN_VERBS.map(verb => `cmd.${INSTALLATION}.auth.person.${person}.${verb}`),
  ],
});
