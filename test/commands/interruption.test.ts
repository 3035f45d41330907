import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { EMULATOR_KEY } from '../emulator/emulator.ts';
import { journalOf, paidProject } from '../support/paid.ts';
import { CLI, command } from '../support/project.ts';
import { publishedSchema } from '../support/schema.ts';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** A service that never answers; `onAsked` is called with its first question, and not with the next: a render
 * asks two at a time, and a second Ctrl-C while Node ends would find its own handler gone. */
async function silence(onAsked: () => void): Promise<NodeJS.ProcessEnv> {
  const server = createServer().once('request', onAsked);
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { WAVESPEED_API_KEY: EMULATOR_KEY, STORYREEL_WAVESPEED_URL: `http://127.0.0.1:${port}` };
}

test.each([
  'render reel.yaml --yes',
  'render reel.yaml --yes --json',
  'plan reel.yaml --quote',
  'reconcile',
  'models --verify',
  'doctor',
])('Ctrl-C while the service is asked: %s', async line => {
  const project = await paidProject(2);
  const controller = new AbortController();
  const env = await silence(() => controller.abort());
  const options = { cwd: project.folder, env, signal: controller.signal };
  const { code, stdout, stderr } = await command(line.split(' '), options);
  expect([code, stderr]).toEqual([130, 'storyreel: interrupted; nothing was submitted\n']);
  expect(await journalOf(project)).toEqual([]);
  if (!line.includes('--json')) return;
  const finished = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(finished).toMatchObject({ type: 'finished', exitCode: 130, rendered: 0, spent: '0.00' });
  expect(publishedSchema('render-event.schema.json')(finished)).toBe(true);
});

test('Ctrl-C on a terminal while the service is asked: two lines, no stack', async () => {
  const project = await paidProject(1);
  const env = await silence(() => child.kill('SIGINT'));
  const child = spawn(process.execPath, [CLI, 'render', 'reel.yaml', '--yes'], {
    cwd: project.folder,
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  expect(await new Promise(resolve => child.once('close', resolve))).toBe(130);
  expect(stderr.trim().split('\n')).toEqual([
    'Stopping: finished clips are kept. Once more to stop at once.',
    'storyreel: interrupted; nothing was submitted',
  ]);
});
