/** What a client signs to log in by a key (RFC 4252 §7), so that whoever holds the key signs that and nothing else. Pure. */

export interface AuthRequest {
  readonly user: string;
  /** `ssh-ed25519`, `rsa-sha2-512`, … */
  readonly algorithm: string;
  /** In SSH's wire form, base64. */
  readonly publicKey: string;
}

const USERAUTH_REQUEST = 50;
/** Of the session: a hash of its key exchange, 20 to 64 bytes. */
const SESSION = { least: 20, most: 64 } as const;

/** Undefined for anything else. */
export const readAuthRequest = (data: Buffer): AuthRequest | undefined => {
  let at = 0;
  const field = (): Buffer | undefined => {
    if (at + 4 > data.length) return undefined;
    const length = data.readUInt32BE(at);
    const from = at + 4;
    if (length > data.length - from) return undefined;
    at = from + length;
    return data.subarray(from, at);
  };
  const byte = (): number => data[at++] ?? -1;
  const session = field();
  if (session === undefined || session.length < SESSION.least || session.length > SESSION.most || byte() !== USERAUTH_REQUEST) return undefined;
  const user = field()?.toString('utf8');
  if (field()?.toString('latin1') !== 'ssh-connection' || field()?.toString('latin1') !== 'publickey' || byte() !== 1) return undefined;
  const algorithm = field()?.toString('latin1');
  const publicKey = field()?.toString('base64');
  return user === undefined || algorithm === undefined || publicKey === undefined || at !== data.length ? undefined : { user, algorithm, publicKey };
};
