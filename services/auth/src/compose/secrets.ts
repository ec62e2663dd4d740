/** Secrets of tenants, and the keys that encrypt them. */
import type { MasterKeys } from '@xanthus/vault';
import { DataKeyRotation } from '../app/data-keys.js';
import { Secrets } from '../app/secrets.js';
import { KeyDoors } from '../endpoints/key.doors.js';
import { SecretDoors } from '../endpoints/secret.doors.js';
import { destroyValuesWhenSecretChanged } from '../reactors/destroy-values-when-secret-changed.js';
import type { AuthCore, Part } from './part.js';

export const composeSecrets = ({ nc, log, store, handle, read, views, vault, markers }: AuthCore, masters: MasterKeys): Part => {
  const secrets = new Secrets({ store, handle, read, views, vault, hmacKey: markers });
  const rotation = new DataKeyRotation({ nc, masters, handle, log });
  return {
    controllers: [SecretDoors, KeyDoors],
    providers: [{ provide: Secrets, useValue: secrets }, { provide: DataKeyRotation, useValue: rotation }],
    reactors: [destroyValuesWhenSecretChanged(secrets)],
    rounds: [() => rotation.tend()],
  };
};
