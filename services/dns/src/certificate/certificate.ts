import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { certificateEvents, DnsUser } from '@xanthus/proto/dns';

export type CertificateEvent = EventOf<typeof certificateEvents>;
export interface Issued { readonly zone: string; readonly provider_ref: string; readonly hostnames: readonly string[]; readonly certificate: string; readonly root: string; readonly fingerprint: string; readonly key_fingerprint: string; readonly expires_at: string }

/** `auto`: it is issued anew by itself. */
interface Always { readonly auto: boolean }
export interface ValidCertificate extends Always {
  readonly status: 'valid';
  readonly issued: Issued;
  /** Those that this one took the place of, and that are not revoked yet: somebody may still use them. */
  readonly replaced: readonly string[];
  /** Who was handed this one, and when at first. */
  readonly holders: ReadonlyMap<string, string>;
  /** The shortest of `WARN_DAYS` that was told of this one. */
  readonly told: number | null;
  /** Why it could not be issued anew by itself, as it was told last. */
  readonly failed: string | null;
}
export type CertificateState = (Always & { readonly status: 'absent' }) | ValidCertificate | (Always & { readonly status: 'revoked'; readonly issued: Issued; readonly replaced: readonly string[] });

export const initialCertificate: CertificateState = { status: 'absent', auto: true };

/** So many days before its end it is told of, once each; 0: it has ended. */
const WARN_DAYS = [60, 30, 14, 7, 1, 0] as const;
const DAY = 86_400_000;
/** Whole days that are left; 0 or less: it has ended. */
export const daysLeft = (expires_at: string, now: number): number => Math.ceil((Date.parse(expires_at) - now) / DAY) + 0;
/** The shortest warning that is due with so many days left. */
export const warningAt = (days: number): number | null => WARN_DAYS.findLast(warn => days <= warn) ?? null;

/** So long after it was handed over whoever has it uses it, ms. */
const SETTLED = 3_600_000;
/** A replaced one may be revoked once everybody who uses the domain has had the new one for a while. */
export const isInForce = ({ holders }: Pick<ValidCertificate, 'holders'>, users: readonly Pick<DnsUser, 'id'>[], now: number): boolean => users.every(({ id }) => {
  const at = holders.get(id);
  return at !== undefined && now - Date.parse(at) >= SETTLED;
});

/** Those that are still to be revoked. */
const replacedBy = (state: CertificateState): readonly string[] => (state.status === 'absent' ? [] : state.replaced);
const bare = ({ replaces: _replaces, ...issued }: Issued & { readonly replaces: string }): Issued => issued;

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolveCertificate = (state: CertificateState, event: CertificateEvent | DomainEvent, context: Pick<EventContext, 'occurred_at'>): CertificateState => {
  const known = event as CertificateEvent;
  const { auto } = state;
  switch (known.type) {
    case 'CertificateIssued': return { status: 'valid', auto, issued: known.data, replaced: replacedBy(state), holders: new Map(), told: null, failed: null };
    case 'CertificateRenewed': return { status: 'valid', auto, issued: bare(known.data), replaced: [...replacedBy(state), known.data.replaces], holders: new Map(), told: null, failed: null };
    case 'CertificateRenewalSet': return { ...state, auto: known.data.auto };
    default: return state.status === 'valid' ? evolveValid(state, known, context.occurred_at) : state;
  }
};

const evolveValid = (state: ValidCertificate, known: CertificateEvent, at: string): CertificateState => {
  switch (known.type) {
    case 'CertificateExpiring': return known.data.provider_ref === state.issued.provider_ref ? { ...state, told: warningAt(known.data.days) } : state;
    case 'CertificateHandedOver': {
      const id = known.data.for?.id;
      return id === undefined || known.data.provider_ref !== state.issued.provider_ref || state.holders.has(id) ? state : { ...state, holders: new Map([...state.holders, [id, at]]) };
    }
    case 'CertificateRetired': return { ...state, replaced: state.replaced.filter(ref => ref !== known.data.provider_ref) };
    case 'CertificateRenewalFailed': return { ...state, failed: known.data.code };
    case 'CertificateRevoked': return known.data.provider_ref === state.issued.provider_ref ? { status: 'revoked', auto: state.auto, issued: state.issued, replaced: state.replaced } : state;
    default: return state;
  }
};
