import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ffmpeg, locateFfmpeg } from '../../src/media/ffmpeg.ts';
import { h264 } from '../../src/media/h264.ts';
import { REPRODUCIBLE, runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { freeBox } from '../support/free-box.ts';

export interface ClipSpec {
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  /** Chooses the colours. */
  readonly seed: number;
  readonly audio: boolean;
}

/** Shared by all emulators of a process. */
const rendered = new Map<string, Promise<Buffer>>();

/** Renders real clips: one for each size, length and palette; each prediction's differs in a box that players skip. */
export class Clips {
  private folder: Promise<string> | null = null;
  private ffmpeg: Promise<Ffmpeg> | null = null;
  private readonly environment: Readonly<Record<string, string | undefined>>;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.environment = environment;
  }

  /** `name`: what makes the bytes this prediction's own; null for the bare clip. */
  async get(spec: ClipSpec, name: string | null): Promise<Buffer> {
    const palette = Math.abs(spec.seed) % PALETTES.length;
    const key = JSON.stringify({ ...spec, seed: palette });
    let clip = rendered.get(key);
    if (clip === undefined) {
      clip = this.render(spec, palette);
      rendered.set(key, clip);
    }
    return name === null ? await clip : Buffer.concat([await clip, freeBox(name)]);
  }

  async close(): Promise<void> {
    if (this.folder !== null) await fs.rm(await this.folder, { recursive: true, force: true });
  }

  private async render(spec: ClipSpec, palette: number): Promise<Buffer> {
    this.folder ??= fs.mkdtemp(join(tmpdir(), 'storyreel-emulator-'));
    this.ffmpeg ??= locateFfmpeg({
      override: this.environment.STORYREEL_FFMPEG,
      searchPath: this.environment.PATH,
    });
    const { width, height, durationSeconds, audio } = spec;
    const file = join(await this.folder, `${width}x${height}-${durationSeconds}-${palette}-${audio}.mp4`);
    const [from, to] = PALETTES[palette] ?? PALETTES[0];
    const picture = `gradients=s=${width}x${height}:r=30:d=${durationSeconds}:c0=${from}:c1=${to}:x0=0:y0=0:x1=${width}:y1=${height}:speed=0.02`;
    const tone = `sine=frequency=${220 + palette * 40}:sample_rate=48000:duration=${durationSeconds}`;
    await runFfmpeg(await this.ffmpeg, {
      inputs: [
        { source: picture, options: ['-f', 'lavfi'] },
        ...(audio ? [{ source: tone, options: ['-f', 'lavfi'] }] : []),
      ],
      output: [
        ...['-map', '0:v', ...(audio ? ['-map', '1:a', '-c:a', 'aac', '-ac', '2'] : [])],
        ...h264({ numerator: 30, denominator: 1 }, { preset: 'ultrafast', crf: 26 }),
        ...REPRODUCIBLE,
        ...['-movflags', '+faststart', '-f', 'mp4'],
      ],
      file,
    });
    const clip = await fs.readFile(file);
    await fs.rm(file);
    return clip;
  }
}

const PALETTES = [
  ['0x1b2a49', '0xd98e73'],
  ['0x23403a', '0xd9c573'],
  ['0x3a1f3d', '0x8fb8de'],
  ['0x402218', '0xe6d5b8'],
  ['0x1f3b4d', '0xf2a65a'],
  ['0x2d2d2d', '0xb5c9c3'],
] as const;

/** The same file with a stretch of noise in its middle. */
export function corrupted(clip: Buffer): Buffer {
  const copy = Buffer.from(clip);
  const from = Math.floor(copy.length * 0.4);
  for (let at = from; at < from + copy.length * 0.4; at++) copy[at] = (at * 197 + 13) & 0xff;
  return copy;
}
