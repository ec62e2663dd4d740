import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate, ROOT } from './generated-files.js';

const GOLDEN = 'proto/examples/vps/events/ServerAdopted.v1.json';
const STORED = 'proto/generated/json-schema/vps/events/ServerAdopted.v1.json';

describe('what is made from the contracts', () => {
  it('is committed as it is made now', async () => {
    expect((await generate({ check: true })).problems).toEqual([]);
  });
});

describe('the generator', () => {
  let root: string;
  const edit = async (path: string, change: (value: Record<string, unknown>) => void): Promise<void> => {
    const value = JSON.parse(await readFile(join(root, path), 'utf8')) as Record<string, unknown>;
    change(value);
    await writeFile(join(root, path), `${JSON.stringify(value, null, 2)}\n`);
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'xanthus-contracts-'));
    for (const path of ['package.json', 'proto/generated', 'proto/examples', 'docs/api']) await cp(join(ROOT, path), join(root, path), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('says which file is not current, and writes it', async () => {
    await writeFile(join(root, 'docs/api/vps.md'), 'by hand');
    expect((await generate({ check: true, root })).problems).toEqual(['docs/api/vps.md is not current; run `npm run contracts` and commit it.']);
    expect(await generate({ check: false, root })).toEqual({ problems: [], written: ['docs/api/vps.md'] });
    expect((await generate({ check: true, root })).problems).toEqual([]);
  });

  it('says which file is made from nothing any more, and removes it', async () => {
    await writeFile(join(root, 'docs/api/old.md'), 'x');
    expect((await generate({ check: true, root })).problems).toHaveLength(1);
    await generate({ check: false, root });
    expect((await generate({ check: true, root })).problems).toEqual([]);
  });

  it('refuses a stored shape that lost a field, and writes nothing', async () => {
    await edit(STORED, schema => void ((schema['properties'] as Record<string, unknown>)['region'] = { type: 'string' }));
    const outcome = await generate({ check: false, root });
    expect(outcome.problems).toHaveLength(1);
    expect(outcome.problems[0]).toMatch(/ServerAdopted\.v1\.json: region: is gone\..*raise `schema`/);
    expect(outcome.written).toEqual([]);
  });

  it('refuses a stored shape with a new required field', async () => {
    await edit(STORED, schema => void (schema['required'] = (schema['required'] as string[]).filter(f => f !== 'provider')));
    expect((await generate({ check: true, root })).problems[0]).toMatch(/provider: is required now/);
  });

  it('keeps the schema of an older version', async () => {
    const older = 'proto/generated/json-schema/vps/events/ServerAdopted.v0.json';
    await writeFile(join(root, older), '{}');
    await generate({ check: false, root });
    expect(await readFile(join(root, older), 'utf8')).toBe('{}');
  });

  it('never writes a golden example again, and says when one does not parse', async () => {
    await edit(GOLDEN, golden => void ((golden['data'] as Record<string, unknown>)['port'] = 'ssh'));
    expect((await generate({ check: false, root })).problems[0]).toMatch(/ServerAdopted\.v1\.json: .*port/s);
    await edit(GOLDEN, golden => void ((golden['data'] as Record<string, unknown>)['port'] = 2_222));
    expect(await generate({ check: false, root })).toEqual({ problems: [], written: [] });
  });

  it('says when nothing reads a golden example any more', async () => {
    await cp(join(root, GOLDEN), join(root, 'proto/examples/vps/events/ServerMelted.v1.json'));
    expect((await generate({ check: true, root })).problems[0]).toMatch(/nothing reads ServerMelted any more/);
  });

  it('says when a golden example of the current version is missing', async () => {
    await rm(join(root, GOLDEN));
    expect((await generate({ check: true, root })).problems[0]).toMatch(/ServerAdopted\.v1\.json is missing/);
  });
});
