/** Child of a benchmark: a gateway and shells of a real sshd, hosted as the service does. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHostGround } from '@xanthus/terminals/host-ground';
import type { ServedTerminals } from './contracts.js';

const LINE = `${'0123456789abcdefghijklmnopqrstuvwxyz'.repeat(2).slice(0, 70)}\n`;
const on = await startHostGround({ environment: { XANTHUS_WS_CONNECTIONS_PER_USER: '1000', XANTHUS_WS_FRAMES_PER_SECOND: '100000', XANTHUS_WS_BURST: '100000' } });
const file = join(on.sshd.home, 'text');
await writeFile(file, LINE.repeat(Math.ceil(80_000_000 / LINE.length)));
const { port, user, privateKey, hostKey } = on.sshd;

process.on('message', (asked: { readonly op: 'start' | 'memory' | 'stop' }) => {
  void (async () => {
    if (asked.op === 'start') process.send?.({ session: on.start(), token: await on.gateway.token(on.person) });
    else if (asked.op === 'memory') {
      globalThis.gc?.();
      process.send?.({ rss: process.memoryUsage.rss() });
    } else {
      await on.stop();
      process.exit(0);
    }
  })();
});
process.once('disconnect', () => void on.stop().finally(() => process.exit(0)));
process.send?.({ url: on.gateway.gateway.url, file, port, user, privateKey, fingerprint: hostKey.fingerprint } satisfies ServedTerminals);
