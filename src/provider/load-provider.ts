import { Failure } from '../failure.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import type { Derived } from '../store/derived.ts';
import type { Provider } from './provider.ts';

/** Loads a provider's code. Throws a Failure for one that cannot render here. */
export async function loadProvider(
  name: string,
  ffmpeg: () => Promise<Ffmpeg>,
  derived: Derived,
): Promise<Provider> {
  if (name === 'animatic') {
    const { createAnimatic } = await import('./animatic/animatic.ts');
    return createAnimatic({ ffmpeg: await ffmpeg(), derived });
  }
  throw new Failure(
    'provider-missing',
    `this version of storyreel cannot render with ${name} yet; it can plan and price it`,
    {
      hint: 'Render the animatic meanwhile: --provider animatic.',
    },
  );
}
