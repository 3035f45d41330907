import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { EXIT, type Failure } from '../../../src/failure.ts';
import { AddressGuard } from '../../../src/network/address-guard.ts';
import { history } from '../../../src/provider/wavespeed/account.ts';
import { Api } from '../../../src/provider/wavespeed/api.ts';
import { ApiKey } from '../../../src/provider/wavespeed/api-key.ts';
import { download } from '../../../src/provider/wavespeed/download.ts';
import { REHEARSAL_PACE } from '../../../src/provider/wavespeed/pace.ts';
import { postOnce } from '../../../src/provider/wavespeed/send-once.ts';
import { Waiting } from '../../../src/provider/wavespeed/wait.ts';
import { testProject } from '../../support/project.ts';
import { SELF_SIGNED } from './self-signed.ts';

const LIMITS = { connectMs: 400, answerMs: 400 };
const servers: { close(): unknown; closeAllConnections?(): unknown }[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections?.();
    server.close();
  }
});

/** A server of bytes; returns its port and what was sent to it. */
async function rawServer(talk: (socket: Socket) => void): Promise<{ url: URL; received: string[] }> {
  const received: string[] = [];
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.on('data', data => received.push(data.toString('latin1')));
    talk(socket);
  });
  return { url: await listen(server), received };
}

async function httpServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<URL> {
  return await listen(createHttpServer(handle));
}

async function listen(server: Server): Promise<URL> {
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

describe('a server that cannot show who it is', () => {
  test('gets neither the key nor an order', async () => {
    const seen: string[] = [];
    const server = createHttpsServer(SELF_SIGNED, (request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.end('{"code":200,"data":{"balance":7}}');
    });
    const url = await listen(server);
    url.protocol = 'https:';
    const api = new Api(url, new ApiKey('key-0123456789abcdef'), { ...REHEARSAL_PACE, retryScale: 0 });
    await expect(api.get('balance', AbortSignal.timeout(5000))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/self-signed certificate/i),
    });
    expect(await api.order('alibaba/wan', { prompt: 'x' })).toMatchObject({ kind: 'unsent' });
    expect(seen).toEqual([]);
  });
});

