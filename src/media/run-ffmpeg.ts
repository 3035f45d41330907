import type { ChildProcess } from 'node:child_process';
import fluent from 'fluent-ffmpeg';
import { Failure } from '../failure.ts';
import type { Ffmpeg } from './ffmpeg.ts';

export interface FfmpegInput {
  /** A path that we made ourselves, or one from `untrustedInput`; for `-f lavfi` the source's description. */
  readonly source: string;
  readonly options?: readonly string[];
}

export interface FfmpegJob {
  readonly inputs: readonly FfmpegInput[];
  /** A complete filter graph, already escaped. */
  readonly filters?: string;
  /** One argument an item, in ffmpeg's own order: -map, codecs, muxer flags. */
  readonly output: readonly string[];
  /** Where the result goes; '-' for jobs that only look. */
  readonly file: string;
  /** The result's length in seconds: what the progress is measured against. */
  readonly lengthSeconds?: number;
  readonly onProgress?: ((fraction: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Options of an input that we did not make: no playlist, no network, no decompression bomb. `-max_pixels`
 * bounds a frame at 8K square.
 */
export function untrustedInput(path: string, ...options: readonly string[]): FfmpegInput {
  return {
    source: `file:${path}`,
    options: [
      ...['-protocol_whitelist', 'file', '-format_whitelist', 'mov,matroska,webm'],
      ...['-max_pixels', String(8192 * 8192)],
      ...options,
    ],
  };
}

/** A picture that we drew: raw RGBA, read once. `fps` where its frames have to have a rate. */
export function drawnInput(
  path: string,
  { width, height }: { readonly width: number; readonly height: number },
  fps?: { readonly numerator: number; readonly denominator: number },
): FfmpegInput {
  const rate = fps === undefined ? [] : ['-framerate', `${fps.numerator}/${fps.denominator}`];
  return {
    source: `file:${path}`,
    options: ['-f', 'rawvideo', '-pix_fmt', 'rgba', '-video_size', `${width}x${height}`, ...rate],
  };
}

/** Formats of sound alone, beside those of clips. */
export function untrustedSound(path: string): FfmpegInput {
  const formats = 'wav,mp3,flac,ogg,aac,aiff,mov,matroska,webm';
  return {
    source: `file:${path}`,
    options: ['-protocol_whitelist', 'file', '-format_whitelist', formats, '-vn'],
  };
}

/** Keeps ffmpeg's output free of anything that differs between machines or runs. */
export const BITEXACT: readonly string[] = [
  ...['-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'],
];

/** And of what its inputs say of themselves. */
export const REPRODUCIBLE: readonly string[] = [
  ...['-map_metadata', '-1', '-map_chapters', '-1'],
  ...BITEXACT,
];

/** Between SIGTERM, which lets ffmpeg close its files, and SIGKILL. */
const GRACE_MS = 2000;
const MAX_STDERR_LINES = 40;

const running = new Set<ChildProcess>();
// ffmpeg outlives Node when Node exits in the middle of a job.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Runs one ffmpeg to its end and returns the last lines that it wrote to standard error. Throws a Failure
 * with these lines when it fails, and the signal's reason when it was aborted. Filters run on one thread:
 * the caller runs several jobs at once instead, which also keeps the bytes the same on any machine.
 */
export async function runFfmpeg(ffmpeg: Ffmpeg, job: FfmpegJob): Promise<string[]> {
  job.signal?.throwIfAborted();
  const command = fluent({ stdoutLines: 1 });
  tame(command, ffmpeg.path);
  for (const input of job.inputs) {
    command.input(input.source);
    verbatim(command, command.inputOptions, input.options ?? []);
  }
  command.output(job.file);
  const stats = job.onProgress === undefined ? ['-nostats'] : ['-stats'];
  const filters = job.filters === undefined ? [] : ['-filter_complex', job.filters];
  verbatim(command, command.outputOptions, [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', ...stats],
    ...['-filter_threads', '1', '-filter_complex_threads', '1'],
    ...filters,
    ...job.output,
  ]);

  const lines: string[] = [];
  let reached = 0;
  let killTimer: NodeJS.Timeout | undefined;
  let child: ChildProcess | undefined;
  const stop = () => {
    if (child === undefined) return;
    child.kill('SIGTERM');
    killTimer ??= setTimeout(() => child?.kill('SIGKILL'), GRACE_MS);
    killTimer.unref();
  };
  job.signal?.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      command
        .on('start', () => {
          child = (command as unknown as { ffmpegProc: ChildProcess }).ffmpegProc;
          running.add(child);
          if (job.signal?.aborted === true) stop(); // a kill before the start would have been lost
        })
        .on('stderr', (line: string) => {
          const seconds = parseProgressSeconds(line);
          if (seconds === null) {
            if (line.trim() !== '' && lines.push(line) > MAX_STDERR_LINES) lines.shift();
          } else if (job.lengthSeconds !== undefined && job.lengthSeconds > 0) {
            reached = Math.max(reached, Math.min(1, seconds / job.lengthSeconds)); // ffmpeg 7 ends with N/A
            job.onProgress?.(reached);
          }
        })
        .on('end', () => resolve())
        .on('error', (error: Error) => reject(error))
        .run();
    });
  } catch (error) {
    job.signal?.throwIfAborted();
    throw ffmpegFailure(error, lines);
  } finally {
    clearTimeout(killTimer);
    job.signal?.removeEventListener('abort', stop);
    if (child !== undefined) running.delete(child);
  }
  job.signal?.throwIfAborted();
  // ffmpeg 5.1 ends well where the last bytes of its output did not fit on the disk.
  if (lines.some(line => /Error (writing trailer|closing file)/.test(line)))
    throw ffmpegFailure(new Error('ffmpeg could not write the end of its output'), lines);
  return lines;
}

