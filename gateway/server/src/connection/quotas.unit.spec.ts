import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Connection } from './connection.js';
import { Quotas, type Quota } from './quotas.js';
import { RateLimit } from './rate-limit.js';
import { Subscriptions } from './subscriptions.js';

const quota: Quota = {
  connections: 6, connections_per_tenant: 4, connections_per_user: 2, connections_per_address: 3, unauthenticated: 3, unauthenticated_per_address: 2, handshakes_per_second: 10, handshake_burst: 20,
  subscriptions_per_tenant: 5, subscriptions_per_user: 3, commands_per_second_per_tenant: 4, commands_per_second: 2, blob_bytes_per_tenant: 1_000, requests_per_second_per_address: 3, log_ins_per_second_per_address: 1,
};
const ada = { tenant: 'acme', id: 'ada' };
const bob = { tenant: 'acme', id: 'bob' };
const eve = { tenant: 'globex', id: 'ada' };

let now: number;
let quotas: Quotas;
beforeEach(() => {
  now = 1;
  quotas = new Quotas(quota, () => now);
});
const open = (address?: string, who?: typeof ada): Connection => {
  const connection = { address, principal: undefined as unknown } as Connection;
  quotas.opened(connection);
  if (who !== undefined) {
    Object.assign(connection, { principal: who });
    quotas.identified(connection, who);
  }
  return connection;
};

describe('quotas', () => {
  it('count the large inputs of a tenant as long as they wait', () => {
    expect([quotas.blob('acme', 700), quotas.blob('globex', 1_000)]).toEqual([undefined, undefined]);
    expect(quotas.blob('acme', 400)).toEqual({ limit: 'blob_bytes_per_tenant', max: 1_000 });
    quotas.blobGone('acme', 700);
    expect(quotas.blob('acme', 400)).toBeUndefined();
  });

  it('counts connections in all, by address, and those that have not logged in', () => {
    const first = open('a');
    open('a');
    expect(quotas.stranger('a')).toEqual({ limit: 'unauthenticated_per_address', max: 2 });
    expect([quotas.stranger('b'), quotas.handshake('a')]).toEqual([undefined, undefined]);
    open('b');
    expect(quotas.stranger('c')).toEqual({ limit: 'unauthenticated', max: 3 });
    open('a', ada);
    expect(quotas.handshake('a')).toEqual({ limit: 'connections_per_address', max: 3 });
    expect([quotas.handshake('b'), quotas.handshake(undefined)]).toEqual([undefined, undefined]);
    open('c', ada);
    open('d', bob);
    expect(quotas.handshake('e')).toEqual({ limit: 'connections', max: 6 });
    quotas.closed(first);
    expect([quotas.handshake('a'), quotas.stranger('a')]).toEqual([undefined, undefined]);
  });

  it('does not count programs of this machine by address', () => {
    for (let i = 0; i < 3; i++) open(undefined, { tenant: 't', id: `u${i}` });
    expect([quotas.handshake(undefined), quotas.stranger(undefined)]).toEqual([undefined, undefined]);
  });

  it('counts connections of a person and of a tenant', () => {
    const one = open('a', ada);
    open('b', ada);
    expect(quotas.login(ada)).toEqual({ limit: 'connections_per_user', max: 2 });
    expect([quotas.login(bob), quotas.login(eve)]).toEqual([undefined, undefined]);
    open('c', bob);
    open('d', bob);
    expect(quotas.login({ tenant: 'acme', id: 'cyd' })).toEqual({ limit: 'connections_per_tenant', max: 4 });
    expect(quotas.login(eve)).toBeUndefined();
    quotas.closed(one);
    expect(quotas.login(ada)).toBeUndefined();
  });

  it('counts subscriptions of a person and of a tenant', () => {
    const held = new Subscriptions(change => quotas.subscribed(ada, change));
    for (const key of ['x', 'y', 'z', 'z']) held.set(key, {} as never);
    expect(quotas.subscription(ada)).toEqual({ limit: 'subscriptions_per_user', max: 3 });
    expect(quotas.subscription(bob)).toBeUndefined();
    quotas.subscribed(bob, 2);
    expect(quotas.subscription({ tenant: 'acme', id: 'cyd' })).toEqual({ limit: 'subscriptions_per_tenant', max: 5 });
    held.delete('x');
    held.delete('x');
    expect(quotas.subscription(ada)).toBeUndefined();
    held.clear();
    expect(quotas.subscription({ tenant: 'acme', id: 'cyd' })).toBeUndefined();
  });

  it('lets commands pass at the rate of a person and of a tenant', () => {
    const passed = (who: typeof ada, n: number): number => Array.from({ length: n }, () => quotas.command(who)).filter(e => e === undefined).length;
    expect(passed(ada, 10)).toBe(4);
    expect(quotas.command(ada)).toEqual({ limit: 'commands_per_second', max: 2 });
    expect(passed(bob, 10)).toBe(4);
    expect(quotas.command({ tenant: 'acme', id: 'cyd' })).toEqual({ limit: 'commands_per_second_per_tenant', max: 4 });
    expect(passed(eve, 10)).toBe(4);
    now += 1_000;
    expect(passed(ada, 10)).toBe(2);
  });

  it('takes requests at the rate of an address, log-ins at a lower one, and does not count programs of this machine', () => {
    expect([quotas.request('a', true), quotas.request('a', true), quotas.request('a', true)]).toEqual([undefined, undefined, { limit: 'log_ins_per_second_per_address', max: 1 }]);
    for (let i = 0; i < 4; i++) expect(quotas.request('a', false)).toBeUndefined();
    expect(quotas.request('a', false)).toEqual({ limit: 'requests_per_second_per_address', max: 3 });
    expect([quotas.request('b', true), quotas.request(undefined, true)]).toEqual([undefined, undefined]);
    now += 1_000;
    expect([quotas.request('a', true), quotas.request('a', false), quotas.request('a', false), quotas.request('a', false)]).toEqual([undefined, undefined, undefined, { limit: 'requests_per_second_per_address', max: 3 }]);
    for (let i = 0; i < 100; i++) expect(quotas.request(undefined, true)).toBeUndefined();
  });

  it('takes handshakes at a rate, so that a storm is spread', () => {
    const taken = (): number => Array.from({ length: 50 }, () => quotas.handshake('a')).filter(e => e?.limit !== 'handshakes_per_second').length;
    expect(taken()).toBe(20);
    now += 500;
    expect(taken()).toBe(5);
  });
});

describe('a rate that may be overspent', () => {
  it('says how long to wait', () => {
    const rate = new RateLimit(1_000, 2_000);
    expect(rate.spend(1, 1_500)).toBe(0);
    expect(rate.spend(1, 1_500)).toBe(1_001);
    expect(rate.spend(1_002, 0)).toBe(0);
  });
});
