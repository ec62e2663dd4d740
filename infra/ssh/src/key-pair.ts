import { generateKeyPairSync, randomBytes } from 'node:crypto';
import ssh2 from 'ssh2';
import { fingerprintOf } from './host-key.js';
import { SshError } from './ssh-error.js';

export interface SshKeyPair { readonly type: 'ssh-ed25519'; /** One line of `authorized_keys`. */ readonly publicKey: string; /** OpenSSH PEM. */ readonly privateKey: string; readonly fingerprint: string }
export interface SshPublicKey { readonly type: string; readonly publicKey: string; readonly fingerprint: string; readonly comment: string }

const field = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

const TYPE = 'ssh-ed25519';

/**
 * A new ed25519 pair. Written here in OpenSSH's form (PROTOCOL.key) because the library's generator drops leading zero bytes of a key.
 * @param comment no line break; goes to the end of the public line.
 */
export const generateKeyPair = (comment: string): SshKeyPair => {
  if (/[\r\n\0]/.test(comment)) throw new TypeError('a comment is one line');
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const pub = Buffer.from(jwk.x ?? '', 'base64url');
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  const blob = Buffer.concat([field(TYPE), field(pub)]);
  const check = randomBytes(4);
  const inner = Buffer.concat([check, check, blob, field(Buffer.concat([seed, pub])), field(comment)]);
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, i) => i + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), field('none'), field('none'), field(''), one, field(blob), field(Buffer.concat([inner, padding]))]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    type: TYPE,
    publicKey: `${TYPE} ${blob.toString('base64')} ${comment}`.trim(),
    privateKey: ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n'),
    fingerprint: fingerprintOf(blob),
  };
};

const single = (parsed: ReturnType<typeof ssh2.utils.parseKey>): ssh2.ParsedKey | undefined =>
  parsed instanceof Error ? undefined : Array.isArray(parsed) ? parsed[0] : parsed;

const ACCEPTED = /^(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa)$/;

/** Reads one line of `authorized_keys` without options; `undefined` if it is none, a private key, or DSA. */
export const parsePublicKey = (line: string): SshPublicKey | undefined => {
  const [type, base64, ...comment] = line.trim().split(/\s+/);
  if (type === undefined || base64 === undefined || !ACCEPTED.test(type) || /[\r\n]/.test(line.trim())) return undefined;
  const key = single(ssh2.utils.parseKey(`${type} ${base64}`));
  if (key === undefined || key.isPrivateKey() || key.type !== type) return undefined;
  const blob = key.getPublicSSH();
  return { type, publicKey: [type, blob.toString('base64'), ...comment].join(' '), fingerprint: fingerprintOf(blob), comment: comment.join(' ') };
};

/**
 * Can this private key be used? Answers its public half.
 * @throws SshError SERVER.KEY_UNREADABLE with what is wrong, never with any of the key's text
 */
export const readPrivateKey = (privateKey: string, passphrase?: string): { readonly type: string; readonly fingerprint: string } => {
  const refuse = (why: string): never => { throw new SshError('auth', 'SERVER.KEY_UNREADABLE', `The private key cannot be read: ${why}`); };
  const parsed = ssh2.utils.parseKey(privateKey, passphrase);
  if (parsed instanceof Error) {
    if (/passphrase|encrypted|bad decrypt|integrity/i.test(parsed.message)) return refuse(passphrase === undefined ? 'it is encrypted; give its passphrase.' : 'the passphrase is wrong.');
    return refuse('give a whole private key in PEM or OpenSSH form, with its BEGIN and END lines.');
  }
  const key = single(parsed);
  if (key === undefined || !key.isPrivateKey()) return refuse('this is a public key; give the private half.');
  return { type: key.type, fingerprint: fingerprintOf(key.getPublicSSH()) };
};

/** The public half of a private key, as it stands in `authorized_keys`. @throws SshError SERVER.KEY_UNREADABLE */
export const publicKeyOf = (privateKey: string, passphrase?: string): { readonly type: string; readonly blob: string; readonly fingerprint: string } => {
  const { type, fingerprint } = readPrivateKey(privateKey, passphrase);
  const key = single(ssh2.utils.parseKey(privateKey, passphrase));
  return { type, fingerprint, blob: (key?.getPublicSSH() ?? Buffer.alloc(0)).toString('base64') };
};

/** Hash of a signature algorithm of RSA; the others have their own. */
const HASHES: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };
const fits = (type: string, algorithm: string): boolean => (type === 'ssh-rsa' ? Object.hasOwn(HASHES, algorithm) : algorithm === type);

/** The raw signature, without SSH's frame. @param algorithm `ssh-ed25519`, `rsa-sha2-512`, …; undefined where the key makes no such. @throws SshError SERVER.KEY_UNREADABLE */
export const signWithKey = (data: Buffer, algorithm: string, privateKey: string, passphrase?: string): Buffer | undefined => {
  const { type } = readPrivateKey(privateKey, passphrase);
  if (!fits(type, algorithm)) return undefined;
  const signature = single(ssh2.utils.parseKey(privateKey, passphrase))?.sign(data, HASHES[algorithm]);
  return Buffer.isBuffer(signature) ? signature : undefined;
};
