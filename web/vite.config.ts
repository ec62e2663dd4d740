import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';
import { precompress } from './precompress.js';
import { scalableText } from './scalable-text.js';

/** `npm run dev` serves the console with hot reload and passes everything else on to a running Xanthus. */
const backend = process.env['XANTHUS_URL'] ?? 'http://127.0.0.1:7700';

const config: UserConfig = {
  plugins: [react(), tailwindcss(), scalableText(), precompress()],
  build: {
    target: 'es2023',
    // Fonts stay files of their own: a data: URL would need a wider content security policy and can't be cached apart.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    // What the first page needs is one file: cut where pages share it, it would be 35 files and a tenth larger.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'console', tags: ['$initial'] }] } } },
  },
  server: {
    proxy: {
      // The gateway checks the Origin of every state change; through the proxy it must see its own.
      '/api': { target: backend, changeOrigin: true, headers: { origin: backend } },
      '/ws': { target: backend.replace(/^http/, 'ws'), ws: true, changeOrigin: true, headers: { origin: backend } },
    },
  },
};

export default defineConfig(({ command }) => {
  // A build is the product whoever asks for it; a test run's NODE_ENV would bundle React's development build, and nx would keep that.
  if (command === 'build') process.env['NODE_ENV'] = 'production';
  return config;
});
