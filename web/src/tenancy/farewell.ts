/** What is left of an organisation that was forgotten: the session that asked ends with it, so it is kept beside the session, for this tab only. */
export interface Farewell { readonly tenant: string; readonly name: string; /** Signed; null: still being done. */ readonly receipt: string | null }

const KEY = 'xanthus.farewell';

export const keepFarewell = (farewell: Farewell): void => sessionStorage.setItem(KEY, JSON.stringify(farewell));
export const readFarewell = (): Farewell | undefined => {
  const kept = sessionStorage.getItem(KEY);
  return kept === null ? undefined : JSON.parse(kept) as Farewell;
};
