import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/bcrypt';
import type { SecretTools } from '../catalog/index.js';

export const SECRET_TOOLS: SecretTools = { randomInt: limit => randomInt(limit), bcrypt: text => hash(text, { cost: 10 }) };

/** What follows in a password counts no more for bcrypt: bytes. */
export const BCRYPT_BYTES = 72;
/** Is this the hash of it? What is no hash is that of nothing. */
export const isHashOf = (password: string, text: string | undefined): Promise<boolean> => (text === undefined || !/^\$2[aby]\$\d\d\$/.test(text) ? Promise.resolve(false) : verify(password, text).catch(() => false));
