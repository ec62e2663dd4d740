import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { value, type Client, type ConnectionStatus } from '@xanthus/client';
import { Live } from './live.js';

const fake = () => {
  const connection = value<ConnectionStatus>({ state: 'live', since: 0 });
  const opened: string[] = [];
  const closed: string[] = [];
  const client = {
    connection,
    bucket: (name: string, { pattern }: { pattern: string }) => {
      opened.push(`${name} ${pattern}`);
      return { ...value({}), close: () => closed.push(`${name} ${pattern}`) };
    },
    close: () => closed.push('client'),
  } as unknown as Client;
  return { connection, opened, closed, live: new Live(client) };
};

describe('what is kept open between pages', () => {
  beforeEach(() => { jest.useFakeTimers(); });
  afterEach(() => { jest.useRealTimers(); });

  it('subscribes once however many pages show it', () => {
    const { live, opened } = fake();
    expect(live.view('vps', 'acme.servers.*', false).view).toBe(live.view('vps', 'acme.servers.*', false).view);
    live.view('vps', 'acme.metrics.*', false);
    expect(opened).toEqual(['vps acme.servers.*', 'vps acme.metrics.*']);
  });
  it('closes a while after the last page went away, not before', () => {
    const { live, closed } = fake();
    const stop = live.view('vps', 'p', false).use();
    const stopOther = live.view('vps', 'p', false).use();
    stop();
    jest.advanceTimersByTime(60_000);
    expect(closed).toEqual([]);
    stopOther();
    jest.advanceTimersByTime(10_000);
    const back = live.view('vps', 'p', false).use();
    jest.advanceTimersByTime(60_000);
    expect(closed).toEqual([]);
    back();
    jest.advanceTimersByTime(20_000);
    expect(closed).toEqual(['vps p']);
  });
  it('lets go of what no page took up', () => {
    const { live, closed } = fake();
    live.view('vps', 'p', false);
    jest.advanceTimersByTime(20_000);
    expect(closed).toEqual(['vps p']);
  });
  it('closes everything with the session', () => {
    const { live, closed } = fake();
    live.view('vps', 'p', false).use();
    live.close();
    expect(closed).toEqual(['vps p', 'client']);
  });
  it('knows since when the page is behind, over all attempts to come back', () => {
    const { live, connection } = fake();
    expect(live.behind.get()).toBeUndefined();
    connection.set({ state: 'connecting', since: 100 });
    connection.set({ state: 'authenticating', since: 200 });
    expect(live.behind.get()).toBe(100);
    connection.set({ state: 'live', since: 300 });
    expect(live.behind.get()).toBeUndefined();
  });
});
