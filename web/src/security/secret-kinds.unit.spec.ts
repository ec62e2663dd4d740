import { expect, it } from '@jest/globals';
import { secretKind } from '@xanthus/proto/auth';
import { SECRET_KINDS } from './secret-kinds.js';

it('has a word for each kind of secret', () => expect(Object.keys(SECRET_KINDS).sort()).toEqual([...secretKind.options].sort()));
