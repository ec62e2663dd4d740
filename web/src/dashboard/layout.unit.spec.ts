import { describe, expect, it } from '@jest/globals';
import { bandsOf, DEFAULT_LAYOUT, hide, moveBy, moveTo, readLayout, show, shownTiles, TILES } from './layout.js';

describe('the layout of the dashboard', () => {
  it('is the default where nothing, or nonsense, is stored', () => {
    for (const stored of [undefined, null, 'x', { order: 'x', hidden: [1] }, []]) expect(readLayout(stored)).toEqual({ order: [...TILES], hidden: [] });
  });

  it('keeps what was stored, forgets tiles that are no more, and puts new ones where they are by default', () => {
    const { order, hidden } = readLayout({ order: ['events', 'gone', 'servers', 'running'], hidden: ['events', 'gone'] });
    expect(hidden).toEqual(['events']);
    expect([...order].sort()).toEqual([...TILES].sort());
    expect(order.indexOf('events')).toBeLessThan(order.indexOf('servers'));
    expect(order.indexOf('servers')).toBeLessThan(order.indexOf('running'));
    expect(order[order.indexOf('servers') + 1]).toBe('applications');
  });

  it('moves a tile among those that are shown, and no further than the ends', () => {
    const without = hide(DEFAULT_LAYOUT, 'servers');
    expect(shownTiles(moveBy(without, 'applications', -1)).slice(0, 2)).toEqual(['applications', 'running']);
    expect(moveBy(DEFAULT_LAYOUT, 'running', -1)).toEqual(DEFAULT_LAYOUT);
    expect(moveBy(DEFAULT_LAYOUT, 'next', 1)).toEqual(DEFAULT_LAYOUT);
    // there and back again
    expect(moveBy(moveBy(DEFAULT_LAYOUT, 'alerts', 1), 'alerts', -1)).toEqual(DEFAULT_LAYOUT);
  });

  it('takes a tile to the place of the one it is dropped on, from either side', () => {
    expect(moveTo(DEFAULT_LAYOUT, 'events', 'servers').order.slice(0, 3)).toEqual(['running', 'events', 'servers']);
    expect(moveTo(DEFAULT_LAYOUT, 'running', 'alerts').order.slice(0, 4)).toEqual(['servers', 'applications', 'alerts', 'running']);
  });

  it('shows again what was hidden, where it was', () => {
    const hidden = hide(hide(DEFAULT_LAYOUT, 'costs'), 'costs');
    expect(hidden.hidden).toEqual(['costs']);
    expect(show(hidden, 'costs')).toEqual(DEFAULT_LAYOUT);
  });

  it('stands in columns without holes, broken by wide tiles', () => {
    expect(bandsOf(['running', 'servers', 'applications', 'alerts'], 2)).toEqual([{ wide: 'running' }, { columns: [['servers', 'alerts'], ['applications']] }]);
    expect(bandsOf(['servers', 'running', 'alerts'], 2)).toEqual([{ columns: [['servers'], []] }, { wide: 'running' }, { columns: [['alerts'], []] }]);
  });
});
