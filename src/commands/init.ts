import { promises as fs } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, type ExitCode, Failure, hasCode, systemFailure } from '../failure.ts';
import { schemaPath } from '../project/language.ts';
import type { CommandContext } from './context.ts';

/** The smallest example is the template: what is tested is what a new author gets. */
const TEMPLATE = new URL('../../storyboards/hello/', import.meta.url);

/** Writes a new project into a folder that is new or empty. */
export async function initCommand(dir: string, { terminal, cwd }: CommandContext): Promise<ExitCode> {
  const target = resolve(cwd, dir);
  try {
    await refuseFull(target, dir);
    await fs.mkdir(target, { recursive: true });
    await fs.cp(fileURLToPath(TEMPLATE), target, { recursive: true, errorOnExist: true, force: false });
    await bringSchema(target);
    await fs.writeFile(join(target, '.gitignore'), '.storyreel/\nout/\n', { flag: 'wx' });
    await fs.mkdir(join(target, '.storyreel'), { recursive: true }); // marks the project's folder
  } catch (error) {
    throw systemFailure(error, `cannot write the project to ${dir}`);
  }
  const shown = relative(cwd, target) || '.';
  terminal.out(
    `Wrote a project to ${shown}. Next:\n\n  storyreel render ${shown}     draws the film, free of charge\n  storyreel plan ${shown}       tells what the real one would cost\n`,
  );
  return EXIT.done;
}

/** A copy of the schema, so that editors find it wherever storyreel itself is installed. */
async function bringSchema(target: string): Promise<void> {
  await fs.mkdir(join(target, 'schemas'));
  await fs.copyFile(schemaPath('storyboard.schema.json'), join(target, 'schemas/storyboard.schema.json'));
  const storyboard = join(target, 'storyboard.yaml');
  const text = await fs.readFile(storyboard, 'utf8');
  await fs.writeFile(storyboard, text.replace('$schema=../../schemas/', '$schema=schemas/'));
}

async function refuseFull(target: string, dir: string): Promise<void> {
  try {
    const present = (await fs.readdir(target)).filter(name => name !== '.git');
    if (present.length === 0) return;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  throw new Failure('not-empty', `${dir} is not empty`, {
    hint: 'Name a new folder; nothing was written.',
    exitCode: EXIT.usage,
  });
}
