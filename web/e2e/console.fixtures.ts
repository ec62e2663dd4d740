/** The console in a real browser, for end-to-end specs. */
import { createHmac } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Faults of the page itself: exceptions, refused scripts. A failed request is no fault of the page. */
  readonly faults: readonly string[];
}

/** In the page: notes go by themselves after seconds, which is nothing on a machine that stands still; kept here, they are found by who looks late. */
const keepNotes = (): void => {
  const kept: string[] = [];
  const note = '[data-testid=note]';
  (window as unknown as { __notes: string[] }).__notes = kept;
  new MutationObserver(changes => {
    for (const node of changes.flatMap(c => [...c.addedNodes])) {
      if (node instanceof HTMLElement && (node.matches(note) || node.querySelector(note))) kept.push(node.innerText);
    }
  }).observe(document, { childList: true, subtree: true });
};

/** Waits until the page tells this in a note, or has told it since it was loaded. */
export const told = async (page: Page, text: string): Promise<void> => { await page.waitForFunction(wanted => (window as unknown as { __notes: string[] }).__notes.some(note => note.includes(wanted)), text); };

/** Resolves when the page has shown this, however short: it looks by itself, at every frame. To be called before what makes it appear. */
export const glimpsed = async (page: Page, selector: string): Promise<void> => { await page.waitForFunction(wanted => document.querySelector(wanted) !== null, selector); };

export const openTab = async (browser: Browser, options: { readonly width?: number; readonly height?: number; readonly theme?: 'dark' | 'light' } = {}): Promise<Tab> => {
  const context = await browser.newContext({ viewport: { width: options.width ?? 1280, height: options.height ?? 820 }, colorScheme: options.theme ?? 'dark', reducedMotion: 'reduce' });
  // Two cores, several suites at once, and up to 20 s between attempts to reconnect.
  context.setDefaultTimeout(90_000);
  await context.addInitScript(keepNotes);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', error => faults.push(error.message));
  page.on('console', message => { if (message.type() === 'error' && !/Failed to load resource|WebSocket connection to/.test(message.text())) faults.push(message.text()); });
  return { page, context, faults };
};

export const shows = async (page: Page, state: string): Promise<void> => { await page.locator(`[data-testid=connection][data-state="${state}"]:visible`).waitFor(); };

export interface HistoryEntry { readonly seq: number; readonly type: string; readonly text: string }

/** The history as the page shows it: newest first. */
export const readHistory = (page: Page): Promise<HistoryEntry[]> =>
  page.getByTestId('history').locator('li').evaluateAll(rows => rows.map(row => ({ seq: Number(row.getAttribute('data-seq')), type: row.getAttribute('data-type') ?? '', text: (row as HTMLElement).innerText })));

export const logIn = async (page: Page, url: string, who: { readonly email: string; readonly password: string }): Promise<void> => {
  await page.goto(`${url}/login`);
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
};

/** RFC 6238, as an authenticator app shows it now. */
export const totpCode = (base32: string, now = Date.now()): string => {
  const bits = [...base32.replaceAll(/[\s=]/g, '').toUpperCase()].map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)?.map(b => parseInt(b, 2)) ?? []);
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac('sha1', key).update(step).digest();
  return String((mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
};

/** By the sidebar: a page may have a link of the same name, as soon as it has drawn it. */
export const goTo = (page: Page, name: string): Promise<void> => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();

export const openAccountMenu = (page: Page): Promise<void> => page.getByRole('button', { name: 'Account menu' }).click();

/** What assistive technology needs, and 4.5:1 (3:1 for large text) between text and its ground. */
export const expectAccessible = async (page: Page): Promise<void> => {
  const problems = await page.evaluate(() => {
    const found: string[] = [];
    const visible = (e: Element): boolean => (e as HTMLElement).checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const say = (e: Element, what: string): void => { found.push(`${what}: ${e.outerHTML.slice(0, 160)}`); };
    const textOf = (id: string | null): string => (id ?? '').split(' ').map(i => (i && document.querySelector(`#${CSS.escape(i)}`)?.textContent) ?? '').join('');
    const named = (e: Element): boolean => {
      const labels = (e as HTMLInputElement).labels;
      return Boolean(e.getAttribute('aria-label')?.trim() || textOf(e.getAttribute('aria-labelledby')).trim() || labels?.length || (!['INPUT', 'SELECT', 'TEXTAREA'].includes(e.tagName) && e.textContent?.trim()));
    };
    for (const e of document.querySelectorAll('button, a[href], input, select, textarea, [role=button], [role=img], [role=dialog]')) if (visible(e) && !named(e)) say(e, 'has no name');
    const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
    for (const id of new Set(ids.filter((x, i) => ids.indexOf(x) !== i))) found.push(`id twice: ${id}`);
    if (document.querySelectorAll('h1').length !== 1) found.push(`h1: ${document.querySelectorAll('h1').length}`);
    if (document.querySelectorAll('main').length !== 1) found.push(`main: ${document.querySelectorAll('main').length}`);
    if (!document.documentElement.lang || !document.title) found.push('no language or title');

    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    const once = <K, V>(of: (key: K) => V): ((key: K) => V) => {
      const known = new Map<K, V>();
      return key => { const value = known.get(key) ?? of(key); known.set(key, value); return value; };
    };
    const rgba = once((color: string): number[] => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; });
    const over = (top: number[], below: number[]): number[] => { const a = (top[3] ?? 0) / 255; return [0, 1, 2].map(i => (top[i] ?? 0) * a + (below[i] ?? 0) * (1 - a)).concat(255); };
    const ground = once((e: Element | null): number[] => (e ? over(rgba(getComputedStyle(e).backgroundColor), ground(e.parentElement)) : [255, 255, 255, 255]));
    const light = ([r = 0, g = 0, b = 0]: number[]): number => { const [x = 0, y = 0, z = 0] = [r, g, b].map(c => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
    for (const e of document.querySelectorAll('body *')) {
      const own = [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.textContent?.trim());
      if (!own || !visible(e) || e.closest('[aria-disabled=true], [data-disabled], .sr-only, option, svg')) continue;
      const style = getComputedStyle(e);
      const back = ground(e);
      const [a, b] = [light(over(rgba(style.color), back)), light(back)];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const size = parseFloat(style.fontSize);
      if (ratio < (size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5)) say(e, `contrast ${ratio.toFixed(2)}`);
    }
    return found;
  });
  if (problems.length > 0) throw new Error(`${page.url()} is not accessible:\n${problems.join('\n')}`);
};
