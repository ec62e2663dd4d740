import type { ServiceDeps } from '@xanthus/nest';
import { configuredEndpoint, createSafeFetch, natsPorts, outgoingAllow, type AddressPolicy } from '@xanthus/net';
import { createSshPool } from '@xanthus/ssh';
import type { ApplicationsConfig } from '../applications.config.js';
import type { Outside } from '../applications.context.js';
import { sshClusters } from '../cluster/ssh-cluster.js';
import { createCharts } from '../charts/fetch-charts.js';
import type { ProcessPorts } from '../running/ports.js';
import { createVersions } from '../versions/index.js';
import { askPlaces } from './ask-places.js';
import { dnsPort } from './dns-port.js';
import { vpsPort } from './vps-port.js';

/** Everything that is reached over the network, as the product reaches it. */
export const openOutside = ({ nc, log, signer, config, onStop }: ServiceDeps<ApplicationsConfig>): { readonly outside: Outside; readonly ask: ProcessPorts['ask'] } => {
  const { XANTHUS_GITHUB_URL: github, XANTHUS_GITHUB_TOKEN: githubToken, XANTHUS_DOCKERHUB_URL: dockerhub } = config;
  const policy: AddressPolicy = { allow: outgoingAllow(config.XANTHUS_OUTGOING_ALLOW), configured: [github, dockerhub].flatMap(url => (url === undefined ? [] : [configuredEndpoint(url)])), ownPorts: natsPorts(config.XANTHUS_NATS_URL), setting: 'XANTHUS_OUTGOING_ALLOW' };
  const fetch = createSafeFetch({ policy, redirects: 'tell' });
  // Indexes and charts are megabytes, and charts are often release files of GitHub, which redirects.
  const far = createSafeFetch({ policy, redirects: 3, maxAnswer: 32 * 1024 * 1024, timeouts: { total: 18_000 } });
  const pool = createSshPool();
  onStop(() => pool.close());
  onStop(() => Promise.all([fetch.close(), far.close()]).then(() => undefined));
  return {
    outside: {
      clusterOf: sshClusters({ nc, signer, log, pool, addresses: () => ({ allow: config.XANTHUS_SSH_ALLOW, setting: 'XANTHUS_SSH_ALLOW', ownPorts: natsPorts(config.XANTHUS_NATS_URL) }) }),
      charts: createCharts({ fetch: far, now: Date.now }),
      versions: createVersions({ fetch: far, now: Date.now, github, githubToken, dockerhub }),
      dns: dnsPort(nc, signer), vps: vpsPort(nc, signer), places: askPlaces(nc, signer),
    },
    async ask(url, signal) {
      try {
        const response = await fetch(url, { signal });
        await response.body?.cancel();
        return { status: response.status };
      } catch (error) {
        return { problem: error instanceof Error ? error.message : String(error) };
      }
    },
  };
};
