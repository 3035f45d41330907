import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests start ffmpeg and Node themselves; more workers than cores only make each other wait.
    maxWorkers: 2,
  },
});

export default config;
