import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXT = /\.(?:js|css|html|svg|json)$/;

/** Writes `<file>.br` and `<file>.gz` beside every text file of the build, once, so that the gateway never compresses while serving. */
export const precompress = (): Plugin => {
  let folder = '';
  return {
    name: 'xanthus-precompress',
    apply: 'build',
    configResolved: config => { folder = config.build.outDir; },
    closeBundle: {
      sequential: true,
      handler: async () => {
        const files = (await readdir(folder, { recursive: true })).filter(f => TEXT.test(f));
        await Promise.all(files.map(async file => {
          const plain = await readFile(join(folder, file));
          const [br, gz] = await Promise.all([
            promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }),
            promisify(gzip)(plain, { level: 9 }),
          ]);
          await Promise.all([writeFile(join(folder, `${file}.br`), br), writeFile(join(folder, `${file}.gz`), gz)]);
        }));
      },
    },
  };
};
