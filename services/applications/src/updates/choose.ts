import { compareVersions, isPrerelease, stepBetween } from '../versions/index.js';

export interface Choice { readonly from: string; readonly auto: 'none' | 'patch' | 'minor'; readonly held: readonly string[]; readonly offered: readonly { readonly version: string; readonly prerelease: boolean }[] }

/** The newest version that may be taken without being asked; undefined: none. Pure. */
export const chooseUpdate = ({ from, auto, held, offered }: Choice): string | undefined => {
  const steps = auto === 'minor' ? ['minor', 'patch'] : auto === 'patch' ? ['patch'] : [];
  return offered.filter(o => !o.prerelease && !isPrerelease(o.version) && !held.includes(o.version)).map(o => o.version)
    .filter(version => steps.includes(stepBetween(from, version) ?? 'none')).toSorted(compareVersions).at(-1);
};
