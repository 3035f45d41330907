import { expect, test } from 'vitest';
import { commitAll, hasGit } from '../support/git.ts';
import { cli, testProject } from '../support/project.ts';
import { publishedSchema } from '../support/schema.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

test('diff --json is as its schema says, and with --detailed-exitcode tells by its code that there is something', async () => {
  const project = await testProject({
    ...REFERENCES,
    'old.yaml': storyboardText(shot('a')),
    '.gitignore': '.storyreel\n',
  });
  await project.write('new.yaml', storyboardText(shot('a', { duration: 5 })));
  const flags = ['--json', '--detailed-exitcode', '--provider', 'wavespeed'];
  const { code, stdout } = await cli(['diff', 'old.yaml', 'new.yaml', ...flags], { cwd: project.folder });
  const validate = publishedSchema('diff.schema.json');
  expect([code, validate(JSON.parse(stdout)), validate.errors]).toEqual([10, true, null]);
  expect(JSON.parse(stdout)).toMatchObject({
    base: null,
    films: [{ shots: [{ id: 'a', changes: [{ field: 'duration', before: 2, after: 5 }] }] }],
    cost: { before: '0.70', after: '1.00', difference: '0.30', new: '1.00' },
  });
});

test('diff --base compares with a commit; one storyboard alone is a mistake', async () => {
  const project = await testProject({ ...REFERENCES, 'reel.yaml': storyboardText(shot('a')) });
  if (hasGit()) await commitAll(project);
  await project.write('reel.yaml', storyboardText(shot('a') + shot('b', { prompt: '{bo} waits' })));
  const { code, stdout, stderr } = await cli(['diff', '--base', 'HEAD', 'reel.yaml', '--markdown'], {
    cwd: project.folder,
  });
  if (hasGit())
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('| **+** | `b` | *new, after a*<br>{bo} waits |'),
    ]);
  else expect([code, stderr]).toEqual([1, expect.stringContaining('git was not found')]);
  const alone = await cli(['diff', 'reel.yaml'], { cwd: project.folder });
  expect([alone.code, alone.stderr]).toEqual([2, expect.stringMatching(/two storyboards.*\n.*--base main/)]);
});
