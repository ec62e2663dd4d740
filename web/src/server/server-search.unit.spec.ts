import { describe, expect, it } from '@jest/globals';
import { readServerSearch, SERVER_TABS } from './server-search.js';

describe('the address of a server', () => {
  it('opens each of its parts', () => expect(SERVER_TABS.map(([tab]) => readServerSearch({ tab }).tab ?? 'overview')).toEqual(SERVER_TABS.map(([tab]) => tab)));
  it('keeps the span of the metrics, and of them only', () => expect([{ tab: 'metrics', span: '30d' }, { tab: 'logs', span: '30d' }].map(readServerSearch)).toEqual([{ tab: 'metrics', span: '30d' }, { tab: 'logs' }]));
  it('keeps the path of the files, and of them only', () => expect([{ tab: 'files', path: '/var' }, { tab: 'files', path: 'var' }, { tab: 'logs', path: '/var' }].map(readServerSearch)).toEqual([{ tab: 'files', path: '/var' }, { tab: 'files' }, { tab: 'logs' }]));
  it('reads an address bar without trusting it', () => expect([{ tab: 'nonsense' }, { tab: 7 }, {}].map(readServerSearch)).toEqual([{}, {}, {}]));
});
