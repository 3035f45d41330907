import { execFileSync } from 'node:child_process';
import { promises as fs } from 'node:fs';
import type { TestProject } from './project.ts';

/** Makes a project's folder a repository, if it is none, and commits all that is in it. */
export async function commitAll(project: TestProject, branch = 'main'): Promise<string> {
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-C', project.folder, '-c', 'user.name=Nell', '-c', 'user.email=nell@example.org', ...args],
      {
        encoding: 'utf8',
      },
    ).trim();
  const isNew = await fs.stat(project.path('.git')).then(
    () => false,
    () => true,
  );
  if (isNew) git('init', '--quiet', '--initial-branch', branch);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'A cut');
  return git('rev-parse', 'HEAD');
}

/** Not every machine that runs tests has git; without it, a difference with a commit is a Failure that says so. */
export function hasGit(): boolean {
  try {
    execFileSync('git', ['--version']);
    return true;
  } catch {
    return false;
  }
}
