// Finds or fetches programs, all at once, and prints their paths: node infra/launch/bin/run.mjs infra/binaries/src/cli.ts nats-server sshd …
import { findBinary } from './find-binary.js';
import type { BinaryName } from './find-binary.js';

await Promise.all(process.argv.slice(2).map(async (name) => {
  try {
    console.log(`${name} ${await findBinary(name as BinaryName, { progress: line => console.error(line) })}`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}));
