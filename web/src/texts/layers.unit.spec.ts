import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, sources } from './tools/find-texts.js';

/**
 * One data layer per feature: `<feature>/<feature>.data.ts` names what is asked and done. No component knows a bucket, a stream, a subject or
 * a route; it calls a hook or a function with a name.
 */
const WIRE: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['follows rows, events or signals itself', /\b(?:useRows|useFeed|useSignal)\s*[<(]/],
  ['opens a view or a feed itself', /\blive\.(?:view|feed)\s*[<(]/],
  ['sends commands or questions itself', /\bclient\.(?:command|query|subject|stream)\s*[<(]/],
  ['names a subject', /['"`](?:evt|cmd|qry|sig|met|ext)\.[$\w]/],
  ['names a route', /['"`]\/(?:api|ws)\//],
  ['asks by HTTP itself', /(?<![.\w])(?:fetch|request|requestLines|requestFile)\s*[<(]/],
];

/** What is the layer below: it carries, whoever asks. */
const BELOW = /^(?:live|past)\/(?!.*\.tsx$)|\.data\.ts$|^lib\/(?:http|act)\.ts$|^contracts\.ts$/;
/** Why a file that is neither may. */
const REASONS: Readonly<Record<string, string>> = {
  'app/nav.ts': 'writes the address of a contract as a right: the one place',
  'roles/permissions.ts': 'explains what a permission reaches, in subjects',
  'session/session.ts': 'is the log-in itself: without it there is no client',
  'proof/proof-desk.ts': 'wraps the client, so that a refusal asks for a proof',
  'audit/streams.ts': 'reads out of one’s rights what of the log may be followed',
  'files/browser-ports.ts': 'carries the bytes of files, past the client',
};

describe('the data layer', () => {
  it('is the only one that knows how Xanthus is asked', () => {
    const found = sources().filter(f => !BELOW.test(f) && !(f in REASONS)).flatMap(file => {
      const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
      return lines.flatMap((line, i) => (/^\s*(?:\/\/|\/?\*)/.test(line) ? [] : WIRE.filter(([, pattern]) => pattern.test(line)).map(([what]) => `web/src/${file}:${i + 1} ${what}`)));
    });
    expect(found).toEqual([]);
  });

  it('has no exception that nobody needs', () => {
    const idle = Object.keys(REASONS).filter(file => !sources().includes(file) || !WIRE.some(([, pattern]) => pattern.test(readFileSync(join(ROOT, file), 'utf8'))));
    expect(idle).toEqual([]);
  });
});
