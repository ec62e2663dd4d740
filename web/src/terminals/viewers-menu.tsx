import { clsx } from 'clsx';
import { Eye, Keyboard, Maximize } from 'lucide-react';
import type { ReactNode } from 'react';
import type { TerminalSession } from '../contracts.js';
import { t } from '../texts/text.js';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../ui/menu.js';
import { useNameOf, useValue } from './hooks.js';
import type { LiveTerminal } from './live-terminal.js';
import { ROLE_WORDS } from './session-words.js';

/** Who looks, by name; whose size the terminal has; and how to take that over. */
export const ViewersMenu = ({ terminal, session }: { readonly terminal: LiveTerminal; readonly session: TerminalSession | undefined }): ReactNode => {
  const facts = useValue(terminal.link.facts);
  const nameOf = useNameOf();
  if (!facts) return null;
  const viewers = facts.viewers.length > 0 ? facts.viewers : (session?.viewers ?? []).map(v => ({ ...v, types: v.role === 'owner' || v.role === 'peer', driver: false }));
  const me = facts.viewers.find(v => v.viewer === facts.viewer);
  const count = Math.max(viewers.length, 1);
  return (
    <Menu trigger={(
      <button type="button" data-testid="viewers" aria-label={t('Who looks: {count}', { count })} title={viewers.map(v => nameOf(v.person)).join(', ')} className={clsx('inline-flex h-7 items-center gap-1 rounded-md px-1.5 text-[12px] hover:bg-surface hover:text-ink', count > 1 ? 'text-info' : 'text-ink-3')}><Eye aria-hidden className="size-3.5" /><span className="figure">{count}</span></button>
    )}>
      <MenuLabel>{t('Look at it now')}</MenuLabel>
      <ul>
        {viewers.map(v => (
          <li key={v.viewer} data-testid="viewer" data-role={v.role} className="flex items-center gap-2 px-2 py-1 text-[13px]">
            <span className="min-w-0 flex-1 truncate">{nameOf(v.person)}{v.viewer === facts.viewer && facts.viewers.length > 1 && <span className="text-ink-3">{' '}{t('(this window)')}</span>}</span>
            {v.driver && <span title={t('The terminal has the size of this window')} className="flex items-center gap-1 text-[12px] text-accent-ink"><Keyboard aria-hidden className="size-3.5" />{t('drives')}</span>}
            <span className="text-[12px] text-ink-3">{ROLE_WORDS[v.role] ?? v.role}</span>
          </li>
        ))}
      </ul>
      <MenuLine />
      <MenuItem icon={<Maximize aria-hidden />} blocked={!facts.types ? t('You only watch here.') : me?.driver ? t('It has your size already.') : undefined} onSelect={() => { terminal.link.take(); terminal.focus(); }}>{t('Take it: my window’s size')}</MenuItem>
    </Menu>
  );
};
