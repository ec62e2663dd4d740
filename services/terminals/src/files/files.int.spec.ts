/** Files of a real sshd's machine, asked for as a browser does: through the gateway, with rights, rules and the log. */
import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, readdir, readFile, rename, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assignRole, removeMember } from '@xanthus/proto/auth';
import { eventually } from '@xanthus/testing';
import { SERVER } from '../service-ground.fixture.js';
import { startFilesGround, sum, type Answer, type FilesGround, type Person } from './files-ground.fixture.js';

let g: FilesGround;
let bob: Person;
beforeAll(async () => {
  g = await startFilesGround();
  bob = await g.member('bob', 'operator');
  await eventually(async () => (await g.list(bob, {})).status === 200);
});
afterAll(() => g?.stop());

const MiB = 1024 * 1024;
/** Of the file that goes there and back, MiB, and of the long folder: 100 and 10,000 show what large ones take. */
const LARGE = Number(process.env['SPEC_FILES_MIB'] ?? 10);
const MANY = Number(process.env['SPEC_FILES_ENTRIES'] ?? 4_500);
interface Row { readonly name: string; readonly [field: string]: unknown }
const rows = ({ data }: Answer): Row[] => data['entries'] as Row[];
const content = (path: string, headers: Record<string, string> = {}, who = g.ada): Promise<Response> => g.http(who, `/api/files/${SERVER}/content?${new URLSearchParams({ path })}`, { headers });
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());
const send = async (who: Person, upload: string, offset: number, body: Uint8Array<ArrayBuffer>): Promise<Answer> => {
  const answer = await g.http(who, `/api/files/${SERVER}/content?offset=${offset}`, { method: 'PUT', body, headers: { 'xanthus-upload': upload } });
  const { data, code, message } = await answer.json() as { data?: Record<string, unknown>; code?: string; message: string };
  return { status: answer.status, data: data ?? {}, code, message };
};
const begin = (path: string, size: number, more: object = {}, who = g.ada): Promise<Answer> => g.ask(who, 'upload', { path, size, ...more });
const uploadOf = ({ data }: Answer): string => String(data['upload']);
const parts = async (folder: string): Promise<string[]> => (await readdir(folder)).filter(n => n.endsWith('.xanthus-part'));

