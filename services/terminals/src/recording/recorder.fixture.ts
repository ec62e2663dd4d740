/** A program that records a session until it is killed: it says each line that it handed to the recorder. */
import { setInterval } from 'node:timers';
import { connect } from '@nats-io/transport-node';
import { aSession, bytes, mastersOf, openOn, recordersOn } from './recording.fixture.js';

const [url = '', master = '', session = ''] = process.argv.slice(2);
const on = await openOn(await connect({ servers: url }), mastersOf(Buffer.from(master, 'base64')));
const recorder = recordersOn(on).start(aSession(session, { onFailed: why => { throw new Error(why); } }));
let n = 0;
setInterval(() => {
  n += 1;
  recorder.output(bytes(`line ${n}\r\n`));
  process.stdout.write(`${Date.now()} ${n}\n`);
}, 20);
