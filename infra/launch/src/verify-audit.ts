import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { auditKeys, BundleCheck } from '@xanthus/jetstream';
import type { BundleReport, BundleStream, PublicJwk } from '@xanthus/jetstream';
import { Sentence } from './sentence.js';

interface Asked {
  readonly file: string;
  /** Keys of the services (JWKS) that came another way than the file. */
  readonly keys?: string | undefined;
  /** Those of this installation, if it is one. */
  readonly ownKeys: string;
  say(line: string): void;
}

/** Says what is proven, stream by stream. @throws Sentence that says what does not fit, and where */
export async function verifyAudit({ file, keys, ownKeys, say }: Asked): Promise<void> {
  const named = keys ?? ((await jwks(ownKeys)) === undefined ? undefined : ownKeys);
  const trusted = named === undefined ? undefined : await jwks(named);
  if (keys !== undefined && trusted === undefined) throw new Sentence(`${keys} does not hold the keys of the services (a JWKS with a key of service:audit).`);
  const check = new BundleCheck(trusted);
  try {
    for await (const line of linesOf(file)) if (!check.take(line)) break;
  } catch (error) {
    throw new Sentence(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}.`);
  }
  const report = check.report();
  const said = sentencesOf(report);
  said.push(named === undefined
    ? `Checked with the keys in the file itself${report.problem === undefined ? ': nobody without such a key has changed it' : ''}. Whose key it is, --keys <file> says, with the service-jwks.json of the installation it comes from.`
    : `Checked with the keys in ${named}${keys === undefined ? ', those of this installation; --keys <file> takes others' : ''}.`);
  if (report.problem !== undefined) throw new Sentence(said.join('\n'));
  for (const sentence of said) say(sentence);
}

/** By line feeds only: other signs that break lines may stand in a text. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const jwks = async (file: string): Promise<ReturnType<typeof auditKeys> | undefined> => {
  try {
    const { keys } = JSON.parse(await readFile(file, 'utf8')) as { readonly keys: readonly PublicJwk[] };
    const known = auditKeys(keys);
    return known.size === 0 ? undefined : known;
  } catch {
    return undefined;
  }
};

const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`;

const sentenceOf = ({ stream, blocks, events, proven, earlier, unsealed }: BundleStream): string => [
  proven === undefined ? `${stream}: nothing is proven.` : `${stream}: ${count(events, 'event')} in ${count(blocks, 'block')} are what was sealed, from ${proven.from_seq} (${proven.from_time}) to ${proven.seq} (${proven.time}).`,
  ...(earlier > 0 ? [`${count(earlier, 'earlier event')} of the chain ${earlier === 1 ? 'is' : 'are'} not in the file.`] : []),
  ...(unsealed > 0 ? [`${count(unsealed, 'later event')} ${unsealed === 1 ? 'was' : 'were'} not sealed yet: nothing is proven about ${unsealed === 1 ? 'it' : 'them'}.`] : []),
].join(' ');

/** One for each stream, and first of all what does not fit. */
const sentencesOf = ({ tenant, made_at, streams, left_out, problem }: BundleReport): string[] => [
  ...(problem === undefined
    ? [`The log of ${tenant}, taken at ${made_at}, is what was sealed.`]
    : [`This log is not what was sealed. ${problem.stream === '' ? 'Line' : `${problem.stream}, line`} ${problem.line}: ${problem.message}`, streams.some(s => s.proven !== undefined) ? 'What is proven before that:' : 'Nothing is proven before that.']),
  ...streams.filter(s => problem === undefined || s.proven !== undefined).map(sentenceOf),
  ...(left_out.length > 0 ? [`Not in the file, for who took it may not follow them: ${left_out.join(', ')}.`] : []),
];
