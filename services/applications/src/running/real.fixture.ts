/** Deployments of shipped entries over a cluster that is there. */
import { renderedOf } from '../catalog/catalog.fixture.js';
import { makeSecrets, shippedEntry, type Rendered } from '../catalog/index.js';
import type { Tree } from '../catalog/tree.js';
import { createCharts } from '../charts/fetch-charts.js';
import type { Charts, SealedRelease } from './ports.js';
import { ZONE, type ProcessWorld } from './processes.fixture.js';

export interface What { readonly rendered: Rendered; readonly content: SealedRelease }
export interface Wish { readonly subdomain: string; readonly version?: string; readonly overlay?: Record<string, Tree>; readonly kept?: What; readonly token?: string }

/** Only charts that are shipped. */
export const ownCharts = (): Charts => createCharts({ fetch: Object.assign(() => Promise.reject(new Error('nobody is to be asked')), { close: () => Promise.resolve() }), now: Date.now });

/** An entry as it would be deployed. `token`: one more secret, and another mark of the Secret in the values. */
export const shippedContent = async (id: string, { subdomain, version, overlay = {}, kept, token }: Wish): Promise<What> => {
  const entry = shippedEntry(id)?.entry;
  if (!entry) throw new Error(`no entry ${id}`);
  const chosen = version ?? entry.version_source.versions[0] ?? '';
  const secrets = { ...await makeSecrets(entry, { randomInt: () => 7, bcrypt: async text => text }, kept?.content.secrets), ...(token === undefined ? {} : { GITHUB_TOKEN: token }) };
  const rendered = renderedOf(entry, { version: { version: chosen, app_version: null }, subdomain, overlay, ...(token === undefined ? {} : { secret_environment: ['GITHUB_TOKEN'], secret_version: token.slice(0, 3) }) });
  return { rendered, content: { entry, version: chosen, chart: { repository: 'local', chart: 'app', version: entry.helm_chart.version }, choices: {}, environment: {}, overlay: '', values: rendered.values, secret_name: rendered.secret_name, secrets } };
};

/** Answers the application's id; nothing is done before `settle`. */
export const deployShipped = (world: ProcessWorld, { rendered: { namespace, release_name, host }, content }: What): Promise<string> =>
  world.deploy(content, { name: release_name, namespace, release_name, host, zone: host === null ? null : ZONE });
