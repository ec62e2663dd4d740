/** The worker of screens with two traps in its parser: output that hangs it, and output that ends it. */
import { Screen } from './screen.js';

// eslint-disable-next-line @typescript-eslint/unbound-method
const { write } = Screen.prototype;
Screen.prototype.write = function trapped(bytes) {
  const text = Buffer.from(bytes).toString('latin1');
  if (text.includes('HANG')) for (;;);
  if (text.includes('DIE')) throw new Error('a trap');
  write.call(this, bytes);
};
await import('./mirror.worker.js');