describe('a body that is sent once', () => {
  const answered = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
  test.each([
    ['an answer', (socket: Socket) => socket.once('data', () => socket.end(answered)), 'answered'],
    [
      'a reset after the body',
      (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()),
      'lost',
    ],
    ['an end without an answer', (socket: Socket) => socket.once('data', () => socket.end()), 'lost'],
    ['silence', () => {}, 'lost'],
    [
      'half an answer',
      (socket: Socket) => socket.once('data', () => socket.end(answered.slice(0, -1))),
      'lost',
    ],
    [
      'half an answer, then silence',
      (socket: Socket) => socket.once('data', () => socket.write(answered.slice(0, -1))),
      'lost',
    ],
    ['no HTTP', (socket: Socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n')), 'lost'],
    ['an endless answer', (socket: Socket) => socket.once('data', () => pour(socket)), 'lost'],
  ] as const)('%s: %s', async (_, talk, kind) => {
    const { url, received } = await rawServer(talk);
    const posted = await postOnce(url, {}, '{"seed":1}', LIMITS);
    expect(posted.kind).toBe(kind);
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(received.join('').split('{"seed":1}')).toHaveLength(2);
  });

  test('nothing listens: nothing was sent', async () => {
    expect(await postOnce(new URL('http://127.0.0.1:9/'), {}, '{}', LIMITS)).toMatchObject({
      kind: 'unsent',
    });
  });

  test('a name that does not exist: nothing was sent', async () => {
    const posted = await postOnce(new URL('http://no-such-host.invalid/'), {}, '{}', {
      ...LIMITS,
      connectMs: 5000,
    });
    expect(posted.kind).toBe('unsent');
  });

  test('a server that speaks no TLS: the body was not sent', async () => {
    const { url, received } = await rawServer(socket =>
      socket.once('data', () => socket.end('HTTP/1.1 400 no\r\n\r\n')),
    );
    url.protocol = 'https:';
    expect((await postOnce(url, {}, '{"seed":1}', LIMITS)).kind).toBe('unsent');
    expect(received.join('')).not.toContain('seed');
  });

  test('a redirect is not followed', async () => {
    let requests = 0;
    const url = await httpServer((_, response) => {
      requests++;
      response.writeHead(307, { location: '/again' }).end();
    });
    expect(await postOnce(url, {}, '{}', LIMITS)).toMatchObject({ kind: 'answered', status: 307 });
    expect(requests).toBe(1);
  });
});

describe('addresses', () => {
  const guard = new AddressGuard(false);
  test.each([
    'http://example.com/x.mp4',
    'https://127.0.0.1/x.mp4',
    'https://localhost:1/x',
    'https://10.0.0.1/',
    'https://172.16.3.4/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[64:ff9b::a00:1]/',
    'https://224.0.0.1/',
    'https://user:pass@example.com/',
    'file:///etc/passwd',
    'ftp://example.com/',
  ])('%s is refused', async url => {
    const checked = async () => {
      const objection = guard.objection(new URL(url));
      if (objection !== null) throw new Error(objection);
      await resolve(guard, new URL(url).hostname);
    };
    await expect(checked()).rejects.toThrow(/not safe|not a public address/);
  });

  test.each(['https://93.184.215.14/x.mp4', 'https://[2606:4700::1111]/'])('%s is public', url => {
    expect(guard.objection(new URL(url))).toBeNull();
  });

  test('loopback is for rehearsals, and nothing else of what is not public', () => {
    const rehearsal = new AddressGuard(true);
    expect(rehearsal.objection(new URL('http://127.0.0.1:4545/x.mp4'))).toBeNull();
    expect(rehearsal.objection(new URL('https://10.0.0.1/'))).not.toBeNull();
    expect(rehearsal.objection(new URL('http://93.184.215.14/'))).not.toBeNull();
  });

  test('a name that leads to this machine is refused when it is resolved', async () => {
    await expect(resolve(guard, 'localhost')).rejects.toThrow(/not a public address/);
  });
});

describe('a download', () => {
  const guard = new AddressGuard(true);
  const pace = { ...REHEARSAL_PACE, idleMs: 300, downloadMs: 3000 };
  async function fetchFrom(handle: (request: IncomingMessage, response: ServerResponse) => void) {
    const project = await testProject();
    const url = await httpServer(handle);
    const context = {
      file: project.path('clip.mp4'),
      durationSeconds: 0,
      signal: new AbortController().signal,
    };
    return await download(url.href, context, guard, pace);
  }
  const video = { 'content-type': 'video/mp4' };

  test('gives the digest of what came, and sends no key', async () => {
    let headers: IncomingMessage['headers'] = {};
    const fetched = await fetchFrom((request, response) => {
      headers = request.headers;
      response.writeHead(200, video).end('abc');
    });
    expect(fetched).toEqual({
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      bytes: 3,
    });
    expect(headers.authorization).toBeUndefined();
  });

  test('the next clip comes over the same connection', async () => {
    const project = await testProject();
    const own = new AddressGuard(true);
    const server = createHttpServer((_, response) => response.writeHead(200, video).end('abc'));
    let connections = 0;
    server.on('connection', () => connections++);
    const url = await listen(server);
    for (const file of ['a.mp4', 'b.mp4', 'c.mp4'].map(name => project.path(name))) {
      await download(url.href, { file, durationSeconds: 0, signal: AbortSignal.timeout(5000) }, own, pace);
    }
    expect(connections).toBe(1);
  });

  test('a name that leads to this machine is not even connected to', async () => {
    const project = await testProject();
    let connections = 0;
    const server = createServer(() => connections++);
    const { port } = await listen(server);
    const context = { file: project.path('a.mp4'), durationSeconds: 0, signal: AbortSignal.timeout(5000) };
    const fetching = download(`https://localhost:${port}/`, context, new AddressGuard(false), pace);
    await expect(fetching).rejects.toMatchObject({
      code: 'download-refused',
      message: expect.stringContaining('localhost leads to'),
    });
    expect(connections).toBe(0);
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void, string]>([
    ['HTTP 403', (_, response) => response.writeHead(403).end(), 'download-failed'],
    [
      'a web page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('x'),
      'download-failed',
    ],
    ['nothing', (_, response) => response.writeHead(200, video).end(), 'download-failed'],
    [
      'a promise of too much',
      (_, response) => response.writeHead(200, { ...video, 'content-length': 2 ** 40 }).write('x'),
      'download-refused',
    ],
    ['too much', (_, response) => pour(response.writeHead(200, video)), 'download-refused'],
    ['silence', () => {}, 'download-failed'],
    [
      'a stop in the middle',
      (_, response) => response.writeHead(200, { ...video, 'content-length': 9 }).write('x'),
      'download-failed',
    ],
    ['a drip without end', (_, response) => drip(response.writeHead(200, video)), 'download-failed'],
    [
      'redirects with a body without end',
      (request, response) => pour(response.writeHead(302, { location: `${request.url}x` })),
      'download-failed',
    ],
    [
      'redirects without end',
      (request, response) => response.writeHead(302, { location: `${request.url}x` }).end(),
      'download-failed',
    ],
    [
      'a redirect to the cloud’s own data',
      (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      'download-refused',
    ],
    [
      'a redirect to a file',
      (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      'download-',
    ],
  ])('%s: a Failure', async (_, handle, code) => {
    await expect(fetchFrom(handle)).rejects.toMatchObject({
      code: expect.stringContaining(code),
      hint: expect.any(String),
    });
  });
});

describe('the history', () => {
  const row = (id: string, createdAt = Date.now()) => ({ id, created_at: new Date(createdAt).toISOString() });
  async function read(answer: (page: number) => { status?: number; rows: unknown }) {
    const pages: number[] = [];
    const url = await httpServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const { page } = JSON.parse(text) as { page: number };
      pages.push(page);
      const { status = 200, rows } = answer(page);
      response.writeHead(status).end(JSON.stringify({ code: status, data: rows }));
    });
    const api = new Api(url, new ApiKey('some-key-0123456789'), { ...REHEARSAL_PACE, retryScale: 0 });
    const reading = history(api, Date.now() - 1000, new AbortController().signal);
    return { ids: (await reading).map(({ id }) => id), pages };
  }

  test('is read until a page is empty, however few rows a page has', async () => {
    const { ids, pages } = await read(page => ({
      rows: page <= 4 ? [row(`p${page}`), row(`p${page + 1}`)] : [],
    }));
    expect([ids, pages]).toEqual([
      ['p1', 'p2', 'p3', 'p4', 'p5'],
      [1, 2, 3, 4, 5],
    ]);
  });

  test('is read no further than what is asked for', async () => {
    const { ids, pages } = await read(page => ({ rows: [row(`p${page}`, page === 1 ? Date.now() : 1000)] }));
    expect([ids, pages]).toEqual([['p1'], [1, 2]]);
  });

  test('has no end where it always tells more, and is left all the same', async () => {
    expect((await read(page => ({ rows: [row(`p${page}`)] }))).pages).toHaveLength(100);
  });

  test.each([
    ['a service that knows no pages', {}],
    ['one that refuses a page behind the last', { status: 400, rows: null }],
    ['one that has nothing there', { rows: null }],
  ])('%s is asked twice', async (_, second) => {
    const first = { rows: [row('p1', Date.now())] };
    const { ids, pages } = await read(page => (page === 1 ? first : { ...first, ...second }));
    expect([ids, pages]).toEqual([['p1'], [1, 2]]);
  });

  test('that cannot be read on is not taken for the whole', async () => {
    const full = Array.from({ length: 100 }, (_, index) => row(`p${index}`));
    const broken = read(page => (page === 1 ? { rows: full } : { status: 400, rows: null }));
    await expect(broken).rejects.toMatchObject({ code: 'not-told' });
    const failing = read(page => (page === 1 ? { rows: [row('p1')] } : { status: 500, rows: null }));
    await expect(failing).rejects.toMatchObject({ code: 'not-told' });
  });
});

describe('waiting', () => {
  const ID = 'pred-1';
  const done = { id: ID, status: 'completed', outputs: ['https://example.com/a.mp4'] };
  async function waitFor(...answers: [number, unknown][]) {
    let asked = 0;
    const url = await httpServer((_, response) => {
      const [status, body] = answers[Math.min(asked++, answers.length - 1)] ?? [500, ''];
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    const pace = { ...REHEARSAL_PACE, poll: { first: 1, growth: 1, most: 1 }, settlingMs: 50, typicalMs: 1 };
    const waiting = new Waiting(new Api(url, new ApiKey('some-key-0123456789'), pace), pace);
    return (submittedAt: number | null) =>
      waiting.for({ id: ID, submittedAt }, { signal: new AbortController().signal, onProgress: () => {} });
  }
  const week = 7 * 24 * 60 * 60 * 1000;

  test.each<[string, number, unknown]>([
    ['a gateway that says "failed"', 503, { status: 'failed' }],
    ['a gateway that says "timeout"', 504, { status: 'timeout' }],
    ['an HTTP 404 page', 404, '<html>'],
    ['another prediction', 200, { data: { ...done, id: 'pred-2' } }],
    ['a prediction without its clip', 200, { data: { ...done, outputs: [] } }],
    ['outputs that are no list', 200, { data: { ...done, outputs: { url: 'https://example.com/a.mp4' } } }],
    ['nonsense', 200, 'null'],
  ])('%s says nothing about ours', async (_, status, body) => {
    const wait = await waitFor([status, body], [200, { data: done }]);
    expect(await wait(Date.now())).toEqual({ kind: 'completed', outputUrl: done.outputs[0] });
    const never = await waitFor([status, body]);
    await expect(never(Date.now())).rejects.toMatchObject({ code: 'bad-answer' });
  });

  test('what the service does not know is missing while it should be kept, and gone after that', async () => {
    const wait = await waitFor([404, { code: 404, message: 'not found' }]);
    await expect(wait(Date.now() - week / 2)).rejects.toMatchObject({ code: 'prediction-missing' });
    expect(await wait(Date.now() - week - 1000)).toMatchObject({
      kind: 'failed',
      failure: { code: 'prediction-gone' },
    });
  });

  test('of what has no known age, only what is known is said: it is missing, and nothing has failed', async () => {
    const wait = await waitFor([404, { code: 404, message: 'not found' }]);
    await expect(wait(null)).rejects.toMatchObject({
      code: 'prediction-missing',
      message: expect.stringContaining('another account or service, or more than 7 days old'),
    });
    const late = await waitFor([404, { code: 404, message: 'not found' }], [200, { data: done }]);
    expect(await late(null)).toMatchObject({ kind: 'completed' });
  });

  test('a clock that was set back makes nobody wait', async () => {
    const wait = await waitFor([200, { data: done }]);
    expect(await wait(Date.now() + week)).toMatchObject({ kind: 'completed' });
  });
});

describe('the key', () => {
  const CANARY = 'canary-key-0123456789';

  test('is not in an answer, nor in an error, nor in a printed object', async () => {
    const key = new ApiKey(CANARY);
    const url = await httpServer((request, response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ code: 500, message: `you sent ${request.headers.authorization}` }));
    });
    const api = new Api(url, key, REHEARSAL_PACE);
    const escaped = await httpServer((_, response) => {
      const hidden = [...CANARY]
        .map(char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join('');
      response.end(`{"data":{"id":"${hidden}","error":"${hidden}"}}`);
    });
    const repeated = await new Api(escaped, key, REHEARSAL_PACE).order('m', {});
    const told = await api.get('balance', new AbortController().signal);
    const dead = new Api(new URL('http://127.0.0.1:9/'), key, REHEARSAL_PACE);
    const error = await dead.get('balance', new AbortController().signal).catch((reason: Failure) => reason);
    expect(error).toMatchObject({ code: 'unreachable' });
    const { inspect } = await import('node:util');
    const all = [told, error, api, key, repeated]
      .map(value => inspect(value, { depth: 20, showHidden: true }))
      .join();
    expect(all + JSON.stringify([told, key]) + String(key)).not.toContain(CANARY);
  });

  test('goes nowhere when the API redirects', async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = await httpServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    });
    const url = await httpServer((_, response) =>
      response.writeHead(302, { location: elsewhere.href }).end(),
    );
    const told = await new Api(url, new ApiKey(CANARY), REHEARSAL_PACE).get(
      'balance',
      new AbortController().signal,
    );
    expect([told.status, seen]).toEqual([302, []]);
  });

  test.each(['', 'short', 'two words here', 'line\nbreak-0123456789', 'ключ-0123456789', 'x'.repeat(600)])(
    '%j is none',
    text => {
      expect(() => new ApiKey(text)).toThrow(expect.objectContaining({ exitCode: EXIT.environment }));
    },
  );
});

/** What a name leads to, or why it must not be followed. */
function resolve(guard: AddressGuard, hostname: string): Promise<unknown> {
  return new Promise((done, fail) =>
    guard.lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }, (error, addresses) =>
      error ? fail(error) : done(addresses),
    ),
  );
}

/** Sends for as long as anyone takes it. */
function pour(to: NodeJS.WritableStream & { destroyed?: boolean }): void {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const more = () => {
    while (to.destroyed !== true && to.write(chunk));
    if (to.destroyed !== true) to.once('drain', more);
  };
  more();
}

function drip(to: ServerResponse): void {
  const timer = setInterval(() => (to.destroyed ? clearInterval(timer) : to.write('x')), 50);
}
