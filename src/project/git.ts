import { execFile, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { Failure, hasCode } from '../failure.ts';

/** A listing of a large repository is long. */
const MAX_OUTPUT = 1024 * 1024 * 1024;
/** Reading must not wait for, nor keep away, who writes. */
const OPTIONS = ['--no-optional-locks', '--literal-pathspecs'];

/** Runs git in a folder; its output. Throws a Failure with git's own words. */
export async function git(folder: string, args: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    const options = { maxBuffer: MAX_OUTPUT, windowsHide: true };
    execFile('git', ['-C', folder, ...OPTIONS, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(gitFailure(args, error, stderr));
    });
  });
}

/** The same, with the output written into a new file as it is. */
export async function gitToFile(folder: string, args: readonly string[], file: string): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn('git', ['-C', folder, ...OPTIONS, ...args], {
        stdio: ['ignore', handle.fd, 'pipe'],
        windowsHide: true,
      });
      let said = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      child.on('error', error => reject(gitFailure(args, error, said)));
      child.on('close', code => (code === 0 ? resolve() : reject(gitFailure(args, null, said))));
    });
  } finally {
    await handle.close();
  }
}

function gitFailure(args: readonly string[], error: Error | null, said: string): Failure {
  if (hasCode(error, 'ENOENT')) {
    return new Failure('no-git', 'git was not found, and --base reads from it', {
      hint: 'Install git, or compare two files: `storyreel diff OLD NEW`.',
      cause: error,
    });
  }
  const words =
    said
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^fatal: /, '') ?? '';
  return new Failure('git-failed', `git ${args[0]} failed: ${words === '' ? 'it did not say why' : words}`, {
    cause: error,
  });
}
