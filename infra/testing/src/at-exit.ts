const pending = new Set<() => void>();
let installed = false;

/** Runs `fn` when this process exits, unless the answered function was called before. What a test started must not outlive a failed run. */
export function atExit(fn: () => void): () => void {
  if (!installed) {
    installed = true;
    process.once('exit', () => { for (const clean of pending) { try { clean(); } catch { /* the next one still has its turn */ } } });
  }
  pending.add(fn);
  return () => pending.delete(fn);
}