describe('content', () => {
  it('of a large file goes there and back the same, and is written down', async () => {
    const sent = randomBytes(LARGE * MiB);
    const begun = await begin(g.at('big.bin'), sent.length);
    expect(begun).toMatchObject({ status: 200, data: { offset: 0, path: g.at('big.bin') } });
    expect(await send(g.ada, uploadOf(begun), 0, sent)).toMatchObject({ status: 200, data: { offset: sent.length } });
    expect(await g.ask(g.ada, 'upload/finish', { upload: uploadOf(begun), sha256: sum(sent) })).toMatchObject({ status: 202, data: { size: sent.length } });
    const answer = await content(g.at('big.bin'));
    expect([answer.status, answer.headers.get('content-length'), answer.headers.get('content-disposition')]).toEqual([200, String(sent.length), expect.stringContaining('big.bin')]);
    expect([answer.headers.get('content-security-policy'), answer.headers.get('x-content-type-options'), answer.headers.get('content-type')]).toEqual(["default-src 'none'; sandbox", 'nosniff', 'application/octet-stream']);
    expect(sum(await bytesOf(answer))).toBe(sum(sent));
    expect((await g.event('FileUploaded', d => d['path'] === g.at('big.bin'))).actor).toMatchObject({ kind: 'person', id: g.ada.id });
    await g.event('FileDownloaded', d => d['path'] === g.at('big.bin') && d['size'] === sent.length);
  });

  it('goes on after a cut, in both ways, and only for the same file', async () => {
    const sent = randomBytes(12 * MiB);
    const path = g.at('resumed.bin');
    const modified = '2026-01-02T03:04:05.000Z';
    const begun = await begin(path, sent.length, { modified });
    await send(g.ada, uploadOf(begun), 0, sent.subarray(0, 9 * MiB));
    await g.sshd.dropConnections();
    expect(await begin(path, sent.length, { modified: '2026-01-02T03:04:06.000Z' })).toMatchObject({ data: { offset: 0 } });
    const again = await begin(path, sent.length, { modified });
    expect(again).toMatchObject({ status: 200, data: { offset: 5 * MiB } });
    expect(await g.ask(g.ada, 'upload/finish', { upload: uploadOf(again) })).toMatchObject({ code: 'FILES.INCOMPLETE' });
    await send(g.ada, uploadOf(again), 5 * MiB, sent.subarray(5 * MiB));
    expect(await g.ask(g.ada, 'upload/finish', { upload: uploadOf(again), sha256: sum(sent) })).toMatchObject({ status: 202 });
    expect((await stat(path)).mtime.toISOString()).toBe(modified);

    const first = await content(path);
    const reader = first.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    const tag = first.headers.get('etag') ?? '';
    await g.sshd.dropConnections();
    const rest = await content(path, { range: `bytes=${4 * MiB}-`, 'if-range': tag });
    expect([rest.status, rest.headers.get('content-range')]).toEqual([206, `bytes ${4 * MiB}-${12 * MiB - 1}/${12 * MiB}`]);
    expect(sum(await bytesOf(rest))).toBe(sum(sent.subarray(4 * MiB)));
    await g.event('FileDownloaded', d => d['path'] === path && d['from'] === 4 * MiB);
    await utimes(path, 1_000_000_000, 1_000_000_000);
    expect((await content(path, { range: 'bytes=5-9', 'if-range': tag })).status).toBe(200);
    expect((await content(path, { range: `bytes=${13 * MiB}-` })).status).toBe(416);
  });

  it('that arrives damaged, for somebody else, or in a hole takes no place', async () => {
    const path = g.at('never.bin');
    const begun = await begin(path, 10);
    expect(await send(bob, uploadOf(begun), 0, Buffer.alloc(10))).toMatchObject({ code: 'FILES.TOKEN_INVALID' });
    expect(await send(g.ada, `${uploadOf(begun).slice(0, -4)}AAAA`, 0, Buffer.alloc(10))).toMatchObject({ code: 'FILES.TOKEN_INVALID' });
    expect(await send(g.ada, uploadOf(begun), 5, Buffer.alloc(10))).toMatchObject({ code: 'FILES.OUT_OF_ORDER' });
    expect(await send(g.ada, uploadOf(begun), 0, Buffer.alloc(10))).toMatchObject({ status: 200 });
    expect(await g.ask(g.ada, 'upload/finish', { upload: uploadOf(begun), sha256: 'a'.repeat(64) })).toMatchObject({ code: 'FILES.DAMAGED' });
    const big = await begin(path, 20 * MiB);
    expect(await send(g.ada, uploadOf(big), 15 * MiB, Buffer.alloc(10))).toMatchObject({ code: 'FILES.OUT_OF_ORDER' });
    expect(await g.ask(g.ada, 'upload/abort', { upload: uploadOf(big) })).toMatchObject({ status: 200 });
    await expect(stat(path)).rejects.toThrow('ENOENT');
    expect(await parts(g.at(''))).toEqual(expect.not.arrayContaining([expect.stringContaining('never.bin')]));
  });

  it('replaces a file only when told, and leaves whose it is and what it may', async () => {
    const path = g.at('kept.conf');
    await writeFile(path, 'old', { mode: 0o640 });
    expect(await begin(path, 3)).toMatchObject({ status: 409, code: 'FILES.EXISTS' });
    const begun = await begin(path, 3, { overwrite: true });
    await send(g.ada, uploadOf(begun), 0, Buffer.from('new'));
    expect(await readFile(path, 'utf8')).toBe('old');
    await g.ask(g.ada, 'upload/finish', { upload: uploadOf(begun) });
    expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777]).toEqual(['new', 0o640]);
    const empty = await begin(g.at('empty'), 0);
    expect(await g.ask(g.ada, 'upload/finish', { upload: uploadOf(empty) })).toMatchObject({ status: 202 });
    expect((await bytesOf(await content(g.at('empty')))).length).toBe(0);
  });

  it('is refused at the next part once the right is withdrawn', async () => {
    const path = g.at('withdrawn.bin');
    const begun = await begin(path, 2 * MiB, {}, bob);
    expect(await send(bob, uploadOf(begun), 0, Buffer.alloc(MiB))).toMatchObject({ status: 200 });
    await g.ground.asOwner(assignRole, { id: bob.id, input: { role: 'viewer' } });
    const refused = await eventually(async () => {
      const answer = await send(bob, uploadOf(begun), MiB, Buffer.alloc(MiB));
      return answer.status === 403 ? answer : undefined;
    });
    expect(refused.code).toBe('DENIED');
    await g.ground.asOwner(assignRole, { id: bob.id, input: { role: 'operator' } });
    await eventually(async () => (await g.list(bob, {})).status === 200);
  });

  it('that the disk has no room for is refused in words', async () => {
    const small = g.at('small');
    await mkdir(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      // Not root, or a container without the right: the disk cannot be made full here.
      return;
    }
    try {
      expect(await begin(join(small, 'a'), 4 * MiB)).toMatchObject({ status: 507, code: 'FILES.NO_SPACE' });
      const begun = await begin(join(small, 'b'), 700_000);
      await writeFile(join(small, 'filler'), Buffer.alloc(600_000));
      expect(await send(g.ada, uploadOf(begun), 0, Buffer.alloc(700_000))).toMatchObject({ status: 507, code: 'FILES.NO_SPACE' });
    } finally {
      await g.sshd.dropConnections();
      execFileSync('umount', ['-l', small]);
    }
  });
});

