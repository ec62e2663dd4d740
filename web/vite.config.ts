import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run dev` serves the console with hot reload and passes everything else on to a running Xanthus. */
const backend = process.env['XANTHUS_URL'] ?? 'http://127.0.0.1:7700';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: 'es2023',
    // Fonts stay files of their own: a data: URL would need a wider content security policy and can't be cached apart.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: {
    proxy: {
      // The gateway checks the Origin of every state change; through the proxy it must see its own.
      '/api': { target: backend, changeOrigin: true, headers: { origin: backend } },
      '/ws': { target: backend.replace(/^http/, 'ws'), ws: true, changeOrigin: true, headers: { origin: backend } },
    },
  },
});
