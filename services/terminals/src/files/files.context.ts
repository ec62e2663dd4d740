import { handle, newId, readState, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { commandSubject, type Written } from '@xanthus/proto';
import type { FileAccess, FileRule } from '@xanthus/proto/terminals';
import type { Sftp } from '@xanthus/ssh';
import type { TerminalsContext } from '../terminals.context.js';
import { fileRuleType } from './file-rule.decide.js';
import { filesType, type FilesEvent } from './files.decide.js';
import type { HostFiles } from './host-files.js';
import type { OpenFiles } from './open-files.js';
import { join, nameOf, parentOf } from './paths.js';
import { accessTo, allows, rulesFor } from './rules.js';

/** What the use cases of files stand on. */
export interface FilesContext extends Pick<TerminalsContext, 'store' | 'snapshots' | 'cache' | 'keys' | 'rights' | 'now' | 'log'> {
  readonly hosts: HostFiles;
  readonly open: OpenFiles;
}

/** One request on one server: the channel, and the rules as they are about whoever asks. */
export interface Desk {
  readonly sftp: Sftp;
  readonly rules: readonly FileRule[];
  /** Of a path that is there, all links resolved, or of one that is not: in the real folder. */
  place(path: string): Promise<string>;
  /** Of the thing itself, be it a link: in the real folder. */
  itself(path: string): Promise<string>;
  /** @param real a real path @throws Refusal FILES.NOT_ALLOWED */
  need(real: string, wanted: FileAccess): void;
}

const codeOf = (error: unknown): string => (error instanceof Refusal ? error.code : 'INTERNAL');
export const isMissing = (error: unknown): boolean => codeOf(error) === 'FILES.NOT_FOUND';
export const shown = (path: string): string => JSON.stringify(path.length > 200 ? `${path.slice(0, 199)}…` : path);

/** @throws Refusal DENIED: files are reached in the name of Xanthus, so that the right to work on the server is looked at here, and with every part of a file */
const mustWork = ({ rights }: Pick<FilesContext, 'rights'>, { tenant, id, identity }: Call): void => {
  if (identity.kind === 'service') return;
  const subject = commandSubject({ tenant, service: 'vps', aggregate: 'server', id, verb: 'connect' });
  if (!rights.allows(tenant, identity.id, { what: 'command', subject })) throw new Refusal('DENIED', 'You may not work on this server: that takes the permission vps.server.connect. Ask an administrator of your organisation.', { permission: 'vps.server.connect' });
};

/** Rights and rules, as they are now. @throws Refusal DENIED */
export const rulesOf = async (on: FilesContext, call: Call): Promise<readonly FileRule[]> => {
  mustWork(on, call);
  const { rules } = await readState(on, fileRuleType, call.tenant, call.tenant);
  return call.identity.kind === 'service' ? [] : rulesFor(rules, { server: call.id, role: on.rights.document(call.tenant, call.identity.id)?.principal.role });
};

export const needAccess = (rules: readonly FileRule[], real: string, wanted: FileAccess): void => {
  if (!allows(accessTo(rules, real), wanted)) throw new Refusal('FILES.NOT_ALLOWED', `A rule of your organisation does not let you ${wanted === 'read' ? 'read' : 'change'} ${shown(real)}.`, { path: real, wanted });
};

/** @throws Refusal DENIED, and why the server cannot be reached */
export const deskOf = async (on: FilesContext, call: Call): Promise<Desk> => {
  const rules = await rulesOf(on, call);
  const sftp = await on.hosts.sftp({ tenant: call.tenant, server: call.id, actor: call.actor });
  const itself = async (path: string): Promise<string> => (path === '/' ? '/' : join(await sftp.realpath(parentOf(path)), nameOf(path)));
  return {
    sftp, rules, itself,
    async place(path) {
      try {
        await sftp.lstat(path);
      } catch (error) {
        if (isMissing(error)) return itself(path);
        throw error;
      }
      return sftp.realpath(path);
    },
    need: (real, wanted) => needAccess(rules, real, wanted),
  };
};

/** Once more on a new channel where the one that was open turns out to be gone: for what changes nothing, or the same twice. */
export const again = async <T>(run: () => Promise<T>): Promise<T> => run().catch((error: unknown) => {
  if (codeOf(error) === 'SERVER.DISCONNECTED') return run();
  throw error;
});

const SAID: ReadonlySet<string> = new Set(['DENIED', 'FILES.NOT_ALLOWED', 'FILES.FORBIDDEN']);

/** Writes down who was refused what. What else goes wrong is no refusal. */
export const noting = async <T>(on: FilesContext, call: Call, what: string, path: string, run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    const problem = codeOf(error);
    if (SAID.has(problem)) {
      const event: FilesEvent = { type: 'FileRefused', data: { path, what, problem } };
      // Of its own: sent again, the command is tried again.
      await handle(on, filesType, { ...call.context(), command_id: newId() }, { type: 'Note', event }).catch((err: unknown) => on.log.warn({ err, what }, 'a refusal could not be written down'));
    }
    throw error;
  }
};

export interface Noted { readonly written: Written; readonly event: FilesEvent }

/** Does it, and writes it down; a command that was here already is not done again. */
export const once = async (on: FilesContext, call: Call, act: () => Promise<FilesEvent>): Promise<Noted> => {
  const earlier = await handle(on, filesType, call.context(), { type: 'Look' });
  const found = earlier.events[0];
  if (earlier.repeated && found) return { written: writtenBy(earlier), event: { type: found.type, data: found.data } as FilesEvent };
  return note(on, call, await act());
};
export const note = async (on: FilesContext, call: Call, event: FilesEvent): Promise<Noted> => ({ written: writtenBy(await handle(on, filesType, call.context(), { type: 'Note', event })), event });
