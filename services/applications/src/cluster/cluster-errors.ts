/** What helm and kubectl say when something does not work, as codes with a next step. Pure. */
import { Refusal } from '@xanthus/kernel';

interface Known { readonly code: string; readonly pattern: RegExp; readonly say: (found: RegExpExecArray) => string; readonly again?: true }

const one = (text: string | undefined, max = 200): string => (text ?? '').replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim().slice(0, max);

/** In this order: the first that fits counts. What the programs print is in English, whatever the machine's language. */
const KNOWN: readonly Known[] = [
  { code: 'CLUSTER.NO_HELM', pattern: /xanthus-no-helm/, say: () => 'There is no Helm on the server. Set it up: "Install K3s" on the server\'s page installs it.' },
  { code: 'CLUSTER.NO_KUBERNETES', pattern: /xanthus-no-kubectl/, say: () => 'There is no Kubernetes on the server. Set it up: "Install K3s" on the server\'s page.' },
  { code: 'CLUSTER.NO_KUBERNETES', pattern: /stat (\S*k3s\.yaml): no such file|(?:\S*k3s\.yaml)["']?: no such file/i, say: () => 'There is no Kubernetes on the server: it has no /etc/rancher/k3s/k3s.yaml. Set it up: "Install K3s" on the server\'s page.' },
  { code: 'CLUSTER.NO_KUBERNETES', pattern: /by a sandbox without a Kubernetes: ([^\n]*)/, say: m => `This server to play with has no Kubernetes: ${one(m[1])}.` },
  { code: 'CLUSTER.REFUSED', pattern: /(?:k3s\.yaml|kubeconfig)\S*:? permission denied/i, say: () => 'The user that Xanthus logs in with may not read the kubeconfig. Let it use sudo without a password, or adopt the server with root.' },
  { code: 'CLUSTER.TERMINATING', pattern: /because it is being terminated/i, say: () => 'The namespace is just being deleted. Try again once it is gone.', again: true },
  { code: 'CHART.BUSY', pattern: /another operation \(install\/upgrade\/rollback\) is in progress/i, say: () => 'Another operation of Helm on this release is in progress, or one was cut off. Wait until it ends; one that was cut off is taken back by the next deployment.', again: true },
  { code: 'CHART.NOT_OURS', pattern: /([A-Z]\w+) "([^"]+)" (?:in namespace "[^"]*" )?exists and cannot be imported/, say: m => `${m[1] ?? 'An object'} ${m[2] ?? ''} is there already and does not belong to this release. Remove it, or choose another name or namespace.` },
  { code: 'CHART.NOT_OURS', pattern: /invalid ownership metadata|resource that already exists/i, say: () => 'An object of the chart is there already and does not belong to this release. Remove it, or choose another name or namespace.' },
  { code: 'CHART.CRD_CONFLICT', pattern: /customresourcedefinitions?[^\n]{0,200}(?:conflict|already exists|invalid)|conflict[^\n]{0,120}customresourcedefinition/i, say: () => 'Definitions (CRDs) that the chart brings are there already in another form. Only one such application fits into a cluster; remove the other one first.' },
  { code: 'CHART.CRD_MISSING', pattern: /no matches for kind "([^"]+)" in version "([^"]+)"/i, say: m => `The cluster does not know ${one(m[1], 80)} (${one(m[2], 80)}). The chart needs something that must be installed first, or a newer Kubernetes.` },
  { code: 'CHART.WEBHOOK', pattern: /failed calling webhook "?([^\s":]+)"?/i, say: m => `The webhook ${one(m[1], 120)} of another application in the cluster did not answer, so nothing can be made. Is that application running? Try again once it is.`, again: true },
  { code: 'CHART.WEBHOOK', pattern: /admission webhook "([^"]+)" denied the request:?\s*([^\n]*)/i, say: m => `The webhook ${one(m[1], 120)} in the cluster does not allow it: ${one(m[2])}` },
  { code: 'CHART.VALUES', pattern: /values don't meet the specifications of the schema[^\n]*\n?([\s\S]{0,300})/i, say: m => `The values do not fit the chart: ${one(m[1], 300)}` },
  { code: 'CHART.VALUES', pattern: /(?:error converting YAML|cannot parse|failed to parse)[^\n]{0,40}(?:values|stdin|-)[^\n]*/i, say: () => 'The values are no YAML that Helm can read. Look at the values laid over those of the entry.' },
  { code: 'CHART.RENDER', pattern: /(?:execution error at|template: |parse error at|YAML parse error on)\s*\(?([^\n]{0,300})/i, say: m => `The chart cannot be rendered with these values: ${one(m[1], 300)}` },
  { code: 'CHART.INVALID', pattern: /(?:is invalid: |unable to build kubernetes objects[^\n]{0,80}: |unknown field |ValidationError)([^\n]{0,300})/i, say: m => `The cluster does not accept an object of the chart: ${one(m[1] || m[0], 300)}` },
  { code: 'CHART.HOOK', pattern: /(?:pre|post)-(?:install|upgrade|rollback|delete) hooks? failed:?\s*([^\n]{0,200})/i, say: m => `A preparing or closing job of the chart has failed: ${one(m[1])}. Its log tells why.` },
  { code: 'CHART.NOT_FOUND', pattern: /(?:failed to download|chart "[^"]*"[^\n]*not found|path "[^"]*" not found|Chart\.yaml file is missing)/i, say: () => 'The chart cannot be read on the server. Try again; if it stays so, check chart and version of the entry.', again: true },
  { code: 'CLUSTER.QUOTA', pattern: /exceeded quota:?\s*([^\n]{0,200})/i, say: m => `A quota in the cluster does not allow more: ${one(m[1])}` },
  { code: 'CLUSTER.DISK_FULL', pattern: /no space left on device/i, say: () => 'The disk of the server is full. Make room, or give the server a larger one.' },
  { code: 'CHART.NOT_READY', pattern: /(?:timed out waiting for the condition|context deadline exceeded|resource not ready|progress deadline|would exceed context deadline)/i, say: () => 'Not everything of it became ready in time.' },
  { code: 'CLUSTER.FORBIDDEN', pattern: /is forbidden:?\s*([^\n]{0,200})|Unauthorized|must be logged in to the server/i, say: m => `The cluster does not allow it: ${one(m[1] ?? m[0])}` },
  { code: 'CLUSTER.UNREACHABLE', pattern: /cluster unreachable|connection refused|was refused|Unable to connect to the server|i\/o timeout|TLS handshake timeout|no route to host|server is currently unable|etcdserver: (?:request timed out|leader changed)|apiserver not ready|http2: client connection lost|EOF$/im, say: () => 'The Kubernetes of the server does not answer. Is K3s running there ("systemctl status k3s")? It is tried again.', again: true },
  { code: 'CLUSTER.CONFLICT', pattern: /the object has been modified|Apply failed with \d+ conflicts?:?\s*([^\n]{0,200})/i, say: m => `Somebody else changes the same object${m[1] === undefined ? '' : `: ${one(m[1])}`}. Try again.`, again: true },
];

/** For functions that answer with nothing then. */
export const isNoRelease = (said: string): boolean => /release: not found|release not loaded|release name "[^"]*" not found/i.test(said);
export const isNoObject = (said: string): boolean => /\(NotFound\)|the server doesn't have a resource type/i.test(said);

/** @param what the work, for the sentence: `helm upgrade`. @param said what the program wrote on stderr */
export const refusalOf = (what: string, said: string): Refusal => {
  for (const { code, pattern, say, again } of KNOWN) {
    const found = pattern.exec(said);
    if (found) return new Refusal(code, say(found), { said: tailOf(said) }, again === true);
  }
  return new Refusal('CLUSTER.REFUSED', `${what} did not work: ${one(lastError(said), 300) || 'it said nothing'}.`, { said: tailOf(said) });
};

/** Programs end with what counts. */
const lastError = (said: string): string => said.split('\n').findLast(line => /error/i.test(line)) ?? said.trim().split('\n').at(-1) ?? '';
const tailOf = (said: string): string => said.trim().split('\n').slice(-10).map(line => one(line, 400)).join('\n');
