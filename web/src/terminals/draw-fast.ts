/** Draws by the graphics card where there is one; a browser that only plays one draws faster without. Loaded when it is used. */
import type { Terminal } from '@xterm/xterm';

/** Names of those that only play a card: SwiftShader of Chromium, llvmpipe of Mesa, the one of Windows. */
const PLAYED = /swiftshader|llvmpipe|softpipe|software|basic render/i;

const hasCard = (): boolean => {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (context === null) return false;
  const info = context.getExtension('WEBGL_debug_renderer_info');
  const name = String(context.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : context.RENDERER));
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !PLAYED.test(name);
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
