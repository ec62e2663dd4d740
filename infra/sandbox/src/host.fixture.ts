/** A host in a process of its own, so that it can be killed. Arguments: its folder. Says `running <address> <port>` when its machine runs. */
import { startSandboxHost } from './host.js';

const host = await startSandboxHost({ folder: process.argv[2] ?? '', delay: 0 });
const sandbox = host.list()[0] ?? await host.create({ name: 'one', user_data: '#cloud-config\nruncmd: [[sh, -c, "setsid sleep 4711 & setsid sleep 4711 &"]]\n' });
const running = await host.settled(sandbox.id);
process.stdout.write(`${running.status} ${running.address} ${running.ssh_port}\n`);