describe('transfers', () => {
  it('are few for each person, end with who takes them, and with the session', async () => {
    const path = g.at('sparse');
    await writeFile(path, '');
    await truncate(path, 600 * MiB);
    const eve = await g.member('eve', 'operator');
    await eventually(async () => (await g.list(eve, {})).status === 200);
    const running = await Promise.all(Array.from({ length: 8 }, () => content(path, {}, eve)));
    expect(running.map(r => r.status)).toEqual(Array(8).fill(200));
    const more = await content(path, {}, eve);
    expect([more.status, (await more.json() as { details: unknown }).details]).toEqual([429, { limit: 'transfers_per_user', max: 8 }]);
    await Promise.all(running.map(r => r.body?.cancel()));
    const last = await eventually(async () => {
      const answer = await content(path, {}, eve);
      return answer.status === 200 ? answer : undefined;
    });
    await g.ground.asOwner(removeMember, { id: eve.id, input: {} });
    await expect(bytesOf(last)).rejects.toThrow('terminated');
  });
});

describe('folders', () => {
  it('of thousands of entries come page by page, by name', async () => {
    const folder = g.at('many');
    await mkdir(folder);
    for (let i = 0; i < MANY; i += 500) await Promise.all(Array.from({ length: 500 }, (_, k) => writeFile(join(folder, `f${String(i + k).padStart(5, '0')}`), '')));
    const names: string[] = [];
    for (let after: unknown = undefined, page = 0; page < 6 && after !== null; page++) {
      const answer = await g.list(g.ada, { path: folder, ...(typeof after === 'string' ? { after } : {}) });
      expect(answer.data['total']).toBe(MANY);
      names.push(...rows(answer).map(r => r.name));
      after = answer.data['next'];
    }
    expect(names).toEqual(Array.from({ length: MANY }, (_, i) => `f${String(i).padStart(5, '0')}`));
    expect(await g.ask(g.ada, 'count', { path: folder })).toMatchObject({ data: { files: MANY, folders: 1, more: false } });
    expect(await g.ask(g.ada, 'remove', { path: folder })).toMatchObject({ code: 'FILES.NOT_EMPTY' });
    expect(await g.ask(g.ada, 'remove', { path: folder, recursive: true })).toMatchObject({ data: { removed: MANY + 1 } });
    await g.event('FileRemoved', d => d['path'] === folder && d['removed'] === MANY + 1);
  });

  it('show links, owners, hidden and odd names; what is no UTF-8 cannot be asked for', async () => {
    const folder = g.at('odd');
    await mkdir(folder);
    const odd = ['-rf', '$(touch x)', 'a\nb', '; rm -rf ~', '.hidden', 'ä😀'];
    for (const name of odd) await writeFile(join(folder, name), name);
    await writeFile(Buffer.concat([Buffer.from(`${folder}/bad-`), Buffer.from([0xff, 0xfe])]), '');
    await symlink('../odd', join(folder, 'loop'));
    await symlink('nowhere', join(folder, 'broken'));
    await symlink('ring-b', join(folder, 'ring-a'));
    await symlink('ring-a', join(folder, 'ring-b'));
    const answer = await g.list(g.ada, { path: folder });
    const by = new Map(rows(answer).map(r => [r.name, r]));
    expect(answer.data['path']).toBe(folder);
    for (const name of odd) expect(by.get(name)).toMatchObject({ kind: 'file', usable: true, hidden: name.startsWith('.'), owner: g.sshd.user });
    expect([by.get('loop'), by.get('broken'), by.get('ring-a')]).toMatchObject([{ kind: 'link', target: '../odd', to: 'folder' }, { to: null }, { to: null }]);
    expect(rows(answer).find(r => r.name.startsWith('bad-'))).toMatchObject({ usable: false });
    expect((await g.list(g.ada, { path: join(folder, 'loop') })).data['path']).toBe(folder);
    for (const name of odd) expect((await bytesOf(await content(join(folder, name)))).toString()).toBe(name);
    expect((await content(join(folder, 'a\nb'))).headers.get('content-disposition')).toContain("filename*=UTF-8''a%0Ab");
    expect((await g.list(g.ada, { path: '/tmp/../etc' })).code).toBe('INVALID');
    expect((await g.ask(g.ada, 'stat', { path: join(folder, 'ring-a') })).code).toMatch(/^FILES\./);
    for (const name of [...odd, 'loop', 'broken', 'ring-a']) expect(await g.ask(g.ada, 'remove', { path: join(folder, name), recursive: true })).toMatchObject({ data: { removed: 1 } });
    expect((await readdir(folder)).sort()).toHaveLength(2);
  });

  it('are made, renamed and given other permissions, each with an event', async () => {
    const [one, two] = [g.at('one'), g.at('two')];
    expect(await g.ask(g.ada, 'folder', { path: one })).toMatchObject({ status: 202 });
    expect(await g.ask(g.ada, 'folder', { path: one })).toMatchObject({ code: 'FILES.EXISTS' });
    await writeFile(join(one, 'x'), 'x');
    expect(await g.ask(g.ada, 'rename', { from: one, to: two })).toMatchObject({ status: 202, data: { path: two } });
    expect(await g.ask(g.ada, 'mode', { path: join(two, 'x'), mode: 0o600 })).toMatchObject({ status: 202 });
    expect((await stat(join(two, 'x'))).mode & 0o777).toBe(0o600);
    await writeFile(join(two, 'y'), 'y');
    expect(await g.ask(g.ada, 'rename', { from: join(two, 'x'), to: join(two, 'y') })).toMatchObject({ code: 'FILES.EXISTS' });
    expect(await g.ask(g.ada, 'rename', { from: join(two, 'x'), to: join(two, 'y'), overwrite: true })).toMatchObject({ status: 202 });
    await g.event('FolderMade', d => d['path'] === one);
    await g.event('FileRenamed', d => d['to'] === two);
    await g.event('FileModeSet', d => d['mode'] === 0o600);
    expect((await g.list(g.ada, { path: g.at('nothing') })).code).toBe('FILES.NOT_FOUND');
    expect((await g.list(g.ada, { path: join(two, 'y') })).code).toBe('FILES.NOT_A_FOLDER');
  });
});

