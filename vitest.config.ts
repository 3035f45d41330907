import { defineConfig, type TestProjectConfiguration, type ViteUserConfig } from 'vitest/config';
import { type Ffmpeg, locateFfmpeg } from './src/media/ffmpeg.ts';

/** Whatever the pictures and the sound of a film depend on. */
const MEDIA = [
  // But for what is drawn, mixed or found damaged: no ffmpeg has a part in that.
  ...['test/cut/!(layout|mix-to-file|raw-sound|kept-pieces).test.ts', 'test/media/probe.test.ts'],
  ...['test/media/run-ffmpeg.test.ts', 'test/render/deliverables.test.ts', 'test/render/quality.test.ts'],
];

/** Runs test files on one ffmpeg; null: the one that storyreel finds itself. */
function on(ffmpeg: string | null, name: string, include: string[]): TestProjectConfiguration {
  const env = ffmpeg === null ? {} : { STORYREEL_FFMPEG: ffmpeg };
  return { extends: true, test: { name, include, env } };
}

const everything = ['test/**/*.test.ts'];
const named = process.env.STORYREEL_FFMPEG;
const bundled = await pathOf('bundled', '');
const system = await pathOf('PATH', process.env.PATH);
const both = named === undefined && bundled !== null && system !== null;

const config: ViteUserConfig = defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } }, // a busy machine needs more than the second that is given else
    // Test files share what they load: loading it anew for each is a sixth of the time of all.
    isolate: false,
    setupFiles: ['test/support/each-file.ts'],
    globalSetup: ['test/support/shared-clips.ts'],
    // One more than the smallest machine has cores: many tests wait for a service or a lease half of their time.
    maxWorkers: 3,
    projects: both
      ? [on(bundled, 'bundled ffmpeg', everything), on(system, 'system ffmpeg', MEDIA)]
      : [on(named ?? null, 'ffmpeg', everything)],
  },
});

async function pathOf(origin: Ffmpeg['origin'], searchPath: string | undefined): Promise<string | null> {
  const ffmpeg = await locateFfmpeg({ searchPath }).catch(() => null);
  return ffmpeg?.origin === origin ? ffmpeg.path : null;
}

export default config;
