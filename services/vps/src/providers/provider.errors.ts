import { Refusal } from '@xanthus/kernel';

export type ProviderCode =
  | 'KEY_REFUSED' | 'KEY_READ_ONLY' | 'KEY_MALFORMED' | 'QUOTA_REACHED' | 'SOLD_OUT' | 'UNKNOWN_TYPE' | 'UNKNOWN_LOCATION' | 'UNKNOWN_IMAGE' | 'NAME_TAKEN' | 'RATE_LIMITED' | 'UNAVAILABLE'
  | 'NOT_FOUND' | 'LOCKED' | 'PROTECTED' | 'WRONG_STATE' | 'INVALID' | 'UNSUPPORTED' | 'ACTION_FAILED' | 'TIMEOUT' | 'UNREADABLE';

/** Those that may succeed later without anybody doing something. */
const PASSING: ReadonlySet<ProviderCode> = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'LOCKED', 'TIMEOUT', 'UNREADABLE', 'SOLD_OUT']);

export const providerRefusal = (code: ProviderCode, message: string, details?: Readonly<Record<string, unknown>>): Refusal => new Refusal(`PROVIDER.${code}`, message, details, PASSING.has(code));

export const isProviderCode = (error: unknown, ...codes: readonly ProviderCode[]): error is Refusal => error instanceof Refusal && codes.some(code => error.code === `PROVIDER.${code}`);

/** Nobody knows whether the request was acted on. */
export const isUncertain = (error: unknown): boolean => isProviderCode(error, 'TIMEOUT', 'UNAVAILABLE', 'UNREADABLE');

/** The same words from every adapter. `title` is the provider as people call it. */
export const sayings = (title: string) => ({
  keyRefused: () => providerRefusal('KEY_REFUSED', `${title} does not take this key. Was it deleted there, or not copied whole? Make a new one at ${title}, and give it here, or under Providers.`),
  keyReadOnly: () => providerRefusal('KEY_READ_ONLY', `This key may only read at ${title}. Make one that may read and write.`),
  quota: (said: string) => providerRefusal('QUOTA_REACHED', `${title} allows this account no more of these (${said}). Delete what is not used there, or ask ${title} for a higher limit.`),
  soldOut: (what: string) => providerRefusal('SOLD_OUT', `${title} has no ${what} left just now. Choose another location or type, or try again later.`),
  unknownType: (type: string) => providerRefusal('UNKNOWN_TYPE', `${title} has no server type ${type} (any more). Choose another one.`, { type }),
  unknownLocation: (location: string) => providerRefusal('UNKNOWN_LOCATION', `${title} has no location ${location}. Choose another one.`, { location }),
  unknownImage: (image: string) => providerRefusal('UNKNOWN_IMAGE', `${title} has no image ${image} for this machine. Choose another one.`, { image }),
  nameTaken: (name: string) => providerRefusal('NAME_TAKEN', `Something at ${title} is called ${name} already. Choose another name, or rename that one there.`, { name }),
  rateLimited: (retry_at?: string) => providerRefusal('RATE_LIMITED', `${title} takes no more calls ${retry_at === undefined ? 'for a while' : `until ${retry_at}`}; it goes on after that.`, retry_at === undefined ? undefined : { retry_at }),
  unavailable: (said: string, retry_at?: string) => providerRefusal('UNAVAILABLE', `${title} can't be used just now (${said}). Nothing is wrong on our side; try again in a moment.`, retry_at === undefined ? undefined : { retry_at }),
  timeout: () => providerRefusal('TIMEOUT', `${title} did not answer in time. Look at what is there before trying again.`),
  unreadable: (where: string) => providerRefusal('UNREADABLE', `${title} answered ${where} with something that is not its API: a proxy on the way, or maintenance. Try again in a moment.`),
  notFound: (what: string) => providerRefusal('NOT_FOUND', `There is no such ${what} at ${title} (any more).`),
  locked: () => providerRefusal('LOCKED', `${title} is still busy with this machine. It goes on when that is done.`),
  protected: () => providerRefusal('PROTECTED', `This is protected at ${title}. Take the protection off there first.`),
  wrongState: (said: string) => providerRefusal('WRONG_STATE', `The machine is not in the state for that: ${said}`),
  invalid: (said: string, details?: Readonly<Record<string, unknown>>) => providerRefusal('INVALID', `${title} refused: ${said}`, details),
  unsupported: (what: string) => providerRefusal('UNSUPPORTED', `${title} can't ${what}.`),
  actionFailed: (what: string, said: string) => providerRefusal('ACTION_FAILED', `${title} could not finish ${what}: ${said}`),
});
export type Sayings = ReturnType<typeof sayings>;
