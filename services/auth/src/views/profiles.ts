import { keyedProjection } from '@xanthus/kernel';
import { INSTALLATION, viewKey, type DataOf } from '@xanthus/proto';
import { profileView } from '@xanthus/proto/auth';
import { authEvent } from './event.js';

/** How may this person log in? */
export const profiles = keyedProjection<DataOf<typeof profileView>>({
  name: 'profiles', version: 1, schema: profileView.schema,
  keys: event => (event.aggregate.name === 'person' ? [viewKey(INSTALLATION, 'profiles', event.aggregate.id)] : []),
  evolve(data, recorded) {
    const event = authEvent(recorded);
    const at = recorded.occurred_at;
    if (event?.type === 'PersonRegistered') {
      const { has_password = true } = event.data;
      return { person: event.aggregate.id, registered_at: at, has_password, password_changed_at: has_password ? at : null, totp_since: null, recovery_codes_left: 0 };
    }
    if (data === undefined) return undefined;
    switch (event?.type) {
      case 'PasswordChanged': return event.data.reason === 'rehashed' ? data : { ...data, has_password: true, password_changed_at: at };
      case 'TotpEnabled': return { ...data, totp_since: at, recovery_codes_left: event.data.codes };
      case 'RecoveryCodesRenewed': return { ...data, recovery_codes_left: event.data.codes };
      case 'RecoveryCodeUsed': return { ...data, recovery_codes_left: Math.max(0, data.recovery_codes_left - 1) };
      case 'TotpDisabled': return { ...data, totp_since: null, recovery_codes_left: 0 };
      default: return data;
    }
  },
});
