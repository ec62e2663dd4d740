/** What is sold: examples that the OpenAPI document allows, with the names, sizes and (about) the prices of 2026. Not an offer. */
import { iso, type Architecture, type Deprecation, type Image, type Location, type ServerType } from './state.js';

export const LOCATIONS: readonly Location[] = [
  { id: 1, name: 'fsn1', description: 'Falkenstein DC Park 1', country: 'DE', city: 'Falkenstein', latitude: 50.47612, longitude: 12.370071, network_zone: 'eu-central' },
  { id: 2, name: 'nbg1', description: 'Nuremberg DC Park 1', country: 'DE', city: 'Nuremberg', latitude: 49.452102, longitude: 11.076665, network_zone: 'eu-central' },
  { id: 3, name: 'hel1', description: 'Helsinki DC Park 1', country: 'FI', city: 'Helsinki', latitude: 60.169855, longitude: 24.938379, network_zone: 'eu-central' },
  { id: 4, name: 'ash', description: 'Ashburn, VA', country: 'US', city: 'Ashburn, VA', latitude: 39.045821, longitude: -77.487073, network_zone: 'us-east' },
  { id: 5, name: 'hil', description: 'Hillsboro, OR', country: 'US', city: 'Hillsboro, OR', latitude: 45.54222, longitude: -122.951924, network_zone: 'us-west' },
  { id: 6, name: 'sin', description: 'Singapore', country: 'SG', city: 'Singapore', latitude: 1.283333, longitude: 103.833333, network_zone: 'ap-southeast' },
];
/** Names of the data centers, one per location. */
export const DATACENTERS: Readonly<Record<string, { readonly id: number; readonly name: string; readonly description: string }>> = {
  nbg1: { id: 2, name: 'nbg1-dc3', description: 'Nuremberg 1 virtual DC 3' }, hel1: { id: 3, name: 'hel1-dc2', description: 'Helsinki 1 virtual DC 2' }, fsn1: { id: 4, name: 'fsn1-dc14', description: 'Falkenstein 1 virtual DC14' },
  ash: { id: 5, name: 'ash-dc1', description: 'Ashburn virtual DC 1' }, hil: { id: 6, name: 'hil-dc1', description: 'Hillsboro virtual DC 1' }, sin: { id: 7, name: 'sin-dc1', description: 'Singapore virtual DC 1' },
};

const TB = 1024 ** 4;
const EU = ['fsn1', 'nbg1', 'hel1'];
const ALL = [...EU, 'ash', 'hil', 'sin'];

interface Row { readonly id: number; readonly name: string; readonly cores: number; readonly memory: number; readonly disk: number; readonly hourly: string; readonly monthly: string; readonly at: readonly string[]; readonly arm?: true; readonly dedicated?: true; readonly category: string; readonly deprecated?: Deprecation }
const COST = 'Cost-Optimized';
const REGULAR = 'Regular Performance';
const GENERAL = 'General Purpose';
const gone: Deprecation = { announced: '2025-10-16T06:00:00+00:00', unavailable_after: '2026-01-01T00:00:00+00:00' };

