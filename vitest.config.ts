import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^wengert$/, replacement: source('index.ts') },
      { find: /^wengert\/tape$/, replacement: source('tape/index.ts') },
      { find: /^wengert\/optimize$/, replacement: source('optimize/index.ts') },
      { find: /^wengert\/micrograd$/, replacement: source('micrograd/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build.ts',
    reporters: ['default', './test/support/closing-line.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