/** The `time=` of one of ffmpeg's progress lines, in seconds; null for any other line. */
function parseProgressSeconds(line: string): number | null {
  const match = /\btime=(?:(\d+):(\d\d):(\d\d(?:\.\d+)?)|N\/A)/.exec(line);
  if (match === null) return null;
  return match[1] === undefined ? 0 : Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
}

/** Options given one by one as arguments are taken whole; in an array they would be split at a space. */
function verbatim(command: fluent.FfmpegCommand, add: unknown, options: readonly string[]): void {
  if (options.length > 0) (add as (...items: string[]) => unknown).apply(command, [...options]);
}

interface Untamed {
  _getFfmpegPath(callback: (error: null, path: string) => void): void;
  _checkCapabilities(callback: () => void): void;
  availableEncoders(callback: (error: null, encoders: object) => void): void;
  _spawnFfmpeg(args: string[], options: object, started: unknown, ended: EndCallback): void;
}
type Ring = { get(): string };
type EndCallback = (error: Error | null, stdout: Ring, stderr: Ring) => void;

/**
 * fluent-ffmpeg asks the binary for its codecs before every job, cannot read what newer versions answer, and
 * throws outside of any handler when the binary vanished. We checked the binary ourselves.
 */
function tame(command: fluent.FfmpegCommand, path: string): void {
  const inner = command as unknown as Untamed;
  const spawn = inner._spawnFfmpeg.bind(command);
  const empty: Ring = { get: () => '' };
  inner._getFfmpegPath = callback => callback(null, path);
  inner._checkCapabilities = callback => callback();
  inner.availableEncoders = callback => callback(null, {});
  inner._spawnFfmpeg = (args, options, started, ended) =>
    spawn(args, options, started, (error, stdout, stderr) => ended(error, stdout ?? empty, stderr ?? empty));
}

function ffmpegFailure(error: unknown, lines: readonly string[]): Failure {
  const said = lines.slice(-6).join('\n');
  if (/No space left on device|Disk quota exceeded/i.test(said)) {
    return new Failure('disk-full', 'ffmpeg could not write its output: the disk is full', {
      hint: 'Free some space (`storyreel cache prune` lists what can go), then run the same command again: finished clips are kept.',
      cause: error,
    });
  }
  const [, filter] = /No such filter: '(\w+)'/.exec(lines.join('\n')) ?? [];
  if (filter !== undefined) {
    return new Failure('ffmpeg-incomplete', `this ffmpeg was built without its filter ${filter}`, {
      hint: 'Choose a full one with STORYREEL_FFMPEG; `storyreel doctor` shows which one is used.',
      cause: error,
    });
  }
  const reason = error instanceof Error ? error.message.split(': ')[0] : String(error);
  return new Failure('ffmpeg-failed', said === '' ? `${reason}` : `${reason}:\n${said}`, {
    hint: '`storyreel doctor` shows which ffmpeg is used; STORYREEL_FFMPEG chooses another.',
    cause: error,
  });
}
