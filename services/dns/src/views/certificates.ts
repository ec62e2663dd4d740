import type { Change, Projection, RecordedEvent, ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { certificateView } from '@xanthus/proto/dns';
import type { CertificateEvent } from '../certificate/certificate.js';
import { usersOf } from './zones.js';

export type CertificateRow = DataOf<typeof certificateView>;
type Alert = NonNullable<CertificateRow['alert']>;

/** From here on it is shown as ending soon; the warnings before are told too. */
const SOON = 30;

const alertOf = (row: CertificateRow, days: number, since: string): Alert => {
  if (days <= 0) return { kind: 'expired', message: `The certificate ended on ${row.expires_at.slice(0, 10)}. Issue it anew.`, since };
  const then = row.auto_renew === false ? 'Issue it anew: that does not happen by itself for this domain.' : 'It is issued anew by itself before that.';
  return { kind: 'expiring', message: `The certificate ends in ${days} ${days === 1 ? 'day' : 'days'}. ${then}`, since };
};

const fold = (row: CertificateRow | undefined, event: RecordedEvent): CertificateRow | undefined => {
  const known = event as unknown as CertificateEvent;
  const at = event.occurred_at;
  switch (known.type) {
    case 'CertificateIssued': return { ...known.data, state: 'valid', issued_at: at, renewed: 0, used_by: 0, alert: null, auto_renew: row?.auto_renew ?? true, replaced: null };
    case 'CertificateRenewed': {
      const { replaces, ...issued } = known.data;
      return { ...issued, state: 'valid', issued_at: at, renewed: (row?.renewed ?? 0) + 1, used_by: row?.used_by ?? 0, alert: null, auto_renew: row?.auto_renew ?? true, replaced: replaces };
    }
    case 'CertificateExpiring': return row && known.data.provider_ref === row.provider_ref && row.state !== 'revoked' ? { ...row, state: known.data.days <= 0 ? 'expired' : known.data.days <= SOON ? 'expiring' : 'valid', alert: alertOf(row, known.data.days, at) } : row;
    case 'CertificateRenewalFailed': return row && { ...row, alert: { kind: 'renewal_failed', message: `The certificate could not be issued anew by itself; that is tried again. ${known.data.message}`, since: at } };
    case 'CertificateRenewalSet': return row && { ...row, auto_renew: known.data.auto };
    case 'CertificateRetired': return row && row.replaced === known.data.provider_ref ? { ...row, replaced: null } : row;
    case 'CertificateRevoked': {
      if (row?.provider_ref !== known.data.provider_ref) return row;
      const alert: Alert = { kind: 'revoked_outside', message: 'The certificate was revoked at Cloudflare, not here. Issue it anew if the domain shall go on having one.', since: at };
      return { ...row, state: 'revoked', replaced: null, alert: known.data.outside ? alert : null };
    }
    default: return row;
  }
};

const project = async (event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> => {
  const { aggregate: { name, id }, tenant } = event;
  const ofUsers = event.type === 'DomainUsed' || event.type === 'DomainUnused';
  if (name !== 'certificate' && !ofUsers) return [];
  const key = viewKey(tenant, 'certificates', id);
  const before = await view.get<CertificateRow>(key);
  const after = fold(before, event);
  if (!after || (after === before && !ofUsers)) return [];
  return [{ key, value: { ...after, used_by: (await usersOf(view, tenant, id)).length } }];
};

/** Which certificates are there, and until when? `<tenant>.certificates.<zone>` */
export const certificatesProjection: Projection = { name: 'certificates', version: 1, schema: certificateView.schema, project };
