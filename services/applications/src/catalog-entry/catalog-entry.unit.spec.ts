import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { entryYaml } from '../catalog/catalog.fixture.js';
import { parseEntry } from '../catalog/index.js';
import type { CatalogEvent } from './catalog-entry.js';
import { catalogDecider, MOST_BYTES, MOST_ENTRIES, type CatalogCommand } from './catalog-entry.decide.js';

const yaml = entryYaml();
const other = entryYaml('category: Web');
const add = (text = yaml, id = 'whoami', others = { count: 0, bytes: 0 }): CatalogCommand => ({ type: 'Add', id, yaml: text, read: parseEntry(text), others });
const change = (text: string, others = { count: 0, bytes: 0 }): CatalogCommand => ({ type: 'Change', id: 'whoami', yaml: text, read: parseEntry(text), others });
const entry = parseEntry(yaml).entry;
if (entry === null) throw new Error('the fixture is wrong');
const added: CatalogEvent = { type: 'CatalogEntryAdded', data: { yaml, entry } };
const removed: CatalogEvent = { type: 'CatalogEntryRemoved', data: {} };

describe('an own entry of the catalog', () => {
  it('is added, changed, removed and added again', () => {
    expect(given(catalogDecider, []).when(add()).then()).toEqual([added]);
    expect(given(catalogDecider, [added]).when(change(other)).state()).toMatchObject({ yaml: other, entry: { category: 'Web' } });
    expect(given(catalogDecider, [added]).when({ type: 'Remove' }).then()).toEqual([removed]);
    expect(given(catalogDecider, [added, removed]).when(add()).then()).toEqual([added]);
  });

  it('is written once, however often it is sent', () => {
    expect(given(catalogDecider, [added]).when(add()).then()).toEqual([]);
    expect(given(catalogDecider, [added]).when(change(yaml)).then()).toEqual([]);
  });

  it('is refused with all its problems, under another id, twice, and beyond the limit', () => {
    expect(given(catalogDecider, []).when(add('id: whoami\nname: x')).refusal()).toBe('CATALOG.INVALID');
    expect(given(catalogDecider, []).when(add(yaml, 'somebody')).refusal()).toBe('CATALOG.ID_DIFFERS');
    expect(given(catalogDecider, [added]).when(add(other)).refusal()).toBe('CATALOG.ID_TAKEN');
    expect(given(catalogDecider, []).when(add(yaml, 'whoami', { count: MOST_ENTRIES, bytes: 0 })).refusal()).toBe('CATALOG.LIMIT_REACHED');
    expect(given(catalogDecider, []).when(add(yaml, 'whoami', { count: 1, bytes: MOST_BYTES })).refusal()).toBe('CATALOG.LIMIT_REACHED');
    expect(given(catalogDecider, [added]).when(change(other, { count: 1, bytes: MOST_BYTES })).refusal()).toBe('CATALOG.LIMIT_REACHED');
    expect(given(catalogDecider, []).when(change(yaml)).refusal()).toBe('CATALOG.NOT_FOUND');
    expect(given(catalogDecider, [added, removed]).when({ type: 'Remove' }).refusal()).toBe('CATALOG.NOT_FOUND');
  });
});
