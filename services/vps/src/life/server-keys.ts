/** Which keys may log in to a server as its user. The one that we log in with is never taken out: whoever wants that changes the credential first. */
import { earlierTry, handle, readState, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf, Written } from '@xanthus/proto';
import type { addServerKey as addContract, removeServerKey as removeContract, serverKeys as question } from '@xanthus/proto/vps';
import { parsePublicKey, publicKeyOf, type SshConnection } from '@xanthus/ssh';
import { authOf } from '../adoption/credential.js';
import { serverType } from '../server/server.decide.js';
import type { LiveServer } from '../server/server.js';
import { sshKeyType } from '../ssh-key/ssh-key.decide.js';
import type { VpsContext } from '../vps.context.js';
import { parseAuthorizedKeys, type KeyLine } from './authorized-keys.js';
import { asked, checkAllowed, commandFailed, isReached, liveServer, onServer } from './host.js';

/** The file of the user who is logged in. sshd may be told to look elsewhere too; that is not ours to change. */
const READ = 'f="$HOME/.ssh/authorized_keys"; [ ! -e "$f" ] || head -c 1048576 "$f"';

/** `$1`: the line to add. Twice the same adds one. Exit 3: there is something that is no file of this user. */
const ADD = `
umask 077
d="$HOME/.ssh"; f="$d/authorized_keys"
mkdir -p "$d" || exit 1
[ ! -e "$f" ] || [ -f "$f" ] || exit 3
blob=$(printf '%s' "$1" | cut -d ' ' -f 2)
[ -e "$f" ] && grep -v '^[[:space:]]*#' "$f" | grep -qF -- "$blob" && exit 0
[ -s "$f" ] && [ -n "$(tail -c 1 "$f")" ] && echo >>"$f"
printf '%s\\n' "$1" >>"$f" && chmod 600 "$f"
`;

/** `$1`: the key to take out, `$2`: ours, which must still be there afterwards if it is now. Written beside and moved, so that no moment has half a file. */
const REMOVE = `
umask 077
f="$HOME/.ssh/authorized_keys"; n="$f.xanthus"
[ -f "$f" ] || exit 4
grep -qF -- "$1" "$f" || exit 4
grep -vF -- "$1" "$f" >"$n"
[ $? -le 1 ] || exit 1
if [ -n "$2" ] && grep -qF -- "$2" "$f" && ! grep -qF -- "$2" "$n"; then rm -f "$n"; exit 5; fi
chmod --reference="$f" "$n" 2>/dev/null || chmod 600 "$n"
mv -f "$n" "$f"
`;

export const addKeyLine = async (connection: SshConnection, line: string, signal: AbortSignal): Promise<void> => {
  const { code, stderr } = await connection.script(ADD, [line], { signal });
  if (code !== 0) throw commandFailed('Adding the key', code === 3 ? 'its authorized_keys is not a file' : stderr);
};

/** `keep`: a key that must still be there afterwards, if it is now. Answers what kept it from being taken out. */
export const removeKeyLine = async (connection: SshConnection, blob: string, keep: string, signal: AbortSignal): Promise<'gone' | 'kept' | undefined> => {
  const { code, stderr } = await connection.script(REMOVE, [blob, keep], { signal });
  if (code === 4) return 'gone';
  if (code === 5) return 'kept';
  if (code !== 0) throw commandFailed('Removing the key', stderr);
  return undefined;
};

/** The public half of what we log in with; undefined for a password. */
const ourKey = async (vps: VpsContext, tenant: string, { machine }: LiveServer): Promise<{ readonly fingerprint: string; readonly blob: string } | undefined> => {
  const auth = await authOf(vps, tenant, machine.credential);
  return 'password' in auth ? undefined : publicKeyOf(auth.privateKey, auth.passphrase);
};

interface TenantKey { readonly fingerprint: string; readonly name: string }

