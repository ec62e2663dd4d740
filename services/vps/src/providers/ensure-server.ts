import { providerRefusal, isProviderCode, isUncertain } from './provider.errors.js';
import type { ActionRef, Provider, ProviderServer, ServerSpec } from './provider.js';

/**
 * One machine for these labels, however often this is tried: it is looked for before it is ordered, and again when nobody knows whether the order arrived.
 * @returns `found` if it was there already @throws as `createServer`; PROVIDER.INVALID when several carry the labels
 */
export const ensureServer = async (provider: Provider, spec: ServerSpec, signal: AbortSignal): Promise<{ readonly server: ProviderServer; readonly action: ActionRef; readonly found: boolean }> => {
  const look = async (): Promise<{ server: ProviderServer; action: ActionRef; found: true } | undefined> => {
    const [server, ...others] = (await provider.findServers(spec.labels, signal)).filter(s => s.status !== 'deleting');
    if (others.length > 0) throw providerRefusal('INVALID', `${others.length + 1} machines carry the labels of this server at ${provider.title}. Delete the wrong ones there.`, { refs: [server, ...others].map(s => s?.ref) });
    return server && { server, action: null, found: true };
  };
  const before = await look();
  if (before) return before;
  try {
    return { ...await provider.createServer(spec, signal), found: false };
  } catch (error) {
    // a name that is taken may be our own order, whose answer was lost
    if (signal.aborted || !(isUncertain(error) || isProviderCode(error, 'NAME_TAKEN'))) throw error;
    const after = await look();
    if (after) return after;
    throw error;
  }
};
