/** The work's end, or the signal's: the work goes on for others. @throws the signal's reason */
export const untilSettled = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  signal.throwIfAborted();
  let end = (): void => undefined;
  const aborted = new Promise<never>((_, fail) => { end = () => fail(signal.reason as Error); });
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', end);
  }
};
