import type { PlacedVoice, SoundTrack } from '../cut/film-sound.ts';
import type { Source } from '../cut/source.ts';
import type { Json } from '../plan/request.ts';
import { type ClipSources, fileOf } from './film-clips.ts';

/** What is heard beside the clips, with the digests of its files. */
export async function soundTrack(sources: ClipSources): Promise<SoundTrack> {
  const { items, audio } = sources.film.loaded.storyboard;
  const voices: PlacedVoice[] = [];
  for (const [index, item] of items.entries()) {
    for (const { file, offsetSeconds, gainDb } of item.voices)
      voices.push({ ...(await fileOf(file, sources)), item: index, offsetSeconds, gainDb });
  }
  const { music, loudness } = audio;
  return {
    gainsDb: items.map(({ gainDb }) => gainDb),
    voices,
    music: music === null ? null : { ...music, ...(await fileOf(music.file, sources)) },
    pictureFrame: 0,
    loudness,
  };
}

/** A project that is moved has the same sound. */
export function withoutPaths({ gainsDb, voices, music, loudness }: SoundTrack): Json {
  const strip = <T extends Source>({ stamp: _, ...sound }: T) => ({ ...sound, path: null, file: null });
  return [gainsDb, voices.map(strip), music === null ? null : strip(music), loudness] as unknown as Json;
}
