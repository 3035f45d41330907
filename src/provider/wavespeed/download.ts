import { Failure } from '../../failure.ts';
import type { AddressGuard } from '../../network/address-guard.ts';
import { type Fetched, fetchFile } from '../../network/fetch-file.ts';
import type { DownloadContext } from '../provider.ts';
import type { WavespeedPace } from './pace.ts';

/** More than any 1080p clip of the service has: 100 Mbit/s, and some for the rest. */
const MOST_BYTES_PER_SECOND = 12_500_000;
const MOST_BYTES_BESIDE = 32 * 1024 * 1024;

/**
 * Fetches a clip into a new file. Without the key, from public addresses over https alone, of bounded size and time;
 * the name and the type that the server gives decide nothing but what is surely no video. Throws a Failure.
 */
export async function download(
  url: string,
  { file, durationSeconds, signal }: DownloadContext,
  guard: AddressGuard,
  pace: WavespeedPace,
): Promise<Fetched> {
  return await fetchFile(new URL(url), {
    ...{ file, signal, guard, pace, failed, refused },
    maxBytes: MOST_BYTES_BESIDE + MOST_BYTES_PER_SECOND * durationSeconds,
    accept: 'video/mp4,video/*;q=0.9,*/*;q=0.1',
    isWelcome: type => /^(video\/|application\/(octet-stream|mp4)|binary\/)/i.test(type),
    tooLarge: () => refused('it is larger than a clip of that length can be'),
  });
}

function failed(why: string): Failure {
  return new Failure('download-failed', `the clip could not be fetched: ${why}`, {
    hint: 'It stays paid for: run the same command again to fetch it again.',
  });
}

function refused(why: string): Failure {
  return new Failure('download-refused', `the clip was not fetched: ${why}`, {
    hint: 'If this repeats, ask WaveSpeed about the prediction.',
  });
}
