import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { createHash } from 'node:crypto';
import { startSshd } from './sshd.js';
import type { TestSshd } from './sshd.js';
import { sshKeyPair } from './ssh-key-pair.js';

let sshd: TestSshd;
beforeAll(async () => { sshd = await startSshd(); });
afterAll(async () => { await sshd.stop(); });

/** Runs a command and answers its output and the fingerprint that the server showed. */
function login(key: string, command: string): Promise<{ output: string; fingerprint: string }> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let fingerprint = '';
    client.on('error', reject); // after its refusal sshd may cut the connection, which is another one
    client.once('ready', () => {
      client.exec(command, (error, channel) => {
        if (error) return reject(error);
        let output = '';
        channel.on('data', (chunk: Buffer) => { output += chunk.toString(); });
        channel.once('close', () => { client.end(); resolve({ output, fingerprint }); });
      });
    });
    client.connect({
      host: sshd.host, port: sshd.port, username: sshd.user, privateKey: key,
      algorithms: { serverHostKey: ['ssh-ed25519'] },
      hostVerifier: (blob: Buffer) => {
        fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
        return true;
      },
    });
  });
}

describe('startSshd', () => {
  it('runs commands for its key, as the current user', async () => {
    const { output, fingerprint } = await login(sshd.privateKey, 'id -un');
    expect(output.trim()).toBe(sshd.user);
    expect(fingerprint).toBe(sshd.hostKey.fingerprint);
  });

  it('has a home of its own, so that the files of the real one neither run nor change', async () => {
    const { output } = await login(sshd.privateKey, 'echo "$HOME"; ls -A ~');
    expect(output.trim()).toMatch(/xanthus-sshd-[^/]+\/home$/);
  });

  it('refuses another key', async () => {
    const stranger = sshKeyPair();
    await expect(login(stranger.private, 'true')).rejects.toThrow(/authentication/);
  });

  it('shows another host key after swapHostKey, on the same port', async () => {
    const before = sshd.hostKey.fingerprint;
    const after = await sshd.swapHostKey();
    expect(after.fingerprint).not.toBe(before);
    expect((await login(sshd.privateKey, 'true')).fingerprint).toBe(after.fingerprint);
  });
});
