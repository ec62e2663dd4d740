export { openVault, type Vault } from './vault.js';
export { localDataKeys, remoteDataKeys, serveDataKeys, type DataKeys } from './data-keys.js';
export { destroyDataKeys } from './wrapped-keys.js';
