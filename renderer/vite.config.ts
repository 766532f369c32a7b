import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page of the workbench; every address in it is relative, so that it works under any prefix. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/renderer', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // plotly alone is larger; it is loaded when the first chart is drawn.
    chunkSizeWarningLimit: 5000,
    // Fonts and pictures as files: the page's policy allows no data: addresses.
    assetsInlineLimit: 0,
  },
});
