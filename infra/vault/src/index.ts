/** AES-256-GCM with a context, for what is too large for the vault; the key belongs into it. */
export { decrypt as openBytes, encrypt as sealBytes } from './aead.js';
export { openVault, type Vault } from './vault.js';
export { KEEP, localDataKeys, remoteDataKeys, serveDataKeys, type DataKeys } from './data-keys.js';
export { addKey, destroyDataKeys, dropOldKeys, KEYS_BUCKET, listRings, openRing, rewrap, rewrapRoots, rootKey, type DestroyedKey, type RingInfo } from './key-records.js';
export type { KeyRing } from './key-ring.js';
export { looksRandom, masterKeyOf, masterKeysOf, type MasterKey, type MasterKeys } from './master-keys.js';
export { eraseLeft, moveOldKeys } from './erase.js';
export { askToRenew, type Renewed } from './renew.js';
export { nameKey } from './name-key.js';
export { newReceiver, open, seal, type Receiver, type SealedBox } from './sealed-box.js';
export { startKmsProgram, type KmsProgram } from './kms-program.js';
export { receiveCertificate, type ReceivedCertificate } from './receive-certificate.js';
export { handOverContext, receiveSecret, type ReceivedSecret } from './receive-secret.js';
