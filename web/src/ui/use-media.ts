import { useCallback, useSyncExternalStore } from 'react';

/** Does the window fit this media query? Where the order of things, not only their look, depends on it. */
export const useMedia = (query: string): boolean => {
  const subscribe = useCallback((fn: () => void) => {
    const media = matchMedia(query);
    media.addEventListener('change', fn);
    return () => media.removeEventListener('change', fn);
  }, [query]);
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
};
