/** Everything that account asks of Xanthus and has done there: of the one who is logged in, in the installation where persons live. */
import type { Client } from '@xanthus/client';
import { INSTALLATION, type CommandContract, type InputOf, type OutputOf } from '@xanthus/proto';
import * as contracts from '../contracts.js';
import type { Identity, Profile, SessionRow } from '../contracts.js';
import { onNew } from '../lib/act.js';
import { request } from '../lib/http.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useIdentities = (): Rows<Identity> => useRows<Identity>('auth', INSTALLATION, 'identities', `${useClient().user.id}.*`);
export const useProfile = (): Rows<Profile> => useRows<Profile>('auth', INSTALLATION, 'profiles', useClient().user.id);
export const useOwnSessions = (): Rows<SessionRow> => useRows<SessionRow>('auth', INSTALLATION, 'sessions', `${useClient().user.id}.*`);

/** What is done to one's own person. */
const onMe = <C extends CommandContract>(contract: C) => (client: Client, input: InputOf<C>): Promise<OutputOf<C>> => client.command(contract, input, { id: client.user.id, tenant: INSTALLATION });

export const changePassword = onMe(contracts.changePassword);
export const renamePerson = onMe(contracts.renamePerson);
export const confirmTotp = onMe(contracts.confirmTotp);
export const disableTotp = (client: Client): Promise<unknown> => onMe(contracts.disableTotp)(client, {});
export const renewRecoveryCodes = (client: Client): Promise<OutputOf<typeof contracts.renewRecoveryCodes>> => onMe(contracts.renewRecoveryCodes)(client, {});
export const startTotp = (client: Client): Promise<OutputOf<typeof contracts.startTotp>> => onMe(contracts.startTotp)(client, {});

export const revokeSession = (client: Client, id: string): Promise<unknown> => client.command(contracts.revokeSession, {}, { id, tenant: INSTALLATION });
export const revokeAllSessions = (client: Client): Promise<unknown> => client.command(contracts.revokeAllSessions, {}, { tenant: INSTALLATION });
export const sessionAddresses = (client: Client): Promise<OutputOf<typeof contracts.sessionAddresses>> => client.query(contracts.sessionAddresses, {}, { tenant: INSTALLATION });

export const linkCloudflareIdentity = onNew(contracts.linkCloudflareIdentity);
export const unlinkIdentity = (client: Client, id: string): Promise<unknown> => client.command(contracts.unlinkIdentity, {}, { id, tenant: INSTALLATION });
/** @returns where the provider asks the person; it comes back to the profile */
export const linkProvider = (provider: string): Promise<{ readonly url: string }> => request('POST', `/api/auth/oidc/${provider}/link`, { return_to: '/profile' });