describe('a text', () => {
  const view = (path: string): Promise<Answer> => g.ask(g.ada, 'download', { path, purpose: 'view' });

  it('is read and saved as a whole, and not where it changed meanwhile', async () => {
    const path = g.at('app.conf');
    expect(await g.ask(g.ada, 'text', { path, text: 'a=1\n', was: null })).toMatchObject({ status: 202 });
    await chmod(path, 0o600);
    await symlink('app.conf', g.at('app.link'));
    const seen = await view(g.at('app.link'));
    const part = await g.ask(g.ada, 'part', { download: seen.data['download'], offset: 0 });
    expect([Buffer.from(String(part.data['data']), 'base64').toString(), part.data['end'], seen.data['sha256']]).toEqual(['a=1\n', true, sum(Buffer.from('a=1\n'))]);
    await g.event('FileRead', d => d['path'] === path);
    const long = `${'é'.repeat(300_000)}\n`;
    expect(await g.ask(g.ada, 'text', { path: g.at('app.link'), text: long, was: seen.data['sha256'] })).toMatchObject({ status: 202, data: { path, sha256: sum(Buffer.from(long)) } });
    expect([await readFile(path, 'utf8') === long, (await stat(path)).mode & 0o777]).toEqual([true, 0o600]);
    expect(await g.ask(g.ada, 'text', { path, text: 'b', was: seen.data['sha256'] })).toMatchObject({ status: 409, code: 'FILES.CHANGED' });
    expect(await g.ask(g.ada, 'text', { path, text: 'b', was: null })).toMatchObject({ code: 'FILES.EXISTS' });
    expect(await g.ask(g.ada, 'text', { path: g.at('gone'), text: 'b', was: 'a'.repeat(64) })).toMatchObject({ code: 'FILES.CHANGED' });
    expect((await readdir(g.at(''))).filter(n => n.endsWith('.xanthus-text'))).toEqual([]);
    await writeFile(g.at('large.txt'), Buffer.alloc(MiB + 1));
    expect(await view(g.at('large.txt'))).toMatchObject({ code: 'FILES.TOO_LARGE' });
  });
});

