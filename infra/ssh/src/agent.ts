import { callbackify } from 'node:util';
import ssh2 from 'ssh2';

/** Somebody else who holds a private key and signs with it, as an ssh-agent does. The key itself is never here. */
export interface SshAgent {
  /** One line, as in authorized_keys. */
  readonly publicKey: string;
  /** Signs what {@link readAuthRequest} reads. A refusal ends the log-in and is its error. */
  sign(data: Buffer): Promise<Buffer>;
}

/** The same as the library has agents: one key, asked once. */
class OneKeyAgent extends ssh2.BaseAgent<string> {
  constructor(private readonly agent: SshAgent) { super(); }

  override getIdentities(answer: (error?: Error | null, keys?: string[]) => void): void {
    answer(null, [this.agent.publicKey]);
  }

  override sign(_key: unknown, data: Buffer, options: unknown, answer?: unknown): void {
    const done = (typeof options === 'function' ? options : answer) as (error?: Error | null, signature?: Buffer) => void;
    callbackify(() => this.agent.sign(data))(done);
  }
}

export const libraryAgent = (agent: SshAgent): ssh2.BaseAgent => new OneKeyAgent(agent);
