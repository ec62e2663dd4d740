// How everything that runs on Node is bundled: `rolldown -c <root>/rolldown.config.mjs` in the folder of a deployable.
// Every `src/<name>.ts` of `entries` becomes `dist/<name>.js`. Source maps are kept: stacks name our files.
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defineConfig } from 'rolldown';

const entries = ['main', 'embedded', 'provision', 'cli'];
/** Optional companions of Nest that we do not use. */
const unused = ['class-transformer', /^class-transformer\//, 'class-validator', '@grpc/grpc-js', '@grpc/proto-loader', 'kafkajs', 'mqtt', 'amqplib', 'amqp-connection-manager', 'ioredis', 'cache-manager', '@nestjs/platform-socket.io', '@nestjs/platform-fastify'];
/** Loaded from node_modules: native parts, `__dirname` in CommonJS, or loaded by name at run time. */
const external = [...unused, '@nats-io/transport-node', 'ssh2', 'cpu-features', '@node-rs/argon2', '@node-rs/bcrypt', 'bufferutil', 'utf-8-validate', 'pino-pretty', 'playwright-core', /\.node$/];

/** `new Worker(new URL('./x.worker.ts', import.meta.url))`: the worker becomes a chunk of its own, wherever that line is bundled to. */
const workers = {
  name: 'workers',
  transform: {
    filter: { code: /new URL\('\.\/[\w.-]+\.worker\.ts', import\.meta\.url\)/ },
    handler(code, id) {
      const chunk = file => this.emitFile({ type: 'chunk', id: fileURLToPath(new URL(file, pathToFileURL(id))) });
      return { code: code.replace(/new URL\('(\.\/[\w.-]+\.worker\.ts)', import\.meta\.url\)/g, (_, file) => `new URL(import.meta.ROLLUP_FILE_URL_${chunk(file)})`), map: null };
    },
  },
};

export default defineConfig({
  input: Object.fromEntries(entries.filter(n => existsSync(`src/${n}.ts`)).map(n => [n, `src/${n}.ts`])),
  platform: 'node',
  tsconfig: fileURLToPath(new URL('./tsconfig.base.json', import.meta.url)),
  external,
  plugins: [workers],
  moduleTypes: { '.sh': 'text', '.tpl': 'text', '.yaml': 'text' },
  output: { dir: 'dist', format: 'esm', sourcemap: true, cleanDir: false /* a running Xanthus may still load its chunks; the build removes old ones */, chunkFileNames: 'chunks/[name]-[hash].js' },
});
