import { providerRefusal } from '../provider.errors.js';
import { createOnce, onceFor, type OciClient } from './oci.client.js';
import { part, routeTable, vcn } from './oci.shapes.js';

const TAGS = { managed_by: 'xanthus' };
const EVERYWHERE = '0.0.0.0/0';
const TCP = '6';
const gone = new Set(['TERMINATING', 'TERMINATED', 'FAILED']);

/**
 * The subnet that our machines are in: one network per region with a way to the internet, found by its name and tag and made part by part where it is absent.
 * Each part is looked for first and asked for with a token of its own, so two orders at once end in one network.
 */
export const ensureSubnet = async (client: OciClient, ports: readonly number[], signal: AbortSignal): Promise<string> => {
  const { tenancy: compartmentId, region } = client.key;
  const name = `xanthus-vcn-${region}`;
  const once = (what: string): string => onceFor(compartmentId, region, what);
  const network = (await client.all('iaas', '/vcns', vcn, { query: { compartmentId, displayName: name }, about: 'network', signal })).find(v => v.freeformTags['managed_by'] === 'xanthus' && !gone.has(v.lifecycleState))
    ?? await createOnce(client, '/vcns', vcn, { compartmentId, cidrBlocks: ['10.0.0.0/16'], displayName: name, dnsLabel: 'xanthus', freeformTags: TAGS }, { once: once('vcn'), about: 'network', signal });

  const ensurePart = async (path: string, displayName: string, body: object): Promise<string> => {
    const found = (await client.all('iaas', path, part, { query: { compartmentId, vcnId: network.id, displayName }, about: 'network', signal })).find(p => p.displayName === displayName && !gone.has(p.lifecycleState));
    if (found) return found.id;
    return (await createOnce(client, path, part, { compartmentId, vcnId: network.id, displayName, freeformTags: TAGS, ...body }, { once: once(`${network.id} ${displayName}`), about: 'network', signal })).id;
  };
  const gateway = await ensurePart('/internetGateways', 'xanthus-internet', { isEnabled: true });
  const routes = await client.call('iaas', 'GET', `/routeTables/${network.defaultRouteTableId}`, routeTable, { about: 'network', signal });
  if (!routes.routeRules.some(r => r.destination === EVERYWHERE)) {
    await client.call('iaas', 'PUT', `/routeTables/${routes.id}`, routeTable, {
      body: { routeRules: [...routes.routeRules, { destination: EVERYWHERE, destinationType: 'CIDR_BLOCK', networkEntityId: gateway }] }, about: 'network', signal,
    });
  }
  // a port beyond the usual ones has a list of its own, so that those of other machines stay as they are
  const usual = [22, 80, 443, 6443];
  const rules = (open: readonly number[]) => ({
    egressSecurityRules: [{ destination: EVERYWHERE, protocol: 'all' }],
    ingressSecurityRules: open.map(port => ({ source: EVERYWHERE, protocol: TCP, tcpOptions: { destinationPortRange: { min: port, max: port } } })),
  });
  const lists = [await ensurePart('/securityLists', 'xanthus-ports', rules(usual))];
  const more = ports.filter(p => !usual.includes(p)).sort((a, b) => a - b);
  if (more.length > 4) throw providerRefusal('INVALID', 'At most four further ports can be opened for a machine.');
  for (const port of more) lists.push(await ensurePart('/securityLists', `xanthus-port-${port}`, rules([port])));
  const subnet = more.length === 0 ? 'xanthus-subnet' : `xanthus-subnet-${more.join('-')}`;
  return ensurePart('/subnets', subnet, { cidrBlock: more.length === 0 ? '10.0.1.0/24' : `10.0.${2 + (more.reduce((a, b) => a + b, 0) % 250)}.0/24`, routeTableId: network.defaultRouteTableId, securityListIds: lists, prohibitPublicIpOnVnic: false });
};
