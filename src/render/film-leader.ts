import { promises as fs } from 'node:fs';
import type { Slate } from '../cut/draw-leader.ts';
import type { PlacedVoice } from '../cut/film-sound.ts';
import type { CutClip, CutFormat } from '../cut/segments.ts';
import { SAMPLE_RATE, sampleAt } from '../cut/sound.ts';
import { DRAWING_VERSION } from '../cut/versions.ts';
import type { LeaderItem, LeaderPicture } from '../plan/leader.ts';
import type { Json } from '../plan/request.ts';
import { timecodeOf } from '../plan/timeline.ts';
import { derivedKey } from '../store/derived.ts';
import type { Store } from '../store/store.ts';
import type { Fps, Leader } from '../storyboard/storyboard.ts';
import type { FilmJob } from './film-job.ts';
import { type Fonts, overOf } from './film-text.ts';
import type { Version } from './film-version.ts';

/** What a leader adds to the cut. */
export interface LeaderCut {
  readonly clips: readonly CutClip[];
  /** The beep, where there is one. */
  readonly voices: readonly PlacedVoice[];
}

/** What the slate of a version says; digested into its key. */
export function slateOf(leader: Leader, version: Version, format: CutFormat, job: FilmJob): Slate {
  const { storyboard, file, timeline } = job.film.loaded;
  const { width, height, fps } = format;
  const name = version.name === null ? file.name : `${file.name}, ${version.name}`;
  const named = fps.denominator === 1 ? String(fps.numerator) : (fps.numerator / fps.denominator).toFixed(3);
  const loudness = version.loudness === null ? '' : `, ${version.loudness} LUFS`;
  return {
    title: storyboard.title,
    over: overOf(version.cut),
    lines: [
      ...leader.lines,
      { label: 'File', text: name },
      { label: 'Length', text: timecodeOf(timeline.frameCount, fps) },
      { label: 'Picture', text: `${width} × ${height}, ${named} frames a second, ${CODECS[format.codec]}` },
      { label: 'Sound', text: `Stereo, 48 kHz${loudness}` },
      { label: 'Picture begins', text: '01:00:00:00' },
    ],
  };
}

const CODECS = { h264: 'H.264', prores: 'ProRes 422 HQ', dnxhr: 'DNxHR HQ' } as const;

/** Draws what a leader shows, and makes its beep. */
export async function leaderCut(
  items: readonly LeaderItem[],
  slate: Slate,
  format: CutFormat,
  { store }: FilmJob,
  fonts: Fonts,
): Promise<LeaderCut> {
  const clips: CutClip[] = [];
  const voices: PlacedVoice[] = [];
  for (const [index, { picture, beeps }] of items.entries()) {
    clips.push(await drawnClip(picture, slate, format, store, fonts));
    if (beeps) voices.push({ ...(await beep(format.fps, store)), item: index, offsetSeconds: 0, gainDb: 0 });
  }
  return { clips, voices };
}

async function drawnClip(
  picture: LeaderPicture,
  slate: Slate,
  { width, height }: CutFormat,
  store: Store,
  fonts: Fonts,
): Promise<CutClip> {
  const frame = { width, height, fonts: fonts.paths };
  const what = picture.kind === 'slate' ? [slate, [...fonts.digests]] : picture;
  const key = derivedKey(['leader', DRAWING_VERSION, width, height, what as unknown as Json]);
  const { path } = await store.derived.get('leader', key, 'rgba', async file => {
    const { drawBlack, drawNumber, drawSlate } = await import('../cut/draw-leader.ts');
    const drawing =
      picture.kind === 'slate'
        ? await drawSlate(slate, frame)
        : picture.kind === 'black'
          ? await drawBlack(frame)
          : await drawNumber(picture.number, picture.lit, frame);
    await fs.writeFile(file, drawing.rgba);
    return null;
  });
  return { path, identity: key, audio: false, picture: { kind: 'drawn' } };
}

const [BEEP_HERTZ, BEEP_LEVEL] = [1000, 0.1]; // −20 dBFS, as test tones are

/** One frame of 1 kHz, as a WAV file of two channels. */
async function beep(fps: Fps, store: Store): Promise<{ path: string; identity: string }> {
  const samples = sampleAt(1, fps);
  const identity = derivedKey(['beep', samples]);
  const { path } = await store.derived.get('leader', identity, 'wav', async file => {
    const data = Buffer.alloc(44 + samples * 4);
    data.write('RIFF', 0);
    data.writeUInt32LE(36 + samples * 4, 4);
    data.write('WAVEfmt ', 8);
    for (const [at, value] of [16, 0x0002_0001, SAMPLE_RATE, SAMPLE_RATE * 4, 0x0010_0004].entries())
      data.writeUInt32LE(value, 16 + 4 * at);
    data.write('data', 36);
    data.writeUInt32LE(samples * 4, 40);
    for (let at = 0; at < samples * 2; at++) {
      const wave = Math.sin((2 * Math.PI * BEEP_HERTZ * (at >> 1)) / SAMPLE_RATE);
      data.writeInt16LE(Math.round(32_767 * BEEP_LEVEL * wave), 44 + 2 * at);
    }
    await fs.writeFile(file, data);
    return null;
  });
  return { path, identity };
}