describe('rules', () => {
  const ids: string[] = [];
  const rule = async (r: object): Promise<void> => {
    const { status, data } = await g.rule(g.ada, r);
    expect(status).toBe(202);
    ids.push(String(data['rule']));
  };
  afterAll(async () => { for (const id of ids) await g.http(g.ada, '/api/file-rules/acme/remove', { method: 'POST', body: JSON.stringify({ rule: id }), headers: { 'content-type': 'application/json' } }); });

  it('bind roles by the real path: no link leads out of them, and what is refused is written down', async () => {
    const [open, closed] = [g.at('site'), g.at('vault')];
    await Promise.all([mkdir(join(open, 'pub'), { recursive: true }), mkdir(closed)]);
    await writeFile(join(closed, 'key'), 'secret');
    await writeFile(join(open, 'index'), 'hello');
    await symlink(closed, join(open, 'way-out'));
    await symlink(join(closed, 'key'), join(open, 'key'));
    await rule({ role: 'operator', pattern: `${closed}/**`, access: 'none' });
    await rule({ role: 'operator', pattern: `${open}/**`, access: 'read' });
    await rule({ role: 'operator', pattern: `${open}/pub/**`, access: 'write' });
    for (const path of [join(closed, 'key'), join(open, 'key'), join(open, 'way-out', 'key')]) expect([path, (await content(path, {}, bob)).status]).toEqual([path, 403]);
    expect((await g.list(bob, { path: join(open, 'way-out') })).code).toBe('FILES.NOT_ALLOWED');
    expect(await g.ask(bob, 'download', { path: join(open, 'key') })).toMatchObject({ code: 'FILES.NOT_ALLOWED' });
    expect((await g.event('FileRefused', d => d['problem'] === 'FILES.NOT_ALLOWED' && d['what'] === 'begin-download')).actor).toMatchObject({ id: bob.id });
    expect(rows(await g.list(bob, { path: g.at('').replace(/\/$/, '') })).map(r => r.name)).toEqual(expect.not.arrayContaining(['vault']));
    expect((await bytesOf(await content(join(open, 'index'), {}, bob))).toString()).toBe('hello');
    expect(await begin(join(open, 'new'), 1, {}, bob)).toMatchObject({ status: 403, code: 'FILES.NOT_ALLOWED' });
    expect(await begin(join(open, 'way-out', 'new'), 1, {}, bob)).toMatchObject({ code: 'FILES.NOT_ALLOWED' });
    expect(await begin(join(open, 'pub', 'new'), 1, {}, bob)).toMatchObject({ status: 200 });
    expect(await g.ask(bob, 'rename', { from: open, to: g.at('site-2') })).toMatchObject({ code: 'FILES.NOT_ALLOWED' });
    expect(await g.ask(bob, 'remove', { path: open, recursive: true })).toMatchObject({ code: 'FILES.NOT_ALLOWED' });
    expect(await g.ask(bob, 'rename', { from: join(open, 'pub'), to: join(closed, 'pub') })).toMatchObject({ code: 'FILES.NOT_ALLOWED' });
    expect((await content(join(closed, 'key'))).status).toBe(200);
    await link(join(closed, 'key'), g.at('hard'));
    expect((await content(g.at('hard'), {}, bob)).status).toBe(200);
  });

  it('count from the next part on, and for an upload whose folder became a way out', async () => {
    const folder = g.at('drop');
    await mkdir(folder);
    const begun = await begin(join(folder, 'f'), 2 * MiB, {}, bob);
    expect(await send(bob, uploadOf(begun), 0, Buffer.alloc(MiB))).toMatchObject({ status: 200 });
    await rename(folder, g.at('drop-2'));
    await symlink(g.at('vault'), folder);
    expect(await g.ask(bob, 'upload/finish', { upload: uploadOf(begun) })).toMatchObject({ code: 'FILES.CHANGED' });
    await rule({ pattern: `${folder}/**`, access: 'read' });
    expect(await send(bob, uploadOf(begun), MiB, Buffer.alloc(MiB))).toMatchObject({ code: 'FILES.NOT_ALLOWED' });
    expect(await readdir(g.at('vault'))).toEqual(['key']);
  });

  it('are made by who may define roles, and are seen', async () => {
    expect(await g.rule(bob, { pattern: '/**', access: 'write' })).toMatchObject({ status: 403, code: 'DENIED' });
    expect(await g.rule(g.ada, { pattern: 'var', access: 'write' })).toMatchObject({ code: 'INVALID' });
    expect(await g.rule(g.ada, { id: '01jd3x8e2v5y9w4z7q6r1s0tab', pattern: '/x', access: 'write' })).toMatchObject({ code: 'FILES.RULE_NOT_FOUND' });
    const shown = await g.ground.row<{ rules: { id: string; pattern: string }[] }>('file-rules', 'acme', row => row.rules.length === ids.length);
    expect(shown.rules.map(r => r.id)).toEqual(ids);
  });
});
