import { describe, expect, it } from '@jest/globals';
import { allows } from '@xanthus/proto';
import { ASKED, LETTERS, MATRIX, PLACES, STAGER, THING, type Letter, type Place } from '../gate-matrix.fixtures.js';
import { compileCapabilities } from './roles.js';

const ME = '01jd3x8e2v5y9w4z7q6r1s0tme';
const home = (letter: Letter): string => (letter === 'X' ? 'xanthus' : 'acme');
const letters = Object.keys(LETTERS) as Letter[];
const documents = new Map(letters.map(l => [l, compileCapabilities(LETTERS[l], home(l), { kind: 'person', id: ME }, { stager: STAGER })]));
const may = (letter: Letter, subject: string): boolean => allows(documents.get(letter)!, { what: 'command', subject });

/** Who has it in this place. The operator of the installation is at home in the installation. */
const who = (label: string, place: Place): string => {
  const asked = ASKED.find(a => a.label === label)!;
  const id = place.endsWith('own') ? ME : THING;
  if (asked.services) return '';
  return letters.filter(l => !(l === 'X' && place.startsWith('tenant')) && may(l, asked.subject(place.startsWith('tenant') ? 'acme' : 'xanthus', id))).join('');
};

describe('who may ask what', () => {
  it('has a row for every contract and no other: write one into gate-matrix.fixtures.ts', () => {
    expect(Object.keys(MATRIX).sort()).toEqual(ASKED.map(a => a.label).sort());
  });

  it.each(Object.entries(MATRIX))('%s', (label, row) => {
    expect(PLACES.map(place => who(label, place))).toEqual(row);
  });

  it('is nobody in another tenant, whatever the role and whosever the thing', () => {
    const reached = ASKED.flatMap(a => letters.flatMap(l => [ME, THING, 'all', 'new'].filter(id => may(l, a.subject('other', id))).map(() => `${l} ${a.label}`)));
    expect(reached).toEqual([]);
  });
});
