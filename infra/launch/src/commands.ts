import { operatorFiles } from '@xanthus/deploy';
import { callAuth, type AuthLine } from './ask-auth.js';
import { holderOf } from './data-folder.js';
import type { Holder } from './data-folder.js';
import { keepFirstKey, putNewKeyFirst } from './master-key-file.js';
import type { Command, Options } from './options.js';
import { verifyAudit } from './verify-audit.js';
import { verifyReceipt } from './receipt.js';
import { Sentence } from './sentence.js';

/** Longest wait of a command for NATS. */
const PATIENCE_MS = 20_000;

export interface Surroundings { readonly options: Options; readonly environment: NodeJS.ProcessEnv; say(line: string): void }
type OfRunning = Exclude<Command, { name: 'start' | 'help' | 'verify-receipt' | 'verify-audit' }>;

/** What is not the start itself. @throws Sentence */
export async function runCommand(command: Exclude<Command, { name: 'start' | 'help' }>, o: Surroundings): Promise<void> {
  if (command.name === 'verify-receipt') {
    const receipt = await verifyReceipt(command.file, command.key ?? operatorFiles(o.options.data).serviceJwksFile);
    o.say(`The signature fits. ${receipt.tenant} was forgotten at ${receipt.completed_at}.`);
    o.say(JSON.stringify(receipt, undefined, 2));
    return;
  }
  if (command.name === 'verify-audit') return verifyAudit({ file: command.file, keys: command.keys, ownKeys: operatorFiles(o.options.data).serviceJwksFile, say: o.say });
  const holder = await holderOf(o.options.data);
  if (!holder?.nats_url || !holder.url) throw new Sentence(`Xanthus does not run on ${o.options.data}. Start it first with: npm start`);
  const auth = await Promise.race([callAuth({ data: o.options.data, natsUrl: holder.nats_url, natsCredentials: holder.nats_credentials }), late(holder)]);
  try {
    await ofRunning(command, auth, holder, o);
  } finally {
    await auth.close();
  }
}

async function ofRunning(c: OfRunning, auth: AuthLine, holder: Holder, o: Surroundings): Promise<void> {
  switch (c.name) {
    case 'setup-link':
      if (await auth.setUp()) throw new Sentence(`This installation has an owner already: log in at ${holder.url}`);
      o.say(`${holder.url}/setup#${await auth.setupToken()}   (valid 1 hour)`);
      return;
    case 'reset-link':
      o.say(`${holder.url}/reset#${await auth.resetToken({ tenant: c.tenant, email: c.email, second_factor_too: c.secondFactorToo }).catch(told)}   (valid 1 hour)`);
      return;
    case 'credentials': return credentials(c, auth, holder, o);
    case 'rotate-master-key': return rotateMasterKey(auth, o);
    case 'rotate-data-keys': {
      const { rotated } = await auth.rotateDataKeys(c.tenant).catch(told);
      for (const { service, number } of rotated) o.say(`${c.tenant}, ${service}: new secrets use data key ${number}; the others follow within half an hour, then older keys are destroyed.`);
      return;
    }
    case 'receipt':
      o.say(JSON.stringify(await auth.receipt(c.tenant).catch(told), undefined, 2));
  }
}

async function credentials(c: Extract<Command, { name: 'credentials' }>, auth: AuthLine, holder: Holder, { say }: Surroundings): Promise<void> {
  const made = await auth.createCredential({ tenant: c.tenant, name: c.credential, role: c.role, follow: c.follow }).catch(told);
  process.stderr.write(`Credential ${c.credential} of tenant ${c.tenant}, role ${c.role}, for ${holder.nats_url}. It is shown this once: keep the following text in a file, readable only by its user.\n`);
  for (const [stream, consumer] of Object.entries(made.consumers)) process.stderr.write(`Follow ${stream} by the consumer ${consumer} with the API prefix XAN.API.\n`);
  say(made.creds.trimEnd());
}

/**
 * The file first gets the new key beside the old one, which every running auth notices; the old one goes when it wraps nothing any more. Cut off at any
 * point, the same command goes on. A key that lies in the environment or behind a program is the operator's to replace: then only what is wrapped follows.
 */
async function rotateMasterKey(auth: AuthLine, { options, environment, say }: Surroundings): Promise<void> {
  const elsewhere = environment['XANTHUS_MASTER_KEY_COMMAND'] ?? environment['XANTHUS_MASTER_KEY'];
  const file = elsewhere ? undefined : (environment['XANTHUS_MASTER_KEY_FILE'] ?? operatorFiles(options.data).masterKeyFile);
  const before = file === undefined ? undefined : (await auth.rotateMasterKey().catch(told)).primary;
  const undo = file === undefined ? undefined : await putNewKeyFirst(file);
  let rewrapped = 0;
  for (let left = Number.POSITIVE_INFINITY; left > 0;) {
    const done = await auth.rotateMasterKey().catch(told);
    if (undo !== undefined && done.primary === before) {
      await undo();
      throw new Sentence(`The running auth does not use ${file}. Name its file with XANTHUS_MASTER_KEY_FILE; nothing was replaced.`);
    }
    if (done.left >= left) throw new Sentence(`${done.left} data keys could not be wrapped anew; the log of auth says why. The old master key stays. Run this command again.`);
    rewrapped += done.rewrapped;
    left = done.left;
  }
  if (file !== undefined) await keepFirstKey(file);
  say(`${rewrapped} keys are wrapped by the new master key now.${file === undefined ? '' : ` The old one was removed from ${file}: keep a copy of the file elsewhere, and know that older backups open with the key of their time.`}`);
}

/** What auth refuses is told as it is. */
const told = (error: unknown): never => { throw new Sentence((error as Error).message); };

/** A connection is tried for ever, which is right for a service and not for a person. @throws Sentence */
const late = ({ url = '', nats_url = '' }: Holder): Promise<never> => new Promise((_, reject) => {
  const why = `NATS at ${nats_url} did not let us in within ${PATIENCE_MS / 1_000} s. ${url}/ready says what is wrong.`;
  setTimeout(() => reject(new Sentence(why)), PATIENCE_MS).unref();
});
