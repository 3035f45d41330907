import { createHash } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { AddressGuard } from '../../../src/network/address-guard.ts';
import type { Sha256 } from '../../../src/plan/key.ts';
import { BackOff } from '../../../src/provider/back-off.ts';
import type { JobMedia } from '../../../src/provider/provider.ts';
import { Api } from '../../../src/provider/wavespeed/api.ts';
import { ApiKey } from '../../../src/provider/wavespeed/api-key.ts';
import { MediaUploads } from '../../../src/provider/wavespeed/media-uploads.ts';
import { REHEARSAL_PACE } from '../../../src/provider/wavespeed/pace.ts';
import { Waiting } from '../../../src/provider/wavespeed/wait.ts';
import { Uploads } from '../../../src/store/journal/uploads.ts';
import { testProject } from '../../support/project.ts';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const PACE = {
  ...REHEARSAL_PACE,
  poll: { first: 1, growth: 1, most: 1 },
  busy: { first: 1, most: 4 },
  again: [1, 1],
  typicalMs: 1,
  retryScale: 0,
};

/** A service that answers what it is asked for one after the other; returns its address and what it was asked. */
async function service(
  answer: (call: string, asked: number, response: ServerResponse, url: string) => void,
  pace = PACE,
) {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const call = `${request.method} ${request.url?.replace('/api/v3', '')}`;
    calls.push(call);
    request.resume().once('end', () => answer(call, calls.filter(one => one === call).length, response, url));
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { calls, api: new Api(new URL(url), new ApiKey('some-key-0123456789'), pace) };
}

function say(response: ServerResponse, status: number, data: unknown = null, retryAfter?: string): void {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  response
    .writeHead(status, headers)
    .end(JSON.stringify({ code: status, message: `it says ${status}`, data }));
}

describe('an upload', () => {
  const TICKET = 'POST /media/uploads';

  async function upload(api: Api, signal = new AbortController().signal, pace = PACE): Promise<string> {
    const project = await testProject({ 'refs/mira.mp4': 'some bytes' });
    const sha256 = createHash('sha256').update('some bytes').digest('hex') as Sha256;
    const uploads = await Uploads.open(project.path('.storyreel'));
    const media = { field: 'videos', file: 'refs/mira.mp4', path: project.path('refs/mira.mp4'), sha256 };
    try {
      const guard = new AddressGuard(true);
      return await new MediaUploads(api, uploads, guard, pace).urlOf(media as unknown as JobMedia, signal);
    } finally {
      uploads.close();
    }
  }

  const ticket = (url: string) => ({
    download_url: 'https://example.com/a.mp4',
    upload: { method: 'PUT', url: `${url}/put`, headers: {} },
  });

  test.each([
    ['for a ticket', 20, 0],
    ['for a place', 0, 20],
    ['for both', 6, 6],
  ])('that is one too many %s goes on when the service takes more', async (_, tickets, puts) => {
    const { api, calls } = await service((call, asked, response, url) => {
      if (call === TICKET) say(response, asked <= tickets ? 429 : 200, ticket(url));
      else say(response, asked <= puts ? 429 : 200);
    });
    expect(await upload(api)).toBe('https://example.com/a.mp4');
    const asked = calls.filter(call => call === TICKET).length;
    // A ticket may have expired while we waited: each wait is followed by a new one.
    expect([asked, calls.length - asked]).toEqual([tickets + puts + 1, puts + 1]);
  });

  test('of the older kind waits too', async () => {
    const { api } = await service((call, asked, response) => {
      if (call === TICKET) say(response, 404);
      else say(response, asked <= 9 ? 429 : 200, { download_url: 'https://example.com/b.mp4' });
    });
    expect(await upload(api)).toBe('https://example.com/b.mp4');
  });

  test('waits as long as the service says, and no longer than its author', async () => {
    const patient = { ...PACE, busy: { first: 1, most: 3_600_000 } };
    const controller = new AbortController();
    const { api, calls } = await service((_, __, response) => {
      say(response, 429, null, '3600');
      setTimeout(() => controller.abort(), 100);
    }, patient);
    await expect(upload(api, controller.signal, patient)).rejects.toMatchObject({ name: 'AbortError' });
    expect(calls).toEqual([TICKET]);
  });

  test.each([
    [500, 'now: it says 500', /run the same command again later/i],
    [503, 'now: it says 503', /run the same command again later/i],
    [413, 'does not take refs/mira.mp4: it says 413', /change the reference/i],
  ])('that is refused with %i says what is true of it', async (status, message, hint) => {
    const { api } = await service((_, __, response) => say(response, status));
    await expect(upload(api)).rejects.toMatchObject({
      code: 'upload-failed',
      message: expect.stringContaining(message),
      hint: expect.stringMatching(hint),
    });
  });

  test.each(['https://10.0.0.1/put', 'http://169.254.169.254/put', 'https://user:word@example.com/put'])(
    'is not sent to %s, in the words of an upload',
    async url => {
      const { api, calls } = await service((_, __, response) =>
        say(response, 200, { ...ticket(''), upload: { method: 'PUT', url, headers: {} } }),
      );
      await expect(upload(api)).rejects.toMatchObject({
        code: 'upload-failed',
        message: expect.stringMatching(/^refs\/mira\.mp4 was not uploaded: an address at .* is not safe/),
        hint: expect.stringContaining('nothing was submitted'),
      });
      expect(calls).toEqual([TICKET]);
    },
  );
});

describe('a look at a prediction', () => {
  const done = { id: 'p', status: 'completed', outputs: ['https://example.com/a.mp4'] };

  test.each([
    ['without Retry-After', undefined],
    ['with it', '0.001'],
  ])('is never given up for one too many, %s', async (_, retryAfter) => {
    const { api, calls } = await service((_, asked, response) =>
      asked <= 40 ? say(response, 429, { status: 'failed' }, retryAfter) : say(response, 200, done),
    );
    const context = { signal: new AbortController().signal, onProgress: () => {} };
    const outcome = await new Waiting(api, PACE).for({ id: 'p', submittedAt: Date.now() }, context);
    expect([outcome, calls.length]).toEqual([{ kind: 'completed', outputUrl: done.outputs[0] }, 41]);
  });
});

describe('a wait', () => {
  const near = (ms: number) => [ms, ms * 1.25] as const;

  test('doubles with each "too many", and begins anew when something was taken', async () => {
    const backOff = new BackOff({ first: 8, most: 20 });
    const open = () => backOff.untilOpen(new AbortController().signal);
    for (const [least, most] of [near(8), near(16), [20, 20] as const]) {
      const waitMs = backOff.tooMany(null);
      expect(waitMs).toBeGreaterThanOrEqual(least);
      expect(waitMs).toBeLessThanOrEqual(most);
      await open();
    }
    backOff.taken();
    expect(backOff.tooMany(null)).toBeLessThanOrEqual(10);
  });

  test('is not made longer by those who had asked before, unless the service says so', () => {
    const backOff = new BackOff({ first: 1000, most: 60_000 });
    expect(backOff.tooMany(null)).toBeLessThanOrEqual(1250);
    expect(backOff.tooMany(null)).toBeNull();
    expect(backOff.tooMany(5000)).toBe(5000);
    expect(backOff.tooMany(2000)).toBeNull();
  });
});
