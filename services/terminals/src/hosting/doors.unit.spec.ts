import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import { parseTtyFrame } from '@xanthus/proto';
import { eventually } from '@xanthus/testing';
import { openDoors } from './doors.js';
import { blindMirrors, quietWire, STATE } from './held-shell.fixture.js';
import type { Hosted } from './hosted.js';
import { Terminal } from './terminal.js';

describe('who may be in it no more', () => {
  it('is put out, also where nobody could say so at first', async () => {
    const wire = quietWire();
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined } as never;
    const terminal = new Terminal({ wire, mirrors: blindMirrors(), notes: { resized: () => undefined, commandRan: () => undefined }, log, behind: () => 0, now: () => 1 }, STATE, 0);
    const answers: (Error | undefined)[] = [undefined, new Error('NATS took too long'), new Refusal('SESSION.NOT_INVITED', 'You are not in this session.')];
    const detached: unknown[] = [];
    const doors = openDoors({ terminal, about: STATE, over: false } as unknown as Hosted, {
      wire, log, verifier: { verify: () => ({ sub: 'bob', tenant: 'acme' }) as never }, notes: { attached: () => undefined, detached: v => void detached.push(v) },
      door: {
        roleOf: async () => {
          const answer = answers.shift();
          if (answer !== undefined) throw answer;
          return { role: 'peer', types: true, moderated: false };
        },
      },
    });
    await new Promise(resolve => { wire.heard.get('attach')?.(null, { headers: undefined, json: () => ({ viewer: 'v1', types: true, up_to: 0 }), respond: resolve }); });
    expect(terminal.viewers.count).toBe(1);
    await doors.review();
    expect(terminal.viewers.count).toBe(1);
    await eventually(() => terminal.viewers.count === 0);
    expect(detached).toEqual([{ viewer: 'v1', person: 'bob', why: 'unshared' }]);
    expect(wire.said.map(frame => parseTtyFrame(frame))).toContainEqual(expect.objectContaining({ control: expect.objectContaining({ op: 'out', viewer: 'v1' }) }));
    doors.close();
    terminal.close();
  });
});
