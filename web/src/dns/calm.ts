/** Rows of a large view, told a few times a second at most: ten thousand records that change one by one must not be put in order ten thousand times. */
import type { BucketState, BucketView } from '@xanthus/client';

/** From so many entries on, and then with this pause, ms. */
const MANY = 500;
const PAUSE = 500;

/** The same as the view, later. */
export const calmed = <T>(view: Pick<BucketView<T>, 'get' | 'subscribe'>): Pick<BucketView<T>, 'get' | 'subscribe'> => {
  let shown: BucketState<T> | undefined;
  return {
    get: () => (shown ??= view.get()),
    subscribe(listener) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const tell = (): void => { timer = undefined; shown = view.get(); listener(shown); };
      shown = view.get();
      const stop = view.subscribe(() => {
        if (timer !== undefined) return;
        if ((shown?.entries.size ?? 0) < MANY) tell();
        else timer = setTimeout(tell, PAUSE);
      });
      return () => { stop(); clearTimeout(timer); };
    },
  };
};
