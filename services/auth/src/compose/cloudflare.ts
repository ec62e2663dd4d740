/** Cloudflare accounts of tenants, and the log-in with their tokens. */
import { setTimeout as pause } from 'node:timers/promises';
import { markerKey, startLocked } from '@xanthus/jetstream';
import { INSTALLATION } from '@xanthus/proto';
import { cloudflareClient } from '@xanthus/providers';
import { cloudflareApi } from '../adapters/cloudflare-api.js';
import { kvCounters, loginThrottle } from '../adapters/login-throttle.js';
import { StepSignals } from '../adapters/step-signals.js';
import { CloudflareAccounts } from '../app/cloudflare/accounts.js';
import { CloudflareImport } from '../app/cloudflare/import-namespace.js';
import { CloudflareLogIns } from '../app/cloudflare/log-ins.js';
import { Members } from '../app/members.js';
import { Roles } from '../app/roles.js';
import { Secrets } from '../app/secrets.js';
import { CloudflareDoors } from '../endpoints/cloudflare.doors.js';
import { CloudflareImportDoors } from '../endpoints/cloudflare-import.doors.js';
import { forgetTokenWhenSessionEnded } from '../reactors/forget-token-when-session-ended.js';
import { openCalls } from './provider-calls.js';
import type { AuthCore, Part } from './part.js';

export const composeCloudflare = async (core: AuthCore): Promise<Part> => {
  const { config, markers, nc, log, onStop } = core;
  const calls = openCalls(core);
  const roles = new Roles(core);
  const members = new Members({ ...core, roles });
  const common = { ...core, roles, hmacKey: markers, now: Date.now };
  const accounts = new CloudflareAccounts({
    ...common, pause: ms => pause(ms),
    open: (token, { tenant, background = false }) => {
      const budget = tenant === undefined ? { tenant: INSTALLATION, account: markerKey(markers, `token ${token}`) } : { tenant };
      return cloudflareApi({ baseUrl: config.XANTHUS_CLOUDFLARE_URL, fetch: calls.fetchFor({ provider: 'cloudflare', background, ...budget }) })(token);
    },
  });
  const logIns = new CloudflareLogIns({ ...common, accounts, members, throttle: loginThrottle(kvCounters(nc)), addressKey: address => markerKey(markers, `address ${address}`) });
  const every = config.XANTHUS_CLOUDFLARE_VERIFY_SECONDS * 1_000;
  const verifier = await startLocked(nc, {
    service: 'auth', name: 'cloudflare-tokens', log,
    run: async (signal) => {
      while (!signal.aborted) {
        await pause(every, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
        await logIns.reverify().then(() => accounts.recheckAll()).catch((error: unknown) => { log.error({ err: error }, 'Cloudflare tokens could not be looked at; it comes again'); });
      }
    },
  });
  onStop(() => verifier.stop());
  const imports = new CloudflareImport({
    ...core, accounts, secrets: new Secrets({ ...core, hmacKey: markers }), pause: ms => pause(ms),
    open: (token, tenant) => cloudflareClient({ token, ...(config.XANTHUS_CLOUDFLARE_URL && { baseUrl: config.XANTHUS_CLOUDFLARE_URL }), fetch: calls.fetchFor({ provider: 'cloudflare', tenant }) }),
  });
  return {
    logIns: { cloudflare: (context, input) => logIns.logIn(context, input) },
    controllers: [CloudflareDoors, CloudflareImportDoors],
    providers: [{ provide: CloudflareAccounts, useValue: accounts }, { provide: CloudflareImport, useValue: imports }, { provide: CloudflareLogIns, useValue: logIns }, { provide: StepSignals, useValue: new StepSignals(nc) }],
    reactors: [forgetTokenWhenSessionEnded(core.store, logIns)],
    endings: [async (slug, context) => {
      for (const { id } of await core.views.list(slug, 'cloudflare-accounts')) await accounts.unlink(context(id, 'cloudflare-account'));
    }],
  };
};
