/** Security rule "one gate, default deny", at the real doors: every command, question and view of auth × each role × own and another tenant's subjects. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CapabilityMirror } from '@xanthus/nest';
import { addMember, createTenant, defineRole } from '@xanthus/proto/auth';
import { eventually } from '@xanthus/testing';
import { PASSWORD, startTestAuth, type TestAuth } from './auth.fixtures.js';
import { ASKED, LETTERS, MATRIX, PLACES, STAGER, THING, type Letter, type Place } from './gate-matrix.fixtures.js';

let auth: TestAuth;
const persons = new Map<Letter, string>();
const letters = Object.keys(LETTERS) as Letter[];
const OF_AUTH = ASKED.filter(a => a.label.split(' ')[1] === 'auth');
/** No input fits this: what passes the gate is refused as invalid (or asked for a proof first), and nothing happens. */
const NOTHING = '[]';

const who = (letter: Letter) => ({ person: persons.get(letter) ?? '', tenant: letter === 'X' ? 'xanthus' : 'acme' });
const passes = async (letter: Letter, subject: string): Promise<boolean> => {
  const code = await auth.codeOf(who(letter), subject, NOTHING);
  expect(['DENIED', 'INVALID', 'AUTH.PROOF_NEEDED', 'UNKNOWN_OP']).toContain(code);
  return code !== 'DENIED';
};

beforeAll(async () => {
  auth = await startTestAuth();
  const ada = (await auth.setUp()).user.id;
  persons.set('O', ada).set('X', ada);
  const owner = { person: ada, tenant: 'acme', proved: true };
  const mirror = await CapabilityMirror.start(await auth.as('gateway'), { warn: () => undefined });
  await eventually(async () => (await auth.codeOf(owner, 'qry.acme.auth.member-names.all', '{}')) === 'ok');
  await auth.asPerson({ person: ada, tenant: 'xanthus' }, createTenant, { tenant: 'xanthus', input: { slug: 'other', name: 'Other' } });
  await auth.asPerson(owner, defineRole, { tenant: 'acme', id: 'stager', input: { description: '', grants: [...STAGER] } });
  for (const letter of letters.filter(l => !persons.has(l))) {
    persons.set(letter, (await auth.asPerson(owner, addMember, { tenant: 'acme', input: { email: `${letter}@example.com`, name: letter, role: LETTERS[letter], password: PASSWORD } })).id);
  }
  await eventually(async () => letters.every(l => mirror.document(who(l).tenant, who(l).person) !== undefined));
  await mirror.stop();
});
afterAll(() => auth?.stop());

const subjectsOf = (label: string, place: Place, letter: Letter): string => {
  const asked = ASKED.find(a => a.label === label)!;
  return asked.subject(place.startsWith('tenant') ? 'acme' : 'xanthus', place.endsWith('own') ? who(letter).person : THING);
};

describe('at the doors of auth', () => {
  it.each(OF_AUTH.map(a => a.label))('%s', async label => {
    const reached = await Promise.all(PLACES.map(async place => {
      const asking = letters.filter(l => !(l === 'X' && place.startsWith('tenant')));
      const passed = await Promise.all(asking.map(l => passes(l, subjectsOf(label, place, l))));
      return asking.filter((_, i) => passed[i]).join('');
    }));
    expect(reached).toEqual(MATRIX[label]);
  });

  it('nothing of another tenant is reached, by nobody, though somebody of ours owns that one too', async () => {
    const reached: string[] = [];
    for (const { label, subject } of OF_AUTH) {
      await Promise.all(letters.flatMap(l => [who(l).person, THING, 'other'].map(async id => {
        if (await passes(l, subject('other', id))) reached.push(`${l} ${label}`);
      })));
    }
    expect(reached).toEqual([]);
  });
});
