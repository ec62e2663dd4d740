import type { CatalogEntry } from '@xanthus/proto/applications';

/** Cores, GiB, GiB. */
export interface Needs { readonly cpu: number; readonly memory: number; readonly disk: number }

/** What a server must have free for it. Volumes made larger need that much more. */
export const needsOf = (entry: CatalogEntry, volume_sizes: Readonly<Record<string, number>> = {}): Needs => ({
  cpu: entry.requirements.min_cpu,
  memory: entry.requirements.min_memory_gb,
  disk: entry.requirements.min_disk_gb + entry.volumes.reduce((more, v) => more + Math.max(0, (volume_sizes[v.name] ?? v.size_gb) - v.size_gb), 0),
});

/** What of it is missing, in sentences; null in `free`: unknown. */
export const shortages = (needs: Needs, free: { readonly [K in keyof Needs]: number | null }): readonly { readonly what: keyof Needs; readonly message: string }[] =>
  (['cpu', 'memory', 'disk'] as const).flatMap(what => {
    const has = free[what];
    if (has === null || has >= needs[what]) return [];
    const [unit, noun] = what === 'cpu' ? ['cores', 'CPU'] : ['GB', what];
    return [{ what, message: `It needs ${plain(needs[what])} ${unit} of ${noun}; ${plain(Math.max(0, has))} are free.` }];
  });

const plain = (value: number): string => String(Math.round(value * 100) / 100);
