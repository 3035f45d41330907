import { promises as fs } from 'node:fs';
import { expect, test } from 'vitest';
import { Derived } from '../../src/store/derived.ts';
import { testProject } from '../support/project.ts';

test('one at a time makes a piece; who waits for one that was stopped makes it himself', async () => {
  const { path } = await testProject();
  const derived = new Derived(path('derived'));
  let tries = 0;
  const stopped = derived.get('pieces', 'abc', 'txt', async () => {
    tries++;
    throw new Error('told to stop');
  });
  const make = async (file: string) => {
    tries++;
    await fs.writeFile(file, 'piece');
    return { length: 5 };
  };
  const others = [derived.get('pieces', 'abc', 'txt', make), derived.get('pieces', 'abc', 'txt', make)];
  await expect(stopped).rejects.toThrow('told to stop');
  expect((await Promise.all(others)).map(({ facts }) => facts)).toEqual([{ length: 5 }, { length: 5 }]);
  expect(tries).toBe(2);
});
