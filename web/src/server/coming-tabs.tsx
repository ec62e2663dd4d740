import { SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Server } from '../contracts.js';
import { Code } from '../ui/copy-button.js';
import { EmptyState, Panel } from '../ui/panel.js';
import { sshCommand } from './ssh-command.js';

/** What this version can't do yet is said, with the way that works today. */
export const TerminalTab = ({ server }: { readonly server: Server }): ReactNode => (
  <Panel flush>
    <EmptyState icon={<SquareTerminal />} title="No terminal in the browser yet">
      <p>This version of Xanthus opens none.{server.host ? ' From your own machine:' : ''}</p>
      {server.host && <div className="mt-3 text-left"><Code block text={sshCommand(server)} label="Copy SSH command" /></div>}
    </EmptyState>
  </Panel>
);
