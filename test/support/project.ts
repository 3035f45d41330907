import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { runProgram } from '../../src/commands/program.ts';
import { type Ffmpeg, locateFfmpeg } from '../../src/media/ffmpeg.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { afterFile } from './after-file.ts';
import './shared-clips.ts';

/** A project in a folder of its own, gone when the test file has run. */
export interface TestProject {
  readonly folder: string;
  path(file: string): string;
  write(file: string, content: string | Uint8Array): Promise<string>;
  read(file: string): Promise<string>;
}

export async function testProject(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<TestProject> {
  const folder = await fs.realpath(await fs.mkdtemp(join(tmpdir(), 'storyreel-test-')));
  afterFile(() => fs.rm(folder, { recursive: true, force: true }));
  await fs.mkdir(join(folder, '.storyreel')); // or a .git further up would be taken for the project
  const project: TestProject = {
    folder,
    path: file => join(folder, file),
    write: async (file, content) => {
      await fs.mkdir(dirname(join(folder, file)), { recursive: true });
      await fs.writeFile(join(folder, file), content);
      return join(folder, file);
    },
    read: async file => await fs.readFile(join(folder, file), 'utf8'),
  };
  for (const [file, content] of Object.entries(files)) await project.write(file, content);
  return project;
}

const found = new Map<string | undefined, Promise<Ffmpeg>>();
/** The ffmpeg under test: STORYREEL_FFMPEG, else the system's, else the bundled one. */
export function testFfmpeg(): Promise<Ffmpeg> {
  const override = process.env.STORYREEL_FFMPEG; // one process may serve both projects
  const ffmpeg = found.get(override) ?? locateFfmpeg({ override, searchPath: process.env.PATH });
  found.set(override, ffmpeg);
  return ffmpeg;
}

let ours: Promise<Ffmpeg> | undefined;
/** The ffmpeg that makes clips for tests and looks at films: the bundled one, which starts quickest, where it is there. */
export function ourFfmpeg(): Promise<Ffmpeg> {
  ours ??= locateFfmpeg({ searchPath: '' }).catch(testFfmpeg);
  return ours;
}

export interface TestClip {
  readonly seconds?: number;
  readonly size?: string;
  readonly rate?: string;
  /** A tone in Hz; null for a clip without sound. */
  readonly tone?: number | null;
  readonly color?: string;
  readonly output?: readonly string[];
}

const made = new Map<string, Promise<string>>();

/** Makes a real clip: a picture that changes with every frame, and a tone. Equal clips are encoded once. */
export async function makeClip(file: string, clip: TestClip = {}): Promise<string> {
  const { seconds = 1, size = '160x90', rate = '30', tone = 440, color, output = [] } = clip;
  const picture =
    color === undefined
      ? `testsrc2=s=${size}:r=${rate}:d=${seconds}`
      : `color=${color}:s=${size}:r=${rate}:d=${seconds}`;
  const sound = `sine=frequency=${tone}:sample_rate=48000:duration=${seconds}`;
  return await makeMedia(file, {
    generators: tone === null ? [picture] : [picture, sound],
    output: [
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-threads', '1'],
      ...(tone === null ? [] : ['-c:a', 'aac', '-ac', '2']),
      ...output,
    ],
  });
}

/** Media that depend on nothing but this description. */
export interface TestMedia {
  /** ffmpeg's own sources of pictures and sound. */
  readonly generators: readonly string[];
  readonly filters?: string;
  readonly output?: readonly string[];
}

/** Makes media with the ffmpeg that starts quickest. Equal ones are made once, for all test files. */
export async function makeMedia(file: string, media: TestMedia): Promise<string> {
  const name = JSON.stringify(media) + extname(file);
  if (!made.has(name)) made.set(name, sharedMedia(name, media));
  await fs.mkdir(dirname(file), { recursive: true });
  await fs.copyFile((await made.get(name)) as string, file);
  return file;
}

/** Media that any test file may have made already. */
async function sharedMedia(name: string, { generators, filters, output = [] }: TestMedia): Promise<string> {
  const ffmpeg = await ourFfmpeg();
  const id = createHash('sha256').update(ffmpeg.path).update(name).digest('hex');
  const file = join(inject('clipsFolder'), id + extname(name));
  if (existsSync(file)) return file;
  // Another process may be making the same: the later takes the place of the former.
  const own = join(inject('clipsFolder'), `${process.pid}-${id}${extname(name)}`);
  await runFfmpeg(ffmpeg, {
    inputs: generators.map(source => ({ source, options: ['-f', 'lavfi'] })),
    ...(filters === undefined ? {} : { filters }),
    output,
    file: own,
  });
  await fs.rename(own, file);
  return file;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process: all that `storyreel` does but what cli.ts does, in a third of its time. */
export async function command(
  args: readonly string[],
  {
    cwd = process.cwd(),
    env = {},
    signal = new AbortController().signal,
  }: { cwd?: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal } = {},
): Promise<CliResult> {
  let [stdout, stderr] = ['', ''];
  const code = await runProgram(args, 'test', {
    cwd,
    environment: { ...process.env, ...env },
    keepSecret: () => {},
    signal,
    terminal: {
      out: text => {
        stdout += text;
      },
      err: text => {
        stderr += text;
      },
      ...{ outColor: false, errColor: false, interactive: false, live: false, columns: 100 },
    },
  });
  return { code, stdout, stderr };
}

export const CLI: string = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Runs the built command line as a child process: for what a process has and a function has not. */
export function cli(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<CliResult> {
  const env = { ...process.env, NO_COLOR: '1', ...options.env };
  return new Promise(resolve => {
    execFile(
      process.execPath,
      [CLI, ...args],
      { cwd: options.cwd, env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 128;
        resolve({ code, stdout, stderr });
      },
    );
  });
}
