import { promises as fs } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { quietProgram } from './support/program.ts';

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

test('the recipe for continuous integration is YAML, and its commands and flags are ours', async () => {
  const page = await fs.readFile(new URL('../docs/ci.md', import.meta.url), 'utf8');
  const workflow = parse(/```yaml\n(.*?)```/s.exec(page)?.[1] ?? '') as Workflow;
  const used = Object.values(workflow.jobs)
    .flatMap(({ steps }) => steps.flatMap(({ run }) => (run ?? '').match(/npx storyreel .*/g) ?? []))
    .map(line => line.split(/\s+/).slice(2));
  expect(used.map(([name]) => name)).toEqual(['check', 'plan', 'diff', 'render', 'render']);
  for (const [name, ...words] of used) {
    const known = quietProgram().commands.find(command => command.name() === name)?.options ?? [];
    for (const flag of words.filter(word => word.startsWith('--')))
      expect(known.map(({ long }) => long)).toContain(flag);
  }
});
