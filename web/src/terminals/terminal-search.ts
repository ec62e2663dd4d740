/** What stands in the address of the terminals page. Pure. */
export interface TerminalSearch {
  /** Tabs and panes: `layout.ts`. */ readonly l?: string;
  /** Only the terminals, in a window of their own. */ readonly alone?: true;
  /** The dialog that opens one, for this server. */ readonly open?: string;
}

/** Unknown values in an address are left out, not an error. */
export const readTerminalSearch = ({ l, alone, open }: Record<string, unknown>): TerminalSearch => ({
  ...(typeof l === 'string' && /^[a-z0-9*.()~]{1,2000}$/.test(l) ? { l } : {}), ...(alone === true || alone === 'true' ? { alone: true as const } : {}), ...(typeof open === 'string' && /^[a-z0-9]{1,64}$/.test(open) ? { open } : {}),
});
