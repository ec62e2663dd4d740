/** The bell of a terminal, as somebody likes it. */
import type { TerminalSettings } from './settings.js';

const LIT_MS = 250;

export const ring = (how: TerminalSettings['bell'], element: HTMLElement): void => {
  if (how === 'sound') beep();
  if (how !== 'visual' || element.classList.contains('terminal-bell')) return;
  element.classList.add('terminal-bell');
  setTimeout(() => element.classList.remove('terminal-bell'), LIT_MS);
};

let sounding = false;
/** One at a time: a program that rings a thousand times is heard once. */
const beep = (): void => {
  if (sounding) return;
  sounding = true;
  const context = new AudioContext();
  const [tone, volume] = [context.createOscillator(), context.createGain()];
  tone.frequency.value = 660;
  volume.gain.value = 0.05;
  tone.connect(volume).connect(context.destination);
  tone.addEventListener('ended', () => { sounding = false; void context.close(); });
  tone.start();
  tone.stop(context.currentTime + 0.12);
};
