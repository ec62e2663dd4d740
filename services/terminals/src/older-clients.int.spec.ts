/** Terminals as clients of before version 1 know them: `/api/terminal/sessions` and JSON frames on `/ws/terminal/{id}`, against a real shell. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { startForwardGround, type ForwardGround } from './forwards/ground.fixture.js';
import { SERVER } from './service-ground.fixture.js';

let t: ForwardGround;
beforeAll(async () => { t = await startForwardGround(); });
afterAll(async () => { await t?.stop(); });

interface Envelope { readonly status: string; readonly code?: string; readonly data?: { readonly id?: string; readonly items?: readonly { readonly id: string; readonly data: { readonly state: string } }[] } }
const api = async (method: string, path = '', body?: object): Promise<{ readonly status: number; readonly told: Envelope }> => {
  const { status, body: text } = await t.ask({ path: `/api/terminal/sessions${path}`, method, headers: { authorization: `Bearer ${t.ada.token}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status, told: JSON.parse(text.toString()) as Envelope };
};
const stateOf = async (id: string): Promise<string | undefined> => (await api('GET')).told.data?.items?.find(i => i.id === id)?.data.state;

it('opens, lists, talks JSON with a real shell, and closes', async () => {
  const { status, told } = await api('POST', '', { server_id: SERVER, cols: 90, rows: 20 });
  expect([status, told.status]).toEqual([202, 'success']);
  const id = told.data?.id ?? '';
  const ws = new WebSocket(`ws://127.0.0.1:${t.gateway.port}/ws/terminal/${id}`, { headers: { authorization: `Bearer ${t.ada.token}` } });
  const frames: { readonly type: string; readonly data?: string; readonly code?: string }[] = [];
  const closed = new Promise<number>(resolve => { ws.once('close', resolve); });
  ws.on('error', () => undefined);
  ws.on('message', (data, binary) => {
    expect(binary).toBe(false);
    frames.push(JSON.parse(String(data)) as typeof frames[number]);
  });
  const text = (): string => frames.filter(f => f.type === 'terminal_output').map(f => f.data ?? '').join('');
  const say = (frame: object): void => ws.send(JSON.stringify(frame));
  const shows = (what: string): Promise<unknown> => eventually(() => text().includes(what), { every: 10 });
  await eventually(() => /[$#] /.test(text()), { every: 10 });
  expect(await stateOf(id)).toBe('open');

  say({ type: 'resize', cols: 111, rows: 33 });
  say({ type: 'terminal_input', data: 'stty size; printf "%s-%s\\n" grü ße\r' });
  await shows('33 111\r\n');
  await shows('grü-ße\r\n');
  say({ type: 'ping' });
  await eventually(() => frames.some(f => f.type === 'pong'));
  say({ type: 'nonsense' });
  await eventually(() => frames.some(f => f.type === 'error' && f.code === 'BAD_FRAME'));
  // Nothing but what they know.
  expect(new Set(frames.map(f => f.type))).toEqual(new Set(['terminal_output', 'pong', 'error']));

  expect((await api('DELETE', `/${id}`)).status).toBeLessThan(300);
  expect(await closed).toBe(1_000);
  await eventually(async () => await stateOf(id) === 'ended', { every: 50 });
  expect(await api('DELETE', `/${id}`)).toMatchObject({ told: { status: 'error', code: 'SESSION.ENDED' } });
});
