import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

// The host serves these from memory; compressing them here costs it nothing at start.
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle(options) {
      const folder = options.dir ?? '';
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(html|js|css|svg|txt)$/.test(name)) continue;
        const bytes = readFileSync(join(folder, name));
        writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes));
      }
    },
  };
}

// The texts under which what is inside the bundle may be passed on.
function licences(): Plugin {
  const packages = ['lightweight-charts', 'fancy-canvas', '@fontsource-variable/inter'];
  const notice = 'TradingView Lightweight Charts\u2122\nCopyright (c) 2025 TradingView, Inc. https://www.tradingview.com/\n';
  return {
    name: 'licences',
    apply: 'build',
    generateBundle() {
      const texts = packages.map((name) => {
        const about = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')) as Record<string, string>;
        const file = join('node_modules', name, 'LICENSE');
        const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : `Licence: ${about.license}. Author: ${about.author}.`;
        return `${name} ${about.version}\n\n${text}\n`;
      });
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: [notice, ...texts].join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

const backend = process.env.CRYPTO_URL ?? 'http://127.0.0.1:8080';
const api = ['health', 'prices', 'ohlc', 'coverage', 'analytics', 'alerts', 'news', 'sentiment', 'symbols', 'overview', 'reconciliation', 'openapi', 'metrics', 'alive', 'stream'];

export default defineConfig({
  plugins: [licences(), compressed()],
  build: {
    outDir: '../wwwroot',
    emptyOutDir: true,
    rollupOptions: { input: ['index.html', 'reference.html'] },
    target: 'es2022',
    // A data: address would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 300,
  },
  server: { proxy: Object.fromEntries(api.map((path) => [`/${path}`, backend])) },
});
