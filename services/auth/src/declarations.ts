import { declarationsOf, type Declarations } from '@xanthus/jetstream';

/** The streams and buckets of this service; the launcher's provisioner makes them. */
export const authDeclarations = (): Declarations => declarationsOf('auth', { attempts: true });
