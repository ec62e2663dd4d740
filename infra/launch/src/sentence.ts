/** A failure that a person can act on: its message is one or a few whole sentences, and nothing else is shown. */
export class Sentence extends Error {
  override readonly name = 'Sentence';
}

interface SystemError { code?: string; path?: string; port?: number; address?: string }

/** What to tell a person about any error; undefined when it is none we foresaw. */
export function explain(error: unknown): string | undefined {
  if (error instanceof Sentence) return error.message;
  const { code, path, port } = (error ?? {}) as SystemError;
  const where = path ? ` (${path})` : '';
  switch (code) {
    case 'EACCES': case 'EPERM': case 'EROFS':
      return port === undefined
        ? `The data folder can't be written${where}. Give this user the right to write there, or choose another folder with --data.`
        : `This user may not listen on port ${port}. Choose one above 1023 with --port.`;
    case 'ENOSPC': case 'EDQUOT':
      return `The disk is full${where}. Free some space, or choose a folder on another disk with --data.`;
    case 'ENOTDIR': case 'EEXIST':
      return `The data folder can't be made: there is a file where a folder should be${where}. Choose another folder with --data.`;
    case 'EADDRINUSE':
      return `Port ${port ?? ''} is taken. Choose another with --port.`;
    case 'EADDRNOTAVAIL':
      return 'This machine has no such address. Choose another with --host.';
    case 'EMFILE': case 'ENFILE':
      return 'Too many files are open on this machine. Raise the limit with: ulimit -n 8192';
    default:
      return undefined;
  }
}
