/** What is personal: name, address and password hash of each person, encrypted; and who has an address. */
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { MarkerBody } from '@xanthus/kernel';
import { markerKey } from '@xanthus/jetstream';
import { INSTALLATION, markerSubject, streamName } from '@xanthus/proto';
import type { Vault } from '@xanthus/vault';
import { randomBytes } from 'node:crypto';
import { hashPassword } from './passwords.js';

export interface PersonRecord { readonly email: string; readonly name: string; /** None: logs in through a provider only. */ readonly password_hash?: string }

/** Addresses are compared without case and in one Unicode form. */
export const normaliseEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase();

export const EMAIL_MARKER = 'email';
export const personSecret = (person: string): string => `person-${person}`;

export interface Persons {
  /** The `<key>` of an address's marker. */
  emailKey(email: string): string;
  /** Who claimed this address, read past any stale replica. */
  findByEmail(email: string): Promise<string | undefined>;
  record(person: string): Promise<PersonRecord | undefined>;
  keep(person: string, record: PersonRecord): Promise<void>;
  /** One change after the other within this copy; between copies the gap is a millisecond. @throws Error if there is no record */
  change(person: string, fn: (record: PersonRecord) => PersonRecord): Promise<void>;
  forget(person: string): Promise<void>;
}

/** Stands in for a person who does not exist, so that a log-in reads, decrypts and verifies as much for nobody as for somebody. */
export const NOBODY = '00000000000000000000000000';

export const openPersons = async (nc: NatsConnection, vault: Vault, hmacKey: Buffer): Promise<Persons> => {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  await vault.put(INSTALLATION, personSecret(NOBODY), JSON.stringify({ email: '', name: '', password_hash: await hashPassword(randomBytes(32).toString('base64url')) } satisfies PersonRecord));
  const turns = new Map<string, Promise<void>>();
  const emailKey = (email: string): string => markerKey(hmacKey, normaliseEmail(email));
  const record: Persons['record'] = async (person) => {
    const text = await vault.getText(INSTALLATION, personSecret(person)).catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as PersonRecord);
  };
  const keep: Persons['keep'] = (person, kept) => vault.put(INSTALLATION, personSecret(person), JSON.stringify(kept));
  return {
    emailKey,
    async findByEmail(email) {
      const found = await jsm.streams.getMessage(streamName('auth'), { last_by_subj: markerSubject(INSTALLATION, 'auth', EMAIL_MARKER, emailKey(email)) });
      if (found === null || found.data.length === 0) return undefined;
      return found.json<{ readonly held?: MarkerBody }>().held?.aggregate.id;
    },
    record,
    keep,
    async change(person, fn) {
      const work = async (): Promise<void> => {
        const before = await record(person);
        if (before === undefined) throw new Error(`the record of person ${person} cannot be read`);
        await keep(person, fn(before));
      };
      const mine = (turns.get(person) ?? Promise.resolve()).then(work, work);
      turns.set(person, mine);
      await mine.finally(() => { if (turns.get(person) === mine) turns.delete(person); });
    },
    forget: person => vault.destroy(INSTALLATION, personSecret(person)),
  };
};
