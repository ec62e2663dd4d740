/**
 * What `~/.ssh/config` says of each machine that it names, as OpenSSH reads it: the first value of a setting counts, negated patterns, Include where it stands, ProxyJump through
 * machines of the same file. Nothing in it is run or opened: a `Match` (which may run programs) is left out with a note. Pure.
 */
import { hostAddress, userName, type SshHost } from '@xanthus/proto/vps';
import sshConfig from 'ssh-config';

/** Reads what an `Include` names; files that are not there are none. */
export type Included = (pattern: string) => readonly { readonly name: string; readonly text: string }[];
export interface Listed { readonly items: readonly SshHost[]; readonly notes: readonly string[] }

const MAX_DEPTH = 8;
const MAX_HOPS = 4;
const MAX_HOSTS = 500;

/** A setting, and the blocks that it stands in: all must fit. */
interface Setting { readonly name: string; readonly values: readonly string[]; readonly blocks: readonly (readonly string[])[] }
interface Line { readonly type: number; readonly param?: string; readonly value?: string | readonly { readonly val: string }[]; readonly config?: Iterable<Line> }

const wordsOf = ({ value = '' }: Line): readonly string[] => (typeof value === 'string' ? [value] : value.map(v => v.val)).filter(v => v !== '');

/** All files as one list of settings, in their order. */
const settingsOf = (text: string, included: Included, notes: Set<string>): readonly Setting[] => {
  const settings: Setting[] = [];
  const read = (lines: Iterable<Line>, blocks: Setting['blocks'], depth: number): void => {
    for (const line of lines) {
      const name = line.param?.toLowerCase();
      if (name === undefined) continue;
      if (name === 'match') notes.add('A Match block was left out: it may depend on programs that are not run here.');
      else if (name === 'host') read(line.config ?? [], [...blocks, wordsOf(line)], depth);
      else if (name === 'include') include(wordsOf(line).flatMap(w => w.split(/\s+/)), blocks, depth);
      else settings.push({ name, values: wordsOf(line), blocks });
      if (name === 'host') settings.push({ name: 'host', values: wordsOf(line), blocks: [...blocks, wordsOf(line)] });
    }
  };
  const include = (patterns: readonly string[], blocks: Setting['blocks'], depth: number): void => {
    if (depth >= MAX_DEPTH) return void notes.add('Include goes too deep; the rest was left out.');
    for (const pattern of patterns) for (const file of included(pattern)) parse(file.text, file.name, blocks, depth + 1);
  };
  const parse = (content: string, name: string, blocks: Setting['blocks'], depth: number): void => {
    try {
      read(sshConfig.parse(content) as unknown as Iterable<Line>, blocks, depth);
    } catch {
      notes.add(`${name} cannot be read as a configuration of ssh.`);
    }
  };
  parse(text, 'The configuration', [], 0);
  return settings;
};

const matches = (pattern: string, alias: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`, 'i').test(alias);
/** One pattern fits and none that is negated does. */
export const fits = (patterns: readonly string[], alias: string): boolean =>
  patterns.some(p => !p.startsWith('!') && matches(p, alias)) && !patterns.some(p => p.startsWith('!') && matches(p.slice(1), alias));

const isPlain = (pattern: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(pattern);

export const readSshConfig = (text: string, o: { readonly included: Included; readonly user: string }): Listed => {
  const notes = new Set<string>();
  const settings = settingsOf(text, o.included, notes);
  const all = [...new Set(settings.filter(s => s.name === 'host').flatMap(s => s.values.filter(isPlain)))];
  if (all.length > MAX_HOSTS) notes.add(`Only the first ${MAX_HOSTS} of ${all.length} machines are listed.`);

  const of = (alias: string) => {
    const mine = settings.filter(s => s.name !== 'host' && s.blocks.every(patterns => fits(patterns, alias)));
    const first = (name: string): string | undefined => mine.find(s => s.name === name)?.values[0];
    const host = (first('hostname') ?? alias).replaceAll('%%', '\0').replaceAll('%h', alias).replaceAll('\0', '%');
    const port = Number(first('port') ?? 22);
    return {
      host, port: Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined, user: first('user'), jump: first('proxyjump'), command: first('proxycommand'),
      files: [...new Set(mine.filter(s => s.name === 'identityfile').flatMap(s => s.values[0] ?? []))].filter(f => f.toLowerCase() !== 'none'),
    };
  };

  /** The chain in front, each machine as the file describes it and with what stands in front of itself. */
  const hops = (jump: string | undefined, seen: readonly string[], about: string[]): SshHost['jump'] => {
    if (jump === undefined || jump.toLowerCase() === 'none') return [];
    return jump.split(',').flatMap((word, i) => {
      const [, user, name = '', port] = /^(?:ssh:\/\/)?(?:([^@\s]+)@)?(\[[^\]]+\]|[^:\s/]+)(?::(\d{1,5}))?\/?$/.exec(word.trim()) ?? [];
      const alias = name.replace(/^\[|\]$/g, '');
      if (!hostAddress.safeParse(alias).success) {
        about.push(`ProxyJump names ${JSON.stringify(word.trim().slice(0, 64))}, which is no machine.`);
        return [];
      }
      if (seen.includes(alias) || seen.length > MAX_HOPS) {
        about.push('ProxyJump goes in a circle.');
        return [];
      }
      const known = of(alias);
      const before = i === 0 ? hops(known.jump, [...seen, alias], about) : [];
      return [...before, { host: known.host, port: Number(port ?? known.port ?? 22), user: user ?? known.user ?? null }];
    });
  };

  const items = all.slice(0, MAX_HOSTS).flatMap((alias): SshHost[] => {
    const { host, port, user = o.user, jump, command, files } = of(alias);
    const about: string[] = [];
    if (!hostAddress.safeParse(host).success || port === undefined || !userName.safeParse(user).success) {
      notes.add(`${alias} is not listed: its address, port or user cannot be used here.`);
      return [];
    }
    if (command !== undefined && command.toLowerCase() !== 'none') about.push('ProxyCommand is never run here. If it leads through a machine, name that with ProxyJump.');
    const chain = hops(jump, [alias], about);
    if (chain.length > 1) about.push('It lies behind more than one machine; only one can be gone through here.');
    return [{ alias, host, port, user, identity_files: files.slice(0, 8), jump: chain, notes: about }];
  });
  return { items, notes: [...notes] };
};
