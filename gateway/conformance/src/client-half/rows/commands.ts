/** Commands: answered, repeated when nobody answered, and no faster than it may be. */
import { holds, same } from '../../check.js';
import { clientRow, type ClientRow } from '../client-row.js';
import { answer, range, refusal, type ClientTrial } from '../client-trial.js';
import type { ClientFrame, Peer } from '../referee.js';

const target = (n: number): string => `cmd.acme.shop.order.o${n}.ship`;
const ship = (...numbers: readonly number[]) => ({ do: 'commands', commands: numbers.map(n => ({ target: target(n), data: { n } })) }) as const;
const answered = (t: ClientTrial): unknown[] => t.program.lines.map(({ target: at, answer: given, error }) => [at, given ?? error]);
const asked = async (peer: Peer, count: number): Promise<ClientFrame[]> => {
  const frames: ClientFrame[] = [];
  while (frames.length < count) frames.push(await peer.next('cmd'));
  return frames;
};

const BURST = 10;
const PER_SECOND = 20;

export const commandRows: readonly ClientRow[] = [
  clientRow('cmd/an answer finds its question by the inbox', ship(1, 2, 3), async (t) => {
    const peer = await t.live();
    const frames = await asked(peer, 3);
    same(new Set(frames.map(f => f.inbox)).size, 3, 'inboxes');
    same(frames.map(f => [f.target, f.data]), [1, 2, 3].map(n => [target(n), { n }]), 'commands');
    for (const frame of frames.toReversed()) peer.send(answer(frame, { shipped: frame.data?.['n'] }));
    await t.when(() => t.program.lines.length >= 3, 'three answers');
    same(answered(t).sort(), [1, 2, 3].map(n => [target(n), { shipped: n }]), 'answers');
  }),
  clientRow('cmd/a refusal is told with its code, and not tried again', ship(1), async (t) => {
    const peer = await t.live();
    peer.send(answer((await asked(peer, 1))[0] as ClientFrame, refusal('ORDER.SHIPPED'), 'error'));
    await t.printed(line => line.error === 'ORDER.SHIPPED', 'ORDER.SHIPPED');
    same(peer.of('cmd').length, 1, 'commands');
  }),
  clientRow('cmd/without an answer it is sent again with the same idempotency key', ship(1, 2), async (t) => {
    const peer = await t.live();
    const [first, second] = await asked(peer, 2) as [ClientFrame, ClientFrame];
    holds(typeof first.idempotency_key === 'string' && typeof second.idempotency_key === 'string' && first.idempotency_key !== second.idempotency_key, 'each command has an idempotency key of its own');
    peer.send(answer(first, { shipped: 1 }));
    await t.printed(line => line.target === target(1), 'the first answer');
    peer.cut();
    const again = await t.live();
    const [repeated] = await asked(again, 1) as [ClientFrame];
    same([repeated.target, repeated.data, repeated.idempotency_key], [second.target, second.data, second.idempotency_key], 'target, data and key of what is sent again');
    again.send(answer(repeated, { shipped: 2 }));
    await t.printed(line => line.target === target(2), 'the second answer');
    same([answered(t), again.of('cmd').length], [[[target(1), { shipped: 1 }], [target(2), { shipped: 2 }]], 1], 'answers, and what was sent again');
  }),
  clientRow('limits/keeps to frames_per_second and burst', ship(...range(1, 40)), async (t) => {
    const peer = await t.live({ limits: { frames_per_second: PER_SECOND, burst: BURST } });
    for (let n = 0; n < 40; n++) {
      const frame = await peer.next('cmd');
      peer.send(answer(frame, { shipped: frame.data?.['n'] }));
    }
    await t.when(() => t.program.lines.length >= 40, 'forty answers');
    // A bucket of `burst` that fills with the rate; a frame may have waited for others on the way.
    const times = peer.frames.map(f => f.at);
    const most = Math.max(...times.map((from, i) => times.length - i - PER_SECOND * (((times.at(-1) ?? 0) - from) / 1_000)));
    holds(most <= BURST + 5, `${times.length} frames came up to ${most.toFixed(1)} at once, burst is ${BURST}`);
  }),
  clientRow('limits/sends no frame above frame_bytes', { do: 'commands', commands: [{ target: target(1), data: { text: 'x'.repeat(3_000) } }, { target: target(2), data: {} }] }, async (t) => {
    const peer = await t.live({ limits: { frame_bytes: 2_000 } });
    const [frame] = await asked(peer, 1) as [ClientFrame];
    peer.send(answer(frame, {}));
    await t.printed(line => line.target === target(1) && line.error === 'TOO_LARGE', 'TOO_LARGE');
    await t.printed(line => line.target === target(2) && line.answer !== undefined, 'the other answer');
  }),
];
