/** Draws by the graphics card where there is one; a browser that only plays one draws faster without. Loaded when it is used. */
import type { Terminal } from '@xterm/xterm';

const hasCard = (): boolean => {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
};

/** Browsers keep few contexts: the oldest is taken away when another is made, and that terminal goes on as text. */
export const drawFast = async (term: Terminal): Promise<void> => {
  if (!hasCard()) return;
  try {
    const { WebglAddon } = await import('@xterm/addon-webgl');
    const addon = new WebglAddon();
    addon.onContextLoss(() => addon.dispose());
    term.loadAddon(addon);
  } catch { /* it goes on as text */ }
};
