import { Failure } from '../../failure.ts';
import { isLoopback } from '../../network/loopback.ts';
import type { ServiceAccess } from '../load-provider.ts';

const SERVICE = 'https://api.wavespeed.ai';

/** Whom a store is bought from with this access; needs no key. */
export function serviceOf(access: ServiceAccess): string {
  const base = baseUrl(access.url);
  return isLoopback(base) ? 'a rehearsal' : base.host;
}

/** The key travels with every request: never unencrypted, but to this machine itself. */
export function baseUrl(text: string | undefined): URL {
  if (text === undefined || text.trim() === '') return new URL(SERVICE);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.username !== '' || url.password !== '')) {
    // They would be sent in the place of the key.
    throw new Failure('bad-url', 'STORYREEL_WAVESPEED_URL has a name or a password in it', {
      hint: 'The API key is all that is sent. Take out what stands before the @.',
    });
  }
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))) {
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return url;
  }
  throw new Failure('bad-url', 'STORYREEL_WAVESPEED_URL is neither https nor on this machine', {
    hint: 'The API key would travel unencrypted. Use https://…, or http://127.0.0.1:PORT for a rehearsal.',
  });
}
