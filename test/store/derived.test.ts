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

test('whatever somebody does to the folder, what to do is told', async () => {
  const { path } = await testProject();
  const derived = new Derived(path('derived'));
  const make = async (file: string) => {
    await fs.writeFile(file, 'piece');
    return null;
  };
  const { path: piece } = await derived.get('pieces', 'abc', 'txt', make);
  const told = {
    hint: `Delete ${path('derived')}, then run the same command again: what is in it costs time alone.`,
  };

  await fs.rm(`${piece}.json`);
  await fs.mkdir(`${piece}.json`);
  await expect(derived.get('pieces', 'abc', 'txt', make)).rejects.toMatchObject({
    code: 'is-a-folder',
    ...told,
  });
  await fs.rmdir(`${piece}.json`);
  await fs.rm(piece);
  await fs.mkdir(piece);
  await expect(derived.get('pieces', 'abc', 'txt', make)).rejects.toMatchObject({
    code: 'is-a-folder',
    ...told,
  });
  const deleting = derived.get('pieces', 'abd', 'txt', async file => {
    await make(file);
    await fs.rm(path('derived'), { recursive: true });
    return null;
  });
  await expect(deleting).rejects.toMatchObject({ code: 'not-found', ...told });
  await fs.writeFile(path('derived'), 'a file');
  await expect(derived.get('pieces', 'abc', 'txt', make)).rejects.toMatchObject({
    code: 'is-a-folder',
    ...told,
  });
  await fs.rm(path('derived'));
  expect((await derived.get('pieces', 'abc', 'txt', make)).made).toBe(true);
});
