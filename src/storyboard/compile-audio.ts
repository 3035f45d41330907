import type { Audio, Music } from './storyboard.ts';
import type { WrittenStoryboard } from './written.ts';

type WrittenAudio = NonNullable<WrittenStoryboard['audio']>;

/** LUFS that those who show a film ask for, as of the services' own pages and of EBU R 128. */
const TARGETS: Readonly<Record<string, number>> = { youtube: -14, spotify: -14, apple: -16, r128: -23 };

export function compileAudio(audio: WrittenAudio | undefined): Audio {
  return {
    music: typeof audio?.music?.file === 'string' ? compileMusic(audio.music) : null,
    loudness: loudnessOf(audio?.loudness),
  };
}

/** LUFS of a target's name or number; null where there is none. */
export function loudnessOf(written: WrittenAudio['loudness']): number | null {
  return typeof written === 'string' ? (TARGETS[written] ?? null) : (written ?? null);
}

function compileMusic(music: NonNullable<WrittenAudio['music']>): Music {
  return {
    file: { file: music.file, path: ['audio', 'music', 'file'] },
    gainDb: music.gain ?? 0,
    startSeconds: music.start ?? 0,
    fadeInSeconds: music.fade_in ?? 0,
    fadeOutSeconds: music.fade_out ?? 0,
    loop: music.loop ?? false,
    duck: music.duck ?? false,
  };
}