export const serverKeys = async (vps: VpsContext, call: Call): Promise<OutputOf<typeof question>> => {
  const server = await liveServer(vps, call);
  const { reason, value } = await asked(onServer(vps, call, async connection => parseAuthorizedKeys((await connection.script(READ, [], { signal: call.signal, maxOutput: 1024 * 1024 })).stdout)));
  const [ours, known] = await Promise.all([ourKey(vps, call.tenant, server), vps.views.list<TenantKey>(call.tenant, 'ssh-keys')]);
  const ids = new Map(known.map(k => [k.value.data.fingerprint, k.id]));
  const show = ({ type, fingerprint, comment, restricted }: KeyLine) => ({ type, fingerprint, comment, restricted, in_use: fingerprint === ours?.fingerprint, ssh_key: ids.get(fingerprint) ?? null });
  return { reachable: isReached(reason), reason, items: (value ?? []).map(show) };
};

/** @throws Refusal SSH_KEY.NOT_FOUND, SSH_KEY.UNREADABLE */
const keyToAdd = async (vps: VpsContext, tenant: string, input: ParsedInputOf<typeof addContract>): Promise<{ readonly line: string; readonly fingerprint: string; readonly comment: string; readonly ssh_key?: string }> => {
  if ('public_key' in input) {
    const key = parsePublicKey(input.public_key);
    if (!key) throw new Refusal('SSH_KEY.UNREADABLE', 'Give one line of a public key: its type, the key, and a comment if you like.');
    return { line: key.publicKey, fingerprint: key.fingerprint, comment: key.comment };
  }
  const key = /^[a-z0-9-]{1,64}$/.test(input.ssh_key) ? await readState(vps, sshKeyType, tenant, input.ssh_key) : undefined;
  if (key?.status !== 'generated' && key?.status !== 'imported') throw new Refusal('SSH_KEY.NOT_FOUND', 'There is no such SSH key.');
  const parsed = parsePublicKey(key.public_key);
  return { line: key.public_key, fingerprint: key.fingerprint, comment: parsed?.comment ?? key.name, ssh_key: input.ssh_key };
};

export const addServerKey = async (vps: VpsContext, input: ParsedInputOf<typeof addContract>, call: Call): Promise<OutputOf<typeof addContract>> => {
  const { line, ...about } = await keyToAdd(vps, call.tenant, input);
  const before = await earlierTry(vps, serverType, call);
  if (before) return { ...writtenBy(before), fingerprint: about.fingerprint };
  await checkAllowed(vps, call, 'change-keys');
  await onServer(vps, call, connection => addKeyLine(connection, line, call.signal));
  return { ...writtenBy(await handle(vps, serverType, call.context(), { type: 'Note', data: { type: 'AuthorizedKeyAdded', data: about } })), fingerprint: about.fingerprint };
};

export const removeServerKey = async (vps: VpsContext, { fingerprint }: ParsedInputOf<typeof removeContract>, call: Call): Promise<Written> => {
  const before = await earlierTry(vps, serverType, call);
  if (before) return writtenBy(before);
  const server = await checkAllowed(vps, call, 'change-keys');
  const ours = await ourKey(vps, call.tenant, server);
  const inUse = (): Refusal => new Refusal('SERVER.KEY_IN_USE', 'Xanthus logs in with this key: without it the server would be out of reach.');
  if (ours?.fingerprint === fingerprint) throw inUse();
  const removed = await onServer(vps, call, async (connection) => {
    const { stdout } = await connection.script(READ, [], { signal: call.signal, maxOutput: 1024 * 1024 });
    const key = parseAuthorizedKeys(stdout).find(k => k.fingerprint === fingerprint);
    const gone = (): Refusal => new Refusal('SERVER.KEY_NOT_THERE', 'This key is not in the authorized_keys of the server.');
    if (!key) throw gone();
    const why = await removeKeyLine(connection, key.blob, ours?.blob ?? '', call.signal);
    if (why !== undefined) throw why === 'gone' ? gone() : inUse();
    return key;
  });
  return writtenBy(await handle(vps, serverType, call.context(), { type: 'Note', data: { type: 'AuthorizedKeyRemoved', data: { fingerprint, comment: removed.comment } } }));
};
