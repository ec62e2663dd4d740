import { describe, expect, it } from '@jest/globals';
import { SERVICES } from '@xanthus/proto';
import { TEST_STAGES as stages } from '@xanthus/proto/vps';
import * as mine from './contracts.js';

const { TEST_STAGES, ...rows } = mine;
const theirs = Object.values(SERVICES).flatMap(s => [...Object.entries(s.commands), ...Object.entries(s.queries)]);

describe('contracts of the console', () => {
  it.each(Object.entries(rows))('%s is the row of proto', (name, row) => {
    const known = theirs.find(([n]) => n === name)?.[1];
    expect(known).toBeDefined();
    expect(known).toMatchObject(row);
  });

  it('knows the stages of a connection test in their order', () => expect(TEST_STAGES).toEqual(stages));
});
