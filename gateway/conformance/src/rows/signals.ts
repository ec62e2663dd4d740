/** `sub`: core subjects, no history. */
import { holds, isData, refusedWith, same } from '../check.js';
import { row, type Row } from '../row.js';

const NEEDS = ['identities', 'signals'] as const;

export const signalRows: readonly Row[] = [
  row('sub/is live, then tells every message in order', { covers: ['op:sub', 'out:msg', 'out:reply'], needs: NEEDS }, async (t) => {
    const socket = await t.live();
    const target = `sig.${t.tenant}.vps.server.s1.metrics`;
    same(await socket.ask({ op: 'sub', target }).then(({ op, target: at, data }) => ({ op, at, data })), { op: 'reply', at: target, data: { status: 'live' } }, 'the answer to sub');
    const n = 200;
    for (let i = 0; i < n; i++) t.part('signals').publish(target, { i });
    const got = await socket.collect(n, isData(target), 'a signal');
    same(got.map(f => f.data), Array.from({ length: n }, (_, i) => ({ subject: target, payload: { i } })), 'the signals');
  }),
  row('sub/wildcards match whole tokens, and the message names its subject', { covers: ['op:sub', 'out:msg'], needs: NEEDS }, async (t) => {
    const socket = await t.live();
    const at = (rest: string): string => `sig.${t.tenant}.${rest}`;
    const [one, rest] = [at('vps.server.*.log'), at('vps.server.s2.>')];
    for (const target of [one, rest]) same((await socket.ask({ op: 'sub', target })).data.status, 'live', target);
    for (const subject of ['vps.server.s1.log', 'vps.server.s1.other', 'vps.server.s2.log', 'vps.server.s2.a.b', 'vps.server.s2']) t.part('signals').publish(at(subject), { subject });
    const last = at('vps.server.end.log');
    t.part('signals').publish(last, {});
    await socket.until(f => f.data.subject === last, 'the last signal');
    same(socket.frames.filter(isData(one)).map(f => f.data.subject), ['vps.server.s1.log', 'vps.server.s2.log', 'vps.server.end.log'].map(at), one);
    same(socket.frames.filter(isData(rest)).map(f => f.data.subject), ['vps.server.s2.log', 'vps.server.s2.a.b'].map(at), rest);
  }),
  row('sub/a payload is the JSON value, or $base64 where it is none', { covers: ['out:msg'], needs: NEEDS }, async (t) => {
    const socket = await t.live();
    const target = `sig.${t.tenant}.vps.server.s1.raw`;
    await socket.ask({ op: 'sub', target });
    const raws = [Buffer.from('not json'), Buffer.from([0xff, 0xfe]), Buffer.from('12'), Buffer.from('"ä"'), Buffer.from('null'), Buffer.from('{"a":1}{')];
    for (const raw of raws) t.part('signals').publishRaw(target, raw);
    const got = await socket.collect(raws.length, isData(target), 'a signal');
    const base64 = (i: number): unknown => ({ $base64: raws[i]?.toString('base64') });
    same(got.map(f => f.data.payload), [base64(0), base64(1), 12, 'ä', null, base64(5)], 'the payloads');
  }),
  row('sub/an empty payload is no JSON either', { covers: ['out:msg'], needs: NEEDS }, async (t) => {
    const socket = await t.live();
    const target = `sig.${t.tenant}.vps.server.s1.raw`;
    await socket.ask({ op: 'sub', target });
    t.part('signals').publishRaw(target, new Uint8Array());
    same((await socket.until(isData(target), 'a signal')).data.payload, { $base64: '' }, 'the payload');
  }),
  row('sub/only sig. is a core subject', { covers: ['error:DENIED'], needs: NEEDS }, async (t) => {
    const everything = await t.live(await t.person({ subjects: ['>', `evt.${t.tenant}.>`], streams: { '*': ['>'] } }));
    for (const target of [`evt.${t.tenant}.>`, `cmd.${t.tenant}.>`, '>', '*.a', `mark.${t.tenant}.>`, `key.vps.unwrap`, '$SYS.>', '_INBOX.>', '$KV.auth-a.>']) refusedWith(await everything.ask({ op: 'sub', target }), 'DENIED', target);
  }),
  row('sub/the same again is ALREADY_SUBSCRIBED', { covers: ['error:ALREADY_SUBSCRIBED'], needs: NEEDS }, async (t) => {
    const socket = await t.live();
    const target = `sig.${t.tenant}.>`;
    await socket.ask({ op: 'sub', target });
    refusedWith(await socket.ask({ op: 'sub', target }), 'ALREADY_SUBSCRIBED', 'sub');
    t.part('signals').publish(`sig.${t.tenant}.a`, 1);
    t.part('signals').publish(`sig.${t.tenant}.b`, 2);
    await socket.collect(2, isData(target), 'a signal');
    same(socket.frames.filter(isData(target)).length, 2, 'signals after a second sub');
  }),
  row('unsub/ends it: nothing comes after', { covers: ['op:unsub', 'out:reply'], needs: NEEDS }, async (t) => {
    const socket = await t.live();
    const [gone, stays] = [`sig.${t.tenant}.a.*`, `sig.${t.tenant}.>`];
    for (const target of [gone, stays]) await socket.ask({ op: 'sub', target });
    same((await socket.ask({ op: 'unsub', target: gone })).data, { status: 'ended' }, 'the answer to unsub');
    const before = socket.frames.length;
    t.part('signals').publish(`sig.${t.tenant}.a.b`, 1);
    await socket.until(isData(stays), 'the other subscription');
    await socket.quiet();
    holds(!socket.frames.slice(before).some(isData(gone)), 'a message after the reply to unsub');
    same((await socket.ask({ op: 'sub', target: gone })).data.status, 'live', 'sub after unsub');
  }),
  row('unsub/what is not there is NOT_FOUND', { covers: ['op:unsub', 'error:NOT_FOUND'], needs: [] }, async (t) => {
    const socket = await t.live();
    for (const target of ['sig.none', 'kv:none', 'js:NONE']) refusedWith(await socket.ask({ op: 'unsub', target }), 'NOT_FOUND', target);
  }),
];
