import ssh2 from 'ssh2';

export interface SshTestKeyPair { readonly public: string; readonly private: string }
/** Bytes of a public key of this kind as SSH writes it: two lengths, the type, 32 bytes. */
const BLOB = 4 + 'ssh-ed25519'.length + 4 + 32;

/** A new ed25519 pair. The library drops leading zero bytes, so that one key in some hundred is none: such a one is made again. */
export const sshKeyPair = (o: { readonly comment?: string; readonly passphrase?: string; readonly cipher?: string; readonly rounds?: number } = {}): SshTestKeyPair => {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', o as never) as SshTestKeyPair;
    const whole = Buffer.from(pair.public.split(' ')[1] ?? '', 'base64').length === BLOB;
    if (whole && !(ssh2.utils.parseKey(pair.private, o.passphrase) instanceof Error)) return pair;
  }
};
