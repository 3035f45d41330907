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
  try {
    const { mode } = await fs.stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new Failure('key-exposed', `others can read the key in ${path}`, {
        hint: `Make it yours alone: chmod 600 ${path}`,
        exitCode: EXIT.environment,
      });
    }
    return (await fs.readFile(path, 'utf8')).trim();
  } catch (error) {
    throw systemFailure(error, `cannot read the key in ${path}`);
  }
}
