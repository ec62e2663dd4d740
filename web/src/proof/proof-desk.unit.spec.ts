import { describe, expect, it } from '@jest/globals';
import type { Client } from '@xanthus/client';
import { methodsOf, PROOF_NEEDED, ProofDesk, withProof, type ProofQuestion } from './proof-desk.js';

const contract = {} as never;
const refusal = (details?: unknown): Error => Object.assign(new Error('prove it'), { code: PROOF_NEEDED, details });

/** A client whose command answers with what the list says, in order. */
const client = (...answers: readonly (Error | string)[]): { readonly client: Client; readonly sent: unknown[] } => {
  const sent: unknown[] = [];
  const command = (_: unknown, input: unknown): Promise<unknown> => {
    const answer = answers[sent.push(input) - 1];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { client: { command, query: command } as unknown as Client, sent };
};

describe('a command that needs a fresh proof', () => {
  it('asks once, repeats the same command once, and answers with the repeated one', async () => {
    const asked: ProofQuestion[] = [];
    const { client: plain, sent } = client(refusal({ methods: ['totp', 'recovery'] }), 'done');
    const proving = withProof(plain, async question => { asked.push(question); return true; });
    await expect(proving.command(contract, { slug: 'acme' } as never)).resolves.toBe('done');
    expect(asked).toEqual([{ methods: ['totp', 'recovery'] }]);
    expect(sent).toEqual([{ slug: 'acme' }, { slug: 'acme' }]);
  });

  it('stands refused when nothing was proved, and nothing is sent again', async () => {
    const { client: plain, sent } = client(refusal(), 'done');
    await expect(withProof(plain, async () => false).command(contract, {} as never)).rejects.toMatchObject({ code: PROOF_NEEDED });
    expect(sent).toHaveLength(1);
  });

  it('is not asked a second time for the same command', async () => {
    let asked = 0;
    const { client: plain, sent } = client(refusal(), refusal());
    await expect(withProof(plain, async () => { asked++; return true; }).query(contract, {} as never)).rejects.toMatchObject({ code: PROOF_NEEDED });
    expect([asked, sent.length]).toEqual([1, 2]);
  });

  it('leaves every other refusal alone', async () => {
    const { client: plain, sent } = client(Object.assign(new Error('no'), { code: 'DENIED' }));
    await expect(withProof(plain, async () => true).command(contract, {} as never)).rejects.toMatchObject({ code: 'DENIED' });
    expect(sent).toHaveLength(1);
  });
});

describe('the question', () => {
  it('is one for all that ask while it waits', async () => {
    const desk = new ProofDesk();
    const heard: unknown[] = [];
    desk.subscribe(() => heard.push(desk.get()));
    const both = Promise.all([desk.ask({ methods: ['password'] }), desk.ask({ methods: ['totp'] })]);
    expect(desk.get()).toEqual({ methods: ['password'] });
    desk.answer(true);
    expect(await both).toEqual([true, true]);
    expect(heard).toEqual([{ methods: ['password'] }, undefined]);
    void desk.ask({ methods: ['totp'] });
    expect(desk.get()).toEqual({ methods: ['totp'] });
  });

  it.each([[undefined, ['password']], [{ methods: 'totp' }, ['password']], [{ methods: ['face'] }, ['password']], [{ methods: ['recovery', 'password'] }, ['password', 'recovery']]])('reads the ways of proving from %j', (details, methods) =>
    expect(methodsOf(refusal(details))).toEqual(methods));
});
