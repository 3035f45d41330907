// Vitest runs this once: a folder for the clips that test files have in common, gone when all have run.
import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    clipsFolder: string;
  }
}

export default async function share(project: TestProject): Promise<() => Promise<void>> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'storyreel-clips-'));
  project.provide('clipsFolder', folder);
  return async () => await fs.rm(folder, { recursive: true, force: true });
}
