#!/usr/bin/env node
// `npm run dev`: services and gateway are bundled again at each change and started again in a process of their own (NATS and the sandbox stay);
// the console is served by Vite with hot reload. Takes the options of `npm start`.
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkNode, fail, install, root } from './support/workspace.mjs';

checkNode();
const say = line => process.stdout.write(`${line}\n`);
await install(say);
const dist = join(root, 'infra/launch/dist');
const children = new Set();
let ending = false;

function start(args, cwd, env = process.env, stdio = 'inherit') {
  const child = spawn(process.execPath, args, { cwd, env, stdio, detached: false });
  children.add(child);
  child.once('exit', () => {
    children.delete(child);
    if (!ending) end(1);
    if (children.size === 0) process.exit();
  });
  return child;
}
function end(code) {
  if (ending) return;
  ending = true;
  process.exitCode = code;
  for (const child of children) child.kill('SIGTERM');
  if (children.size === 0) process.exit();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(0));

for (const name of ['main.js', 'embedded.js']) rmSync(join(dist, name), { force: true }); // their return says that the bundle is ready
const bundler = start([join(root, 'node_modules/rolldown/bin/cli.mjs'), '-c', join(root, 'rolldown.config.mjs'), '-w'], join(root, 'infra/launch'), process.env, ['ignore', 'pipe', 'pipe']);
for (const stream of [bundler.stdout, bundler.stderr]) stream.on('data', (chunk) => { if (/error|warn/i.test(chunk)) process.stderr.write(chunk); });
for (let waited = 0; !existsSync(join(dist, 'main.js')) || !existsSync(join(dist, 'embedded.js')); waited += 100) {
  if (waited > 60_000) fail('The services could not be bundled; the errors are above.');
  await new Promise((resolve) => { setTimeout(resolve, 100); });
}

const launcher = start(['--enable-source-maps', join(dist, 'main.js'), '--watch', ...process.argv.slice(2)], root, { ...process.env, LOG_FORMAT: process.env.LOG_FORMAT ?? 'pretty' }, ['ignore', 'pipe', 'inherit']);
let vite;
launcher.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  const url = /is ready {3}(\S+)/.exec(chunk)?.[1];
  if (!url || vite) return;
  vite = start([join(root, 'node_modules/vite/bin/vite.js'), '--host', '127.0.0.1'], join(root, 'web'), { ...process.env, XANTHUS_URL: url });
});