const ROWS: readonly Row[] = [
  { id: 114, name: 'cx23', cores: 2, memory: 4, disk: 40, hourly: '0.0048', monthly: '2.99', at: EU, category: COST },
  { id: 115, name: 'cx33', cores: 4, memory: 8, disk: 80, hourly: '0.0080', monthly: '4.99', at: EU, category: COST },
  { id: 116, name: 'cx43', cores: 8, memory: 16, disk: 160, hourly: '0.0152', monthly: '9.49', at: EU, category: COST },
  { id: 117, name: 'cx53', cores: 16, memory: 32, disk: 320, hourly: '0.0280', monthly: '17.49', at: EU, category: COST },
  { id: 45, name: 'cax11', cores: 2, memory: 4, disk: 40, hourly: '0.0053', monthly: '3.29', at: EU, arm: true, category: COST },
  { id: 93, name: 'cax21', cores: 4, memory: 8, disk: 80, hourly: '0.0096', monthly: '5.99', at: EU, arm: true, category: COST },
  { id: 94, name: 'cax31', cores: 8, memory: 16, disk: 160, hourly: '0.0192', monthly: '11.99', at: EU, arm: true, category: COST },
  { id: 108, name: 'cpx22', cores: 2, memory: 4, disk: 80, hourly: '0.0096', monthly: '5.99', at: EU, category: REGULAR },
  { id: 109, name: 'cpx32', cores: 4, memory: 8, disk: 160, hourly: '0.0168', monthly: '10.49', at: EU, category: REGULAR },
  { id: 110, name: 'cpx42', cores: 8, memory: 16, disk: 320, hourly: '0.0312', monthly: '19.49', at: EU, category: REGULAR },
  { id: 22, name: 'cpx11', cores: 2, memory: 2, disk: 40, hourly: '0.0072', monthly: '4.49', at: ['ash', 'hil', 'sin'], category: REGULAR },
  { id: 23, name: 'cpx21', cores: 3, memory: 4, disk: 80, hourly: '0.0144', monthly: '8.99', at: ['ash', 'hil', 'sin'], category: REGULAR },
  { id: 96, name: 'ccx13', cores: 2, memory: 8, disk: 80, hourly: '0.0200', monthly: '12.49', at: ALL, dedicated: true, category: GENERAL },
  { id: 97, name: 'ccx23', cores: 4, memory: 16, disk: 160, hourly: '0.0392', monthly: '24.49', at: ALL, dedicated: true, category: GENERAL },
  { id: 104, name: 'cx22', cores: 2, memory: 4, disk: 40, hourly: '0.0060', monthly: '3.79', at: EU, category: COST, deprecated: gone },
];

export const serverTypes = (): ServerType[] => ROWS.map(({ id, name, cores, memory, disk, hourly, monthly, at, arm, dedicated, category, deprecated }) => ({
  id, name, cores, memory, disk, category, cpu_type: dedicated ? 'dedicated' : 'shared', architecture: arm ? 'arm' : 'x86',
  prices: new Map(at.map(location => [location, { hourly, monthly, included_traffic: (location === 'sin' ? 0.5 : EU.includes(location) ? 20 : 1) * TB }])),
  deprecation: new Map(deprecated ? at.map(location => [location, deprecated]) : []),
  soldOut: new Set<string>(),
}));

const IMAGES: readonly (readonly [x86: number, arm: number, name: string, description: string, flavor: string, version: string, deprecated?: string])[] = [
  [161547269, 161547270, 'ubuntu-24.04', 'Ubuntu 24.04', 'ubuntu', '24.04'],
  [67794396, 103908130, 'ubuntu-22.04', 'Ubuntu 22.04', 'ubuntu', '22.04'],
  [15512617, 103908131, 'ubuntu-20.04', 'Ubuntu 20.04', 'ubuntu', '20.04', '2025-05-31T00:00:00+00:00'],
  [310557660, 310557661, 'debian-13', 'Debian 13', 'debian', '13'],
  [114690387, 114690389, 'debian-12', 'Debian 12', 'debian', '12'],
  [310558000, 310558001, 'fedora-42', 'Fedora 42', 'fedora', '42'],
  [310559000, 310559001, 'rocky-10', 'Rocky Linux 10', 'rocky', '10'],
];

export const systemImages = (): Map<number, Image> => new Map(IMAGES.flatMap(([x86, arm, name, description, os_flavor, os_version, deprecated]) =>
  ([[x86, 'x86'], [arm, 'arm']] as const).map(([id, architecture]: readonly [number, Architecture]): [number, Image] => [id, {
    id, type: 'system', status: 'available', name, description, os_flavor, os_version, architecture, disk_size: 5, image_size: null, created: iso(Date.UTC(2025, 3, 24)), created_from: null, deprecated: deprecated ?? null, labels: {},
  }])));
