/** Secrets of tenants, the keys that encrypt them, and the end of a tenant, which is the end of its keys. */
import { readServiceKey } from '@xanthus/nest';
import type { MasterKeys } from '@xanthus/vault';
import { openReceipts } from '../adapters/receipts.js';
import type { Credentials } from '../app/credentials.js';
import { DataKeyRotation } from '../app/data-keys.js';
import { Secrets } from '../app/secrets.js';
import { TenantEnd } from '../app/tenant-end.js';
import { KeyDoors } from '../endpoints/key.doors.js';
import { SecretDoors } from '../endpoints/secret.doors.js';
import { TenantEndDoors } from '../endpoints/tenant-end.doors.js';
import { destroyValuesWhenSecretChanged } from '../reactors/destroy-values-when-secret-changed.js';
import { eraseWhenTenantForgotten } from '../reactors/erase-when-tenant-forgotten.js';
import type { AuthCore, Ending, Part } from './part.js';

export const composeSecrets = async (core: AuthCore, { masters, credentials, endings }: { readonly masters: MasterKeys; readonly credentials: Credentials; readonly endings: readonly Ending[] }): Promise<Part> => {
  const secrets = new Secrets({ ...core, hmacKey: core.markers });
  const rotation = new DataKeyRotation({ ...core, masters });
  const receipts = openReceipts(await readServiceKey(core.config.XANTHUS_SERVICE_KEY_FILE));
  const end = new TenantEnd({ ...core, credentials, endings, secrets, rotation, receipts });
  return {
    controllers: [SecretDoors, KeyDoors, TenantEndDoors],
    providers: [{ provide: Secrets, useValue: secrets }, { provide: DataKeyRotation, useValue: rotation }, { provide: TenantEnd, useValue: end }],
    reactors: [destroyValuesWhenSecretChanged(secrets), eraseWhenTenantForgotten(end)],
    rounds: [() => rotation.tend()],
  };
};
