import { EXIT, Failure } from '../failure.ts';
import type { ProviderIdentity } from '../plan/draft-takes.ts';
import { ANIMATIC_VERSION } from './animatic/version.ts';

/** What a plan must know of each provider; loading one takes longer, and only a render needs it. */
export const PROVIDERS: Readonly<Record<string, ProviderIdentity>> = {
  animatic: { name: 'animatic', version: ANIMATIC_VERSION, priced: false },
  wavespeed: { name: 'wavespeed', version: null, priced: true },
};

export function providerIdentity(name: string): ProviderIdentity {
  const identity = Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name] : undefined;
  if (identity !== undefined) return identity;
  throw new Failure('unknown-provider', `there is no provider "${name}"`, {
    hint: `The providers are ${Object.keys(PROVIDERS).join(' and ')}.`,
    exitCode: EXIT.usage,
  });
}
