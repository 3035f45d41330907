import type { Ffmpeg } from '../media/ffmpeg.ts';
import { isLoopback } from '../network/loopback.ts';
import type { Store } from '../store/store.ts';
import type { Provider } from './provider.ts';

/** How to reach a service. */
export interface ServiceAccess {
  /** The API key; undefined where there is none. */
  readonly key: string | undefined;
  /** The API's address, where it is not the usual one: a rehearsal. */
  readonly url: string | undefined;
}

/** Whether the service is on this machine: then what it names may be too. */
export function isRehearsal({ url }: ServiceAccess): boolean {
  return url !== undefined && URL.canParse(url) && isLoopback(new URL(url));
}

export interface ProviderNeeds {
  readonly ffmpeg: () => Promise<Ffmpeg>;
  readonly store: Store;
  readonly access: ServiceAccess;
}

/** Loads a provider's code. Throws a Failure for one that cannot render here. */
export async function loadProvider(
  name: string,
  { ffmpeg, store, access }: ProviderNeeds,
): Promise<Provider> {
  if (name === 'animatic') {
    const { createAnimatic } = await import('./animatic/animatic.ts');
    return createAnimatic({ ffmpeg: await ffmpeg(), derived: store.derived });
  }
  const { openWavespeed } = await import('./wavespeed/wavespeed.ts');
  return await openWavespeed(access, store.folder);
}
