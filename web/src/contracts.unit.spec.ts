import { describe, expect, it } from '@jest/globals';
import { SERVICES } from '@xanthus/proto';
import { CLOUDFLARE_STEPS as steps, OIDC_TEST_STAGES as oidcStages } from '@xanthus/proto/auth';
import { TEST_STAGES as stages } from '@xanthus/proto/vps';
import * as mine from './contracts.js';

const { TEST_STAGES, CLOUDFLARE_STEPS, OIDC_TEST_STAGES, ...rows } = mine;
const theirs = Object.values(SERVICES).flatMap(s => [...Object.entries(s.commands), ...Object.entries(s.queries)]);

describe('contracts of the console', () => {
  it.each(Object.entries(rows))('%s is the row of proto', (name, row) => {
    const known = theirs.find(([n, c]) => n === name && c.service === row.service)?.[1];
    expect(known).toBeDefined();
    expect(known).toMatchObject(row);
  });

  it('knows the stages of a connection test in their order', () => expect(TEST_STAGES).toEqual(stages));
  it('knows the stages of a provider test and the steps of a token check', () => expect([OIDC_TEST_STAGES, CLOUDFLARE_STEPS]).toEqual([oidcStages, steps]));
});
