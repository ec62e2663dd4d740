/** Differences at a provider in words, and what each answer does. Pure. */
import type { DriftFinding, ServerDrift } from '../contracts.js';
import { formatBytes, formatDay } from '../lib/format.js';
import { formatMoney } from '../lib/money.js';

export type Answer = 'accept' | 'revert' | 'ignore';
type Kind = DriftFinding['kind'];

/** As in proto; a list of words is not worth a schema library. */
export const CHOICES: Readonly<Record<Kind, readonly Answer[]>> = {
  missing: ['accept', 'ignore'], renamed: ['accept', 'revert', 'ignore'], resized: ['accept', 'revert', 'ignore'], powered: ['accept', 'revert', 'ignore'], unknown: ['accept', 'revert', 'ignore'],
  snapshot: ['revert', 'ignore'],
};

export interface Choice { readonly label: string; readonly effect: string; /** Something is changed at the provider, or lost. */ readonly danger?: true; /** Its name is typed first. */ readonly confirm?: true }
export interface Words { readonly title: string; readonly text: string; readonly choices: Readonly<Partial<Record<Answer, Choice>>> }

const POWER: Readonly<Record<string, string>> = { running: 'switched on', off: 'switched off' };
const powered = (state: string | null): string => (state === null ? 'not there' : POWER[state] ?? state);
const IGNORE: Choice = { label: 'Ignore', effect: 'It stays as it is, here and at the provider, and is not told again until it changes.' };

/** Of which server, how large, from when, and for how much: as far as that is known. */
const leftOver = (snapshot: DriftFinding['snapshot']): string => {
  if (!snapshot) return 'It is of a server that is not kept here any more, and costs money there.';
  const { of, size_bytes, created_at, price } = snapshot;
  const copy = `A copy of the disk of ${of ?? 'a server'}, which is not kept here any more: from ${formatDay(Date.parse(created_at))}${size_bytes === null ? '' : `, ${formatBytes(size_bytes)}`}.`;
  return `${copy} It ${price ? `costs ${formatMoney(price.monthly.gross, price.currency, Number(price.monthly.gross) < 0.01 ? 4 : 2)} a month` : 'may cost money'} at the provider.`;
};

export const driftWords = ({ name }: Pick<ServerDrift, 'name'>, { kind, expected, actual, snapshot }: Pick<DriftFinding, 'kind' | 'expected' | 'actual' | 'snapshot'>): Words => {
  switch (kind) {
    case 'missing': return {
      title: 'Gone at the provider', text: `The provider no longer has ${name}. Somebody deleted it there.`,
      choices: { accept: { label: 'Remove it here too', effect: `${name} is taken off the list; its credentials are destroyed and its costs end. What was on it is gone already.`, danger: true }, ignore: IGNORE },
    };
    case 'renamed': return {
      title: 'Renamed at the provider', text: `Somebody renamed ${expected ?? name} to ${actual ?? 'nothing'} there.`,
      choices: { accept: { label: 'Take the new name', effect: `The server is called ${actual} here too.` }, revert: { label: 'Rename it back', effect: `At the provider it is called ${expected} again.` }, ignore: IGNORE },
    };
    case 'resized': return {
      title: 'Type changed at the provider', text: `It was ${expected ?? 'unknown'} and is ${actual ?? 'unknown'} now. It is paid at the provider’s price of ${actual ?? 'that type'}.`,
      choices: {
        accept: { label: 'Take the new type', effect: `It is known as ${actual} here; costs are reckoned with its price from now on.` },
        revert: { label: 'Change it back', effect: `At the provider it becomes ${expected} again. It has to be switched off for that; what runs on it ends.`, danger: true }, ignore: IGNORE,
      },
    };
    case 'powered': return {
      title: `It is ${powered(actual)}`, text: `Somebody did that at the provider; here it was known to be ${powered(expected)}.`,
      choices: {
        accept: { label: 'Leave it so', effect: `It is known to be ${powered(actual)} from now on.` },
        revert: actual === 'off' ? { label: 'Switch it on', effect: `${name} is switched on at the provider.` } : { label: 'Shut it down', effect: `${name} is shut down at the provider; what runs on it ends.`, danger: true }, ignore: IGNORE,
      },
    };
    case 'unknown': return {
      title: 'A machine with our mark, and not known here', text: `${name} is at the provider with the label of this organisation. It costs money there.`,
      choices: {
        accept: { label: 'Let it go', effect: `The label of this organisation is taken off; ${name} stays as it is and is not told again. To manage it here again, adopt it by its address.` },
        revert: { label: 'Delete it', effect: `${name} is deleted at the provider, with everything on its disk. This can’t be undone.`, danger: true, confirm: true }, ignore: IGNORE,
      },
    };
    case 'snapshot': return {
      title: 'A snapshot that is left of a server', text: leftOver(snapshot),
      choices: {
        revert: { label: 'Delete it', effect: `The snapshot “${name}”${snapshot?.of ? ` of ${snapshot.of}` : ''} is deleted at the provider, and its costs end. It may be the last copy of that disk; this can’t be undone.`, danger: true },
        ignore: { label: 'Keep it', effect: 'It stays at the provider and goes on costing what it costs. It is listed here as ignored.' },
      },
    };
  }
};

/** Both sides of a difference, as they are shown beside each other. */
export const beforeAfter = ({ kind, expected, actual }: Pick<DriftFinding, 'kind' | 'expected' | 'actual'>): readonly [string, string] =>
  kind === 'powered' ? [powered(expected), powered(actual)] : [expected ?? 'not known here', actual ?? 'not there'];

/** Open ones first, each with its server. */
export const driftRows = (drift: Iterable<ServerDrift>): readonly (readonly [ServerDrift, DriftFinding])[] =>
  [...drift].flatMap(of => of.findings.map(f => [of, f] as const)).sort(([a, x], [b, y]) => Number(x.state === 'ignored') - Number(y.state === 'ignored') || a.name.localeCompare(b.name) || x.kind.localeCompare(y.kind));
