import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const web = resolve(import.meta.dirname, '..');

/** The page of bench p13, built as the console is: its classes are looked for in all of web. */
export default defineConfig({
  root: web, base: './', publicDir: false, plugins: [react(), tailwindcss()],
  build: { target: 'es2023', assetsInlineLimit: 0, emptyOutDir: true, rolldownOptions: { input: resolve(import.meta.dirname, 'index.html') } },
});
