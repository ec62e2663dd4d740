import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** One file of a POSIX (ustar) archive. No owner, no time: the same files make the same bytes. */
const entry = (path: string, content: Buffer): Buffer => {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long for an archive of a chart.`);
  const head = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number): void => { head.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1'); };
  head.write(path, 0, 'utf8');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(content.length, 124, 12);
  octal(0, 136, 12);
  head.write('        ', 148, 'latin1');
  head.write('0', 156, 'latin1');
  head.write('ustar\x0000', 257, 'latin1');
  octal(head.reduce((sum, byte) => sum + byte, 0), 148, 7);
  head.write(' ', 155, 'latin1');
  return Buffer.concat([head, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
};

/**
 * A packaged Helm chart (.tgz) of files given as text.
 * @param name folder at the top of the archive, the chart's name
 */
export const chartArchive = (name: string, files: Readonly<Record<string, string>>): Buffer =>
  gzipSync(Buffer.concat([...Object.keys(files).toSorted().map(path => entry(`${name}/${path}`, Buffer.from(files[path] ?? '', 'utf8'))), Buffer.alloc(2 * BLOCK)]), { level: 9 });
