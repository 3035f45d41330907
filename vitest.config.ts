import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than the smallest machine has cores: many tests wait for a service or a lease half of their time.
    maxWorkers: 3,
  },
});

export default config;
