/** A program of its own: starts, stops at SIGTERM or SIGINT, and tells a mistake as a sentence. For `main.ts` only. */
export const runAlone = async (start: (env: NodeJS.ProcessEnv) => Promise<{ stop(): Promise<void>; readonly ended?: Promise<unknown> }>): Promise<void> => {
  try {
    const running = await start(process.env);
    void running.ended?.then(() => process.exit(0));
    const stop = (): void => {
      running.stop().then(() => process.exit(0), () => process.exit(1));
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
};
