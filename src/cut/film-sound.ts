import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { REPRODUCIBLE, runFfmpeg, untrustedInput } from '../media/run-ffmpeg.ts';
import { startFrames, type Timeline } from '../plan/timeline.ts';
import type { Derived } from '../store/derived.ts';
import { hashFile } from '../store/digests.ts';
import { type CutClip, derivedKey } from './segments.ts';
import { BYTES_PER_SAMPLE, mixStretch, SAMPLE_RATE, type SoundPart, sampleAt } from './sound.ts';

const SOUND_VERSION = 2;
/** A second at a time: memory stays the same for a film of any length. */
const STRETCH = SAMPLE_RATE;

/** A clip's sound as raw 16-bit stereo at 48 kHz. */
export interface ClipSound {
  /** Null if the clip is silent. */
  readonly path: string | null;
  readonly sha256: string | null;
}

export const SILENCE: ClipSound = { path: null, sha256: null };

/**
 * The part of a clip's sound that is played, at its speed and of its old pitch, padded to `samples`; silence where
 * it has none, or only zeros.
 */
export async function conformSound(
  ffmpeg: Ffmpeg,
  derived: Derived,
  clip: CutClip,
  { startSeconds, speed, samples }: { startSeconds: number; speed: number; samples: number },
  signal: AbortSignal,
): Promise<ClipSound> {
  if (!clip.audio) return SILENCE;
  const from = Math.round(startSeconds * SAMPLE_RATE);
  const key = derivedKey(['sound', SOUND_VERSION, ffmpeg.version, clip.identity, from, speed, samples]);
  const trimmed = from === 0 ? '' : `,atrim=start_sample=${from},asetpts=PTS-STARTPTS`;
  const { path, facts } = await derived.get('sound', key, 'pcm', async file => {
    await runFfmpeg(ffmpeg, {
      inputs: [untrustedInput(clip.path)],
      filters: `[0:a:0]aresample=${SAMPLE_RATE}:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=stereo${trimmed}${tempo(speed)},aformat=sample_fmts=s16:channel_layouts=stereo,apad,atrim=end_sample=${samples}[out]`,
      output: ['-map', '[out]', '-c:a', 'pcm_s16le', '-f', 's16le', ...REPRODUCIBLE],
      file,
      signal,
    });
    return { sha256: await hashFile(file), silent: await isSilent(file) };
  });
  return facts.silent ? SILENCE : { path, sha256: facts.sha256 };
}

/** Each atempo takes half to double without harm. */
function tempo(speed: number): string {
  const steps: number[] = [];
  let left = speed;
  for (; left < 0.5; left /= 0.5) steps.push(0.5);
  for (; left > 2; left /= 2) steps.push(2);
  if (left !== 1) steps.push(left);
  return steps.map(step => `,atempo=${step}`).join('');
}

/** Lays the clips' sound out on the film's samples. */
export function soundParts(timeline: Timeline, sounds: readonly ClipSound[]): SoundPart[] {
  const { fps, items } = timeline;
  const starts = startFrames(timeline);
  const at = (frame: number) => sampleAt(frame, fps);
  return items.map((item, index) => {
    const first = starts[index] ?? 0;
    const end = first + item.frames;
    const following = items[index + 1]?.overlapFrames ?? 0;
    return {
      pcm: sounds[index]?.path ?? null,
      startSample: at(first),
      playedSample: at(first + item.played.frames),
      endSample: at(end),
      fadeInSamples: at(first + item.overlapFrames + item.fadeIn.frames) - at(first),
      fadeOutSamples: at(end) - at(end - following - item.fadeOut.frames),
    };
  });
}

/**
 * The film's sound: mixed as PCM and encoded once, so that nothing drifts. Kept under the digests of what is
 * mixed, so that a shot whose sound did not change does not encode the film's again.
 */
export async function encodeFilmSound(
  ffmpeg: Ffmpeg,
  derived: Derived,
  timeline: Timeline,
  sounds: readonly ClipSound[],
  signal: AbortSignal,
): Promise<{ path: string; made: boolean }> {
  const parts = soundParts(timeline, sounds);
  const samples = sampleAt(timeline.frameCount, timeline.fps);
  // Of a silent part it does not matter where it begins, ends or fades.
  const heard = parts.flatMap((part, index) => {
    const { pcm, ...position } = part;
    return pcm === null ? [] : [{ ...position, sha256: sounds[index]?.sha256 ?? null }];
  });
  const key = derivedKey(['film-sound', SOUND_VERSION, ffmpeg.version, samples, heard]);
  return await derived.get('film-sound', key, 'm4a', async file => {
    const mixed = `${file}.pcm`;
    try {
      if (heard.length > 0) await mixToFile(parts, samples, mixed, signal);
      await runFfmpeg(ffmpeg, {
        inputs: [
          heard.length > 0
            ? { source: mixed, options: ['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '2'] }
            : { source: `anullsrc=r=${SAMPLE_RATE}:cl=stereo`, options: ['-f', 'lavfi'] },
        ],
        filters: `[0:a:0]atrim=end_sample=${samples}[out]`,
        output: [
          '-map',
          '[out]',
          '-c:a',
          'aac',
          '-b:a',
          '192k',
          '-threads',
          '1',
          ...REPRODUCIBLE,
          '-f',
          'mp4',
        ],
        file,
        signal,
      });
    } finally {
      await rm(mixed, { force: true });
    }
    return { samples };
  });
}

async function mixToFile(
  parts: readonly SoundPart[],
  samples: number,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const sources = new Map<string, FileHandle>();
  const read = async (pcm: string, fromSample: number, count: number): Promise<Int16Array> => {
    let source = sources.get(pcm);
    if (source === undefined) {
      source = await open(pcm, 'r');
      sources.set(pcm, source);
    }
    const buffer = Buffer.alloc(count * BYTES_PER_SAMPLE);
    await source.read(buffer, 0, buffer.length, fromSample * BYTES_PER_SAMPLE);
    return new Int16Array(buffer.buffer, buffer.byteOffset, count * 2);
  };
  const target = await open(file, 'wx');
  try {
    let first = 0;
    for (let start = 0; start < samples; start += STRETCH) {
      signal.throwIfAborted();
      const length = Math.min(STRETCH, samples - start);
      while (first < parts.length && (parts[first]?.endSample ?? 0) <= start) {
        const done = parts[first++]?.pcm;
        const reused = parts.slice(first, first + 2).some(part => part.pcm === done);
        if (done !== null && done !== undefined && !reused) {
          await sources.get(done)?.close();
          sources.delete(done);
        }
      }
      const near = nearby(parts, first, start + length);
      const mixed = await mixStretch(near, start, length, read);
      await target.write(Buffer.from(mixed.buffer, mixed.byteOffset, mixed.byteLength));
    }
  } finally {
    await target.close();
    for (const source of sources.values()) await source.close();
  }
}

function nearby(parts: readonly SoundPart[], first: number, endSample: number): SoundPart[] {
  const near: SoundPart[] = [];
  for (let index = first; index < parts.length; index++) {
    const part = parts[index] as SoundPart;
    if (part.startSample >= endSample) break;
    near.push(part);
  }
  return near;
}

async function isSilent(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(1024 * 1024);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return true;
      if (buffer.subarray(0, bytesRead).some(byte => byte !== 0)) return false;
    }
  } finally {
    await handle.close();
  }
}
