/** Composition root: the only file that picks adapters. */
import { Module, type DynamicModule } from '@nestjs/common';
import { JetStreamEventStore, KvSnapshotStore, startLocked, startReactor, Views } from '@xanthus/jetstream';
import { AggregateCache } from '@xanthus/kernel';
import { CapabilityMirror, foldViews, serveViews, type ServiceDeps } from '@xanthus/nest';
import { KEYS_BUCKET, localDataKeys, moveOldKeys, openVault, rootKey, serveDataKeys } from '@xanthus/vault';
import { accessTokens } from './adapters/access-tokens.js';
import { openMasterKeys } from './adapters/master-key.js';
import { noTenantAccounts, openTenantAccounts } from './adapters/tenant-accounts.js';
import { Credentials } from './app/credentials.js';
import { handleWith, readWith } from './app/handle.js';
import { SetUp } from './app/set-up.js';
import type { AuthConfig } from './auth.config.js';
import { composeApiKeys } from './compose/api-keys.js';
import { composeCloudflare } from './compose/cloudflare.js';
import { composeOidc } from './compose/oidc.js';
import type { AuthCore, Part } from './compose/part.js';
import { composePeople } from './compose/people.js';
import { composeSecrets } from './compose/secrets.js';
import { composeTenancy } from './compose/tenancy.js';
import { authDeclarations } from './declarations.js';
import { eventSchemas } from './domain/aggregates.js';
import { CredentialDoors } from './endpoints/credential.doors.js';
import { InstallationDoors } from './endpoints/installation.doors.js';
import { housekeeping } from './housekeeping.js';
import { applyAccountWhenCredentialChanged } from './reactors/apply-account-when-credential-changed.js';
import { endSessionsWhenMemberRemoved } from './reactors/end-sessions-when-member-removed.js';
import { pastOfTenant, projections } from './views/index.js';

const SERVICE = 'auth';

@Module({})
export class AuthModule {
  static async compose(deps: ServiceDeps<AuthConfig>): Promise<DynamicModule> {
    const { nc, log, config, verifier, views, capabilities, health, onStop, past } = deps;
    const masters = await openMasterKeys({ file: config.XANTHUS_MASTER_KEY_FILE, text: config.XANTHUS_MASTER_KEY, command: config.XANTHUS_MASTER_KEY_COMMAND });
    onStop(() => masters.stop());
    await moveOldKeys(nc, KEYS_BUCKET);
    const dataKeys = await serveDataKeys(nc, { masters, verifier, log });
    onStop(() => dataKeys.stop());
    await foldViews(deps, authDeclarations(), { service: SERVICE, projections, schemas: eventSchemas, also: pastOfTenant });

    const vault = await openVault(nc, { service: SERVICE, keys: localDataKeys(nc, { service: SERVICE, masters }), log, onForgotten: tenant => void past.forget(tenant) });
    const store = new JetStreamEventStore(nc, SERVICE);
    const cache = new AggregateCache();
    const handle = handleWith(store, new KvSnapshotStore(nc, SERVICE), cache);
    const read = readWith(store);
    const markers = await rootKey(nc, masters, 'markers');
    const access = accessTokens({ handle, vault, views, log });
    const base = { nc, log, config, health, views, onStop, store, cache, handle, read, vault, markers };
    const people = await composePeople(base, masters, access);
    const tenancy = composeTenancy({ ...base, ...people.core });
    const core: AuthCore = { ...base, ...people.core, ...tenancy.core };
    const { persons, sessions, requireStrong } = core;

    const operatorDir = config.XANTHUS_OPERATOR_DIR;
    if (operatorDir === undefined) log.warn({}, 'XANTHUS_OPERATOR_DIR is not set: credentials for tenants are off');
    const accounts = operatorDir === undefined ? noTenantAccounts() : await openTenantAccounts({ nc, servers: config.XANTHUS_NATS_URL, operatorDir, log });
    onStop(() => accounts.stop());
    health.add('tenant credentials', () => ({ ok: true, detail: operatorDir === undefined ? 'off: XANTHUS_OPERATOR_DIR is not set' : 'on' }));
    const credentials = new Credentials({ ...core, accounts, hmacKey: markers });

    const others: readonly Part[] = [tenancy.part, composeApiKeys(core), await composeOidc(core), await composeCloudflare(core)];
    const secrets = await composeSecrets(core, { masters, credentials, endings: others.flatMap(p => p.endings ?? []) });
    const parts = [people.part(Object.assign({}, ...others.map(p => p.logIns))), ...others, secrets];

    for (const reactor of [endSessionsWhenMemberRemoved(sessions, views), ...(operatorDir === undefined ? [] : [applyAccountWhenCredentialChanged(credentials)]), ...parts.flatMap(p => p.reactors ?? [])]) {
      const running = await startReactor(nc, { service: SERVICE, reactor, schemas: eventSchemas, log });
      onStop(() => running.stop());
    }
    const keeper = await startLocked(nc, { service: SERVICE, name: 'housekeeping', log, run: signal => housekeeping({ accounts, credentials, access, sessions, views, log, rounds: parts.flatMap(p => p.rounds ?? []) }, signal) });
    onStop(() => keeper.stop());

    const setUp = new SetUp({ handle, read, persons, requireStrong, sessions });
    return {
      module: AuthModule,
      controllers: [InstallationDoors, CredentialDoors, ...parts.flatMap(p => p.controllers ?? []), serveViews(SERVICE)],
      providers: [
        { provide: SetUp, useValue: setUp }, { provide: Credentials, useValue: credentials },
        ...parts.flatMap(p => p.providers ?? []),
        { provide: CapabilityMirror, useValue: capabilities }, { provide: Views, useValue: views },
      ],
    };
  }
}
