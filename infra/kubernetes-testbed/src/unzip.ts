import { inflateRawSync } from 'node:zlib';

const CENTRAL = 0x02_01_4b_50;
const END = 0x06_05_4b_50;

/** Files of a zip archive by name, only those that `wanted` names. Without ZIP64: every archive that we pin is smaller. @throws Error when it is none */
export const unzip = (archive: Buffer, wanted: (name: string) => boolean): Map<string, Buffer> => {
  let end = archive.length - 22;
  while (end >= 0 && archive.readUInt32LE(end) !== END) end--;
  if (end < 0) throw new Error('is no zip archive');
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (archive.readUInt32LE(at) !== CENTRAL) throw new Error('is a broken zip archive');
    const [method, size, nameLength, extra, comment, local] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28), archive.readUInt16LE(at + 30), archive.readUInt16LE(at + 32), archive.readUInt32LE(at + 42)];
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    if (wanted(name)) {
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const data = archive.subarray(start, start + size);
      files.set(name, method === 0 ? Buffer.from(data) : inflateRawSync(data));
    }
    at += 46 + nameLength + extra + comment;
  }
  return files;
};
