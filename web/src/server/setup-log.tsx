import { Download } from 'lucide-react';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { buttonClass } from '../ui/button.js';
import { Panel } from '../ui/panel.js';
import { plain } from './logs/log-view.js';

/** So near to the end counts as at the end, px. */
const NEAR = 24;

/** The last lines of the set-up: it goes along with the end, unless somebody scrolled up to read. */
export const SetUpLog = ({ lines, name }: { readonly lines: readonly string[]; readonly name: string }): ReactNode => {
  const box = useRef<HTMLPreElement>(null);
  const [follow, setFollow] = useState(true);
  const text = lines.map(plain).join('\n');
  // After every line that came, and when it is wanted again.
  useLayoutEffect(() => { if (follow && box.current) box.current.scrollTop = box.current.scrollHeight; });
  const onScroll = (): void => { const b = box.current; if (b) setFollow(b.scrollHeight - b.scrollTop - b.clientHeight < NEAR); };
  const aside = (
    <span className="flex items-center gap-2">
      {!follow && <button type="button" onClick={() => setFollow(true)} className="text-[12px] text-accent-ink hover:underline">Go to the end</button>}
      {lines.length > 0 && <a className={buttonClass('quiet', 'sm')} download={`${name}-set-up.log`} href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}><Download aria-hidden className="size-3.5" />Download</a>}
    </span>
  );
  return (
    <Panel title="Log" flush aside={aside}>
      {lines.length === 0 ? <p className="p-4 text-[13px] text-ink-3">The machine has told nothing yet.</p>
        : <pre ref={box} onScroll={onScroll} role="log" aria-live="off" aria-label="Log of the set-up" tabIndex={0} data-testid="setup-log" className="max-h-96 min-h-24 overflow-auto whitespace-pre-wrap break-all p-3 font-mono text-[12px] leading-relaxed text-ink-2">{text}</pre>}
    </Panel>
  );
};
