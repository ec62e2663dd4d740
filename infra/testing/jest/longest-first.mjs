// The order of the test files: what is known to take long begins first, so that no worker is left with it alone at the end.
// Jest learns durations itself, but a fresh clone has none. A file that is not here is only a little late: nothing else depends on this list.
import Sequencer from '@jest/test-sequencer';

const LONG = [
  'infra/kubernetes-testbed/src/cluster.int', 'services/terminals/src/mirror/random-streams.int', 'services/applications/src/running/real.int', 'services/vps/src/setup/setup.int',
  'services/vps/src/provisioning/killed-anywhere.int', 'services/applications/src/charts/charts.int', 'proto/tools/generated-files.int', 'services/vps/src/two-copies.int',
  'services/applications/src/running/killed-anywhere.int', 'services/applications/src/life/life.int', 'gateway/conformance/src/our-gateway.int', 'services/terminals/src/files/files.int',
  'gateway/conformance/src/client-half/clients.int', 'services/applications/src/applications.cluster.int', 'infra/sandbox/src/kubernetes.int', 'infra/jetstream/src/projector.int',
  'gateway/server/src/every-route.int', 'gateway/client/src/model/model.int', 'services/vps/src/vps.int', 'services/vps/src/drift/drift.int', 'services/terminals/src/forwards/forwards.int',
  'services/applications/src/running/random.int', 'services/vps/src/provisioning/provisioning.int', 'services/applications/src/cluster/cluster.int', 'gateway/server/src/drain.int',
  'gateway/server/src/fuzz.int', 'gateway/server/src/cluster.int', 'infra/ssh/src/connect.int', 'services/vps/src/monitor/watch.int', 'services/applications/src/access/access.cluster.int',
  'services/vps/src/providers/oci/oci.int', 'services/dns/src/plan/changes.int', 'services/vps/src/provisioning/random.int', 'infra/jetstream/src/work.int', 'services/dns/src/dns.int',
  'services/terminals/src/hosting/flood.int', 'services/terminals/src/recording/recording.int', 'services/applications/src/access/password.int', 'services/auth/src/people.int', 'infra/sandbox/src/orphans.int',
  'services/auth/src/cloudflare-import.int', 'services/dns/src/provider/cloudflare.int', 'services/vps/src/life/rented.int', 'infra/deploy/src/every-subject.int', 'gateway/conformance/src/wrong-gateway.int',
  'services/auth/src/log-in.int', 'services/dns/src/provider/octodns.int', 'services/audit/src/audit.int', 'services/notifications/src/notifications.int', 'services/vps/src/life/life.int',
  'gateway/conformance/src/two-gateways.int', 'services/auth/src/tenancy.int',
  'web/e2e/pages.e2e', 'infra/launch/src/faults.e2e', 'infra/launch/src/secrets.e2e', 'web/e2e/main-job.e2e', 'web/e2e/applications.e2e', 'web/e2e/organisation.e2e', 'infra/launch/src/start.e2e', 'web/e2e/journey.e2e',
  'infra/launch/src/other-tenants.e2e', 'infra/launch/src/domains.e2e', 'web/e2e/files.e2e', 'infra/launch/src/ways-in.e2e', 'web/e2e/new-server.e2e', 'web/e2e/server-life.e2e', 'infra/launch/src/tenant-credential.e2e',
  'web/e2e/domains.e2e', 'infra/launch/src/bad-input.e2e', 'web/e2e/terminals.e2e', 'infra/launch/src/own-nats.e2e', 'web/e2e/names-as-text.e2e', 'infra/launch/src/http-fuzz.e2e',
];

const rank = ({ path }) => {
  const at = LONG.findIndex(name => path.includes(`${name}.spec.`));
  return at === -1 ? LONG.length : at;
};

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
}
