import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page of bench p13, built as the console is. */
export default defineConfig({ root: import.meta.dirname, base: './', plugins: [react(), tailwindcss()], build: { target: 'es2023', assetsInlineLimit: 0, emptyOutDir: true } });
