// The order of the test files: what is known to take long begins first, so that no worker is left with it alone at the end.
// Jest learns durations itself, but a fresh clone has none. A file that is not here is only a little late: nothing else depends on this list.
import Sequencer from '@jest/test-sequencer';

const LONG = [
  'services/applications/src/running/real.int', 'services/applications/src/access/access.cluster.int', 'services/applications/src/cluster/cluster.int', 'services/audit/src/audit.int', 'services/notifications/src/notifications.int',
  'services/vps/src/setup/setup.int', 'gateway/client/src/model/model.int', 'services/vps/src/two-copies.int', 'gateway/conformance/src/our-gateway.int',
  'gateway/conformance/src/client-half/clients.int', 'infra/jetstream/src/projector.int', 'services/vps/src/monitor/watch.int', 'services/vps/src/life/life.int',
  'gateway/server/src/fuzz.int', 'services/vps/src/provisioning/provisioning.int', 'proto/tools/generated-files.int', 'services/vps/src/vps.int',
  'gateway/conformance/src/two-gateways.int', 'services/auth/src/people.int', 'services/auth/src/tenancy.int', 'gateway/conformance/src/wrong-gateway.int',
  'gateway/server/src/every-route.int', 'gateway/server/src/drain.int', 'infra/ssh/src/connect.int', 'infra/jetstream/src/work.int', 'services/vps/src/drift/drift.int',
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
