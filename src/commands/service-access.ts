import { promises as fs } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, Failure, systemFailure } from '../failure.ts';
import type { ServiceAccess } from '../provider/load-provider.ts';
import type { CommandContext } from './context.ts';

/** The key and address of the service: from `--key-file`, else from the environment; never from a flag's value. */
export async function serviceAccess(
  flags: { readonly keyFile?: string },
  { environment, cwd, keepSecret }: CommandContext,
): Promise<ServiceAccess> {
  const key =
    flags.keyFile === undefined ? environment.WAVESPEED_API_KEY : await readKey(resolve(cwd, flags.keyFile));
  if (key !== undefined) keepSecret(key);
  return { key, url: environment.STORYREEL_WAVESPEED_URL };
}

async function readKey(path: string): Promise<string> {
  const key = (await readPrivately(path)).trim();
  if (key !== '') return key;
  // Whatever the variable says: who names a file means that one.
  throw new Failure('key-missing', `there is no API key in ${path}: it is empty`, {
    hint: 'Write the key of your WaveSpeed account into it, or leave out --key-file to use WAVESPEED_API_KEY.',
  });
}

/** Throws a Failure for a file that others can read. */
async function readPrivately(path: string): Promise<string> {
  try {
    const stats = await fs.stat(path);
    // With the permissions that we would ask for, a folder could not be opened any more.
    if (!stats.isDirectory() && process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw new Failure('key-exposed', `others can read the key in ${path}`, {
        hint: `Make it yours alone: chmod 600 ${path}`,
        exitCode: EXIT.environment,
      });
    }
    return await fs.readFile(path, 'utf8');
  } catch (error) {
    throw systemFailure(error, `cannot read the key in ${path}`);
  }
}
