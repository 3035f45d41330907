import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { expect, test } from 'vitest';
import { sweepTemporaries } from '../../src/store/atomic-write.ts';
import { testProject } from '../support/project.ts';

test('what killed processes left of a file goes; what one may be at work on stays', async () => {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  const [dead, alive] = [child.pid, process.pid];
  const left = [`.tmp-${dead}-0123456789ab-film.mp4`, `.tmp-${dead}-0123456789ab-film.mp4.frame`];
  const others = [
    `.tmp-${alive}-0123456789ab-film.mp4`,
    `.tmp-${dead}-0123456789ab-another.mp4`,
    '.tmp-film.mp4',
    'film.mp4',
  ];
  const young = `.tmp-${dead}-ba9876543210-film.mp4`;
  const { folder, path } = await testProject(
    Object.fromEntries([...left, ...others, young].map(name => [name, 'x'])),
  );
  const anHourAgo = Date.now() / 1000 - 3600;
  for (const name of [...left, ...others]) await fs.utimes(path(name), anHourAgo, anHourAgo);
  sweepTemporaries(path('film.mp4'));
  const names = (await fs.readdir(folder)).filter(name => name !== '.storyreel');
  expect(names.sort()).toEqual([...others, young].sort());
});
