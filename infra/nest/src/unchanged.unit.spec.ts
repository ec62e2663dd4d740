import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore, TEST_CONTEXT } from '@xanthus/kernel';
import { requireUnchanged } from './unchanged.js';

const ref = { tenant: 'acme', service: 'vps', aggregate: 'server', id: 'a' };
const append = (store: MemoryEventStore, expected: number, command_id: string) => store.append(ref, [{ event: { type: 'ServerRenamed', data: {} }, schema: 1 }], expected, { ...TEST_CONTEXT, tenant: 'acme', id: 'a', command_id });

describe('a command for a thing as somebody saw it', () => {
  const store = new MemoryEventStore();
  const seqs = (async () => {
    const first = (await append(store, 0, 'one')).seq;
    return { first, second: (await append(store, first, 'two')).seq };
  })();
  const ask = async (expected: number, command_id = 'new') => requireUnchanged(store, ref, { expected, command_id });

  it('goes on where nothing happened since', async () => expect(await ask((await seqs).second)).toBeUndefined());
  it('is refused where something did, with how far it is now', async () => {
    const { first, second } = await seqs;
    await expect(ask(first)).rejects.toMatchObject({ code: 'COMMAND.CHANGED', details: { expected: first, current: second } });
  });
  it('is refused where the log is another than what was seen', async () => { await expect(ask((await seqs).second + 10)).rejects.toMatchObject({ code: 'COMMAND.CHANGED' }); });
  it('is let through where it was what happened: a repeat is answered with what it did', async () => expect(await ask((await seqs).first, 'two')).toBeUndefined());
  it('knows of things that nothing has happened to', async () => expect(await requireUnchanged(store, { ...ref, id: 'none' }, { expected: 0, command_id: 'new' })).toBeUndefined());
});
