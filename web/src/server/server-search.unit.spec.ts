import { describe, expect, it } from '@jest/globals';
import { readServerSearch, SERVER_TABS } from './server-search.js';

describe('the address of a server', () => {
  it('opens each of its parts', () => expect(SERVER_TABS.map(([tab]) => readServerSearch({ tab }).tab ?? 'overview')).toEqual(SERVER_TABS.map(([tab]) => tab)));
  it('reads an address bar without trusting it', () => expect([{ tab: 'nonsense' }, { tab: 7 }, {}].map(readServerSearch)).toEqual([{}, {}, {}]));
});
