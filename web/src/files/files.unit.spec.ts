import { describe, expect, it } from '@jest/globals';
import type { FileEntry } from '../contracts.js';
import { ApiError } from '../lib/problem.js';
import { arrange, modeText, octal, readOctal, readText, taken } from './listing.js';
import { crumbsOf, join, nameProblem, parentOf, readPath, shownName } from './paths.js';
import { PIECE, secondsLeft, speedOf, totals, Transfers, type TransferPorts } from './transfers.js';

const entry = (name: string, more: Partial<FileEntry> = {}): FileEntry => ({ name, kind: 'file', size: 1, mode: 0o644, uid: 0, gid: 0, owner: 'root', group: 'root', modified: null, hidden: name.startsWith('.'), target: null, to: null, usable: true, access: 'write', ...more });

describe('a path that is typed', () => {
  it.each([['', '/srv'], ['www', '/srv/www'], ['../etc', '/etc'], ['/a//b/./c/..', '/a/b'], ['~', '/home/ada'], ['~/x', '/home/ada/x'], ['../../..', '/'], ['~x', '/srv/~x']])('%s', (typed, path) => { expect(readPath(typed, '/srv', '/home/ada')).toBe(path); });
  it('comes apart into its folders', () => {
    expect(crumbsOf('/var/a\nb').map(c => [c.label, c.path])).toEqual([['/', '/'], ['var', '/var'], ['a␤b', '/var/a\nb']]);
    expect([parentOf('/a'), parentOf('/a/b'), join('/', 'a'), join('/a', 'b')]).toEqual(['/', '/a', '/a', '/a/b']);
  });
  it('is shown in one line and in its order', () => expect(shownName('a\u202Egnp.exe\n\u0007')).toBe('a�gnp.exe␤�'));
  it.each([['', true], ['a/b', true], ['..', true], ['x'.repeat(256), true], ['ä'.repeat(128), true], ['-rf *', false], ['a b', false]])('name %j', (name, wrong) => { expect(nameProblem(name) !== undefined).toBe(wrong); });
});

describe('a folder', () => {
  const all = [entry('b10'), entry('b9'), entry('.x'), entry('dir', { kind: 'folder', size: 4_096 }), entry('to-dir', { kind: 'link', to: 'folder' }), entry('A', { size: 900 })];
  const shown = (o: Partial<Parameters<typeof arrange>[1]> = {}): string[] => arrange(all, { order: { by: 'name', down: false }, hidden: false, filter: '', ...o }).map(e => e.name);
  it('has folders first, and numbers in their order', () => expect(shown()).toEqual(['dir', 'to-dir', 'A', 'b9', 'b10']));
  it('is turned round, searched and shown whole', () => {
    expect(shown({ order: { by: 'size', down: true } })).toEqual(['dir', 'to-dir', 'A', 'b9', 'b10']);
    expect([shown({ hidden: true }).includes('.x'), shown({ filter: 'B1' })]).toEqual([true, ['b10']]);
    expect(taken(all, ['A', 'new'])).toEqual(['A']);
  });
});

describe('permissions', () => {
  it.each([[0o644, '644', '-rw-r--r--'], [0o755, '755', '-rwxr-xr-x'], [0o4755, '4755', '-rwsr-xr-x'], [0o1777, '1777', '-rwxrwxrwt'], [0o2644, '2644', '-rw-r-Sr--'], [0, '000', '----------']])('%o', (mode, digits, text) => {
    expect([octal(mode), modeText(mode), readOctal(digits)]).toEqual([digits, text, mode]);
  });
  it('are three or four octal digits', () => expect(['', '8', '99', '888', '12345', 'rwx'].map(readOctal)).toEqual(Array(6).fill(undefined)));
});

describe('a text', () => {
  it('is UTF-8 without NUL', () => expect([[104, 105], [0xff, 0xfe], [104, 0], [0xef, 0xbb, 0xbf, 104]].map(b => readText(Uint8Array.from(b)))).toEqual(['hi', undefined, undefined, '\uFEFFh']));
});

