import { ourLabels, type ProviderServer } from '../providers/provider.js';
import type { DriftFinding, Lifecycle, PowerState, ProviderCapabilities } from '@xanthus/proto/vps';

/** A server as we know it, as far as its provider has a say in it. */
export interface KnownServer {
  readonly id: string;
  readonly name: string;
  readonly provider_ref: string;
  readonly type?: string | undefined;
  /** Absent: nobody switched it, so it is on. */
  readonly power?: PowerState | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  /** Long work of ours is under way. */
  readonly busy: boolean;
}

/** While it is made, changed or deleted by us a difference says nothing. */
export const isComparable = ({ lifecycle = 'ready', busy }: KnownServer): boolean => !busy && (lifecycle === 'ready' || lifecycle === 'failed');

/** What differs; `machine` is undefined if its provider has it no more. What its provider can't change says nothing. */
export const differences = (known: KnownServer, machine: ProviderServer | undefined, can: Pick<ProviderCapabilities, 'rename' | 'resize' | 'power'>): readonly DriftFinding[] => {
  if (!machine) return [{ kind: 'missing', expected: known.name, actual: null }];
  const power = known.power ?? 'running';
  const settled = !machine.locked && (machine.status === 'running' || machine.status === 'off');
  return [
    ...(!can.rename || machine.name === known.name ? [] : [{ kind: 'renamed', expected: known.name, actual: machine.name } as const]),
    ...(!can.resize || known.type === undefined || machine.locked || machine.type === known.type ? [] : [{ kind: 'resized', expected: known.type, actual: machine.type } as const]),
    ...(can.power.length === 0 || !settled || power === 'unknown' || machine.status === power ? [] : [{ kind: 'powered', expected: power, actual: machine.status } as const]),
  ];
};

export const isOurs = (tenant: string, { labels }: Pick<ProviderServer, 'labels'>): boolean => Object.entries(ourLabels(tenant)).every(([name, value]) => labels[name] === value);

/** Labels without what says that it is ours. */
export const foreignLabels = (labels: ProviderServer['labels']): Record<string, string> => Object.fromEntries(Object.entries(labels).filter(([name]) => name !== 'managed_by' && !name.startsWith('xanthus_')));