describe('uploads', () => {
  const source = (size: number) => ({ name: 'f', size, lastModified: 0, slice: (from: number, to: number) => ({ size: to - from }) as Blob });
  /** A server in memory that can be cut. */
  const ports = (o: { fail?: (offset: number) => unknown; there?: number } = {}) => {
    const log: string[] = [];
    let arrived = o.there ?? 0;
    let clock = 0;
    const made: TransferPorts = {
      begin: async ({ path }) => { log.push(`begin ${path} ${arrived}`); return { upload: 't', path, offset: arrived }; },
      send: async (_u, offset, piece, signal, progress) => {
        const problem = o.fail?.(offset);
        if (problem) throw problem;
        signal.throwIfAborted();
        clock += 1_000;
        progress(piece.size);
        arrived = offset + piece.size;
        log.push(`piece ${offset}`);
      },
      finish: async () => { log.push('finish'); }, abort: async () => { log.push('abort'); }, makeFolder: async path => { log.push(`folder ${path}`); if (path === '/there') throw new ApiError('FILES.EXISTS', '', 409, false); },
      now: () => clock, wait: async () => { log.push('wait'); },
    };
    return { log, made };
  };
  const settled = async (t: Transfers): Promise<void> => new Promise(resolve => {
    const check = (): void => { if (!t.busy) resolve(); };
    t.subscribe(check);
    check();
  });

  it('go piece by piece, folders first, one after the other', async () => {
    const { log, made } = ports();
    const done: string[] = [];
    const t = new Transfers(made, path => done.push(path));
    t.add([{ path: '/a', source: source(PIECE + 1), overwrite: false }], ['/there', '/new']);
    t.add([{ path: '/b', source: source(0), overwrite: false }], ['/new']);
    await settled(t);
    expect(log).toEqual(['folder /there', 'folder /new', 'begin /a 0', 'piece 0', `piece ${PIECE}`, 'finish', `begin /b ${PIECE + 1}`, 'finish']);
    expect([done, t.get().map(x => x.state), totals(t.get()).open]).toEqual([['/a', '/b'], ['done', 'done'], 0]);
  });

  it('go on where they were after a cut, and fail where trying again is no use', async () => {
    let cuts = 2;
    const { log, made } = ports({ fail: offset => (offset === PIECE && cuts-- > 0 ? new ApiError('OFFLINE', '', 0, true) : undefined) });
    const t = new Transfers(made);
    t.add([{ path: '/a', source: source(2 * PIECE), overwrite: false }]);
    await settled(t);
    expect(log).toEqual(['begin /a 0', 'piece 0', 'wait', `begin /a ${PIECE}`, 'wait', `begin /a ${PIECE}`, `piece ${PIECE}`, 'finish']);
    const other = ports({ fail: () => new ApiError('FILES.NO_SPACE', 'full', 507, false) });
    const failing = new Transfers(other.made);
    failing.add([{ path: '/a', source: source(1), overwrite: false }]);
    await settled(failing);
    expect(failing.get()[0]).toMatchObject({ state: 'failed', problem: { code: 'FILES.NO_SPACE' } });
  });

  it('are paused in the middle, resumed, and cancelled with what arrived', async () => {
    const { log, made } = ports();
    const t: Transfers = new Transfers({ ...made, send: async (u, offset, piece, signal, progress) => {
      await made.send(u, offset, piece, signal, progress);
      if (offset === 0) t.pause(1);
    } });
    const paused = new Promise<void>(resolve => { t.subscribe(() => { if (t.get()[0]?.state === 'paused' && t.get()[0]?.sent === PIECE) resolve(); }); });
    t.add([{ path: '/a', source: source(3 * PIECE), overwrite: false }]);
    await paused;
    t.resume(1);
    t.cancel(1);
    expect([t.get(), log.includes('abort')]).toEqual([[], true]);
  });

  it('say how fast and how long', () => {
    expect(speedOf([{ at: 0, sent: 0 }, { at: 2_000, sent: 4_000 }], 2_000)).toBe(2_000);
    expect([secondsLeft({ sent: 0, size: 10, speed: 3 }), secondsLeft({ sent: 0, size: 10, speed: 0 })]).toEqual([4, undefined]);
  });
});
