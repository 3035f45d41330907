import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { emulate } from '../support/paid.ts';
import type { Emulator } from './emulator.ts';
import { Faults } from './faults.ts';

// The emulator is what all tests of money stand on: it must be as strict, and as lax, as the service.
const MODEL = 'alibaba/wan-2.7/reference-to-video';
const BODY = { prompt: 'Video 1 walks', videos: ['https://example.com/a.mp4'] };

async function call(
  emulator: Emulator,
  method: string,
  path: string,
  body?: unknown,
  key = emulator.service.options.key,
) {
  const response = await fetch(`${emulator.url}/api/v3/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    ...((await response.json()) as { code: number; message: string; data: never }),
  };
}

async function finished(emulator: Emulator, id: string) {
  for (;;) {
    const { data } = await call(emulator, 'GET', `predictions/${id}/result`);
    const prediction = data as { status: string; outputs: string[] };
    if (prediction.status === 'completed') return prediction;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

describe('an order', () => {
  test('is charged once, made, and delivered as an MP4 under a signed address', async () => {
    const emulator = await emulate({ balance: 10 });
    const { data } = await call(emulator, 'POST', MODEL, { ...BODY, duration: 2 });
    const { id, status, outputs } = data as { id: string; status: string; outputs: string[] };
    expect([status, outputs]).toEqual(['created', []]);
    const [url = ''] = (await finished(emulator, id)).outputs;
    const clip = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(clip.subarray(4, 8).toString()).toBe('ftyp');
    expect((await fetch(url.replace(/signature=\w+/, 'signature=0'))).status).toBe(403);
    expect(emulator.ledger()).toMatchObject({
      chargedMicros: 700_000,
      charges: [{ predictionId: id, dropped: [] }],
    });
    expect((await call(emulator, 'GET', 'balance')).data).toEqual({ balance: 9.3 });
  });

  test('loses the keys that the model does not know, and is billed with defaults', async () => {
    const emulator = await emulate();
    await call(emulator, 'POST', MODEL, { ...BODY, durration: 2, reference_images: ['x'] });
    const [charge] = emulator.ledger().charges;
    expect(charge).toMatchObject({ micros: 1_000_000, dropped: ['durration', 'reference_images'] });
    expect([...emulator.service.predictions.values()][0]?.inputs).toMatchObject({
      duration: 5,
      resolution: '720p',
      seed: -1,
    });
  });

  test.each([
    ['no prompt', { videos: BODY.videos }, 400, /prompt/],
    ['no videos', { prompt: 'x' }, 400, /videos/],
    ['too long', { ...BODY, duration: 15 }, 400, /duration/],
    ['no such resolution', { ...BODY, resolution: '4k' }, 400, /resolution/],
    ['no object', [], 400, /object/],
  ])('%s: refused, not charged', async (_, body, status, message) => {
    const emulator = await emulate();
    const answer = await call(emulator, 'POST', MODEL, body);
    expect([answer.status, answer.code, answer.message]).toEqual([
      status,
      status,
      expect.stringMatching(message),
    ]);
    expect(emulator.ledger().charges).toEqual([]);
  });

  test('needs the key, a known model, and credit', async () => {
    const emulator = await emulate({ balance: 0.5 });
    expect((await call(emulator, 'POST', MODEL, BODY, 'wrong')).status).toBe(401);
    expect((await call(emulator, 'POST', 'alibaba/wan-9/nothing', BODY)).status).toBe(404);
    const broke = await call(emulator, 'POST', MODEL, BODY);
    expect([broke.status, broke.message]).toEqual([400, expect.stringContaining('Insufficient credits')]);
  });

  test('over the limit is refused with the time to wait', async () => {
    const emulator = await emulate({ perMinute: 1 });
    await call(emulator, 'POST', MODEL, BODY);
    const { status, headers } = await call(emulator, 'POST', MODEL, BODY);
    expect([status, Number(headers.get('retry-after'))]).toEqual([429, 60]);
  });

  test('tells its webhook, signed', async () => {
    const emulator = await emulate();
    const told = new Promise<{ headers: Record<string, unknown>; body: string }>(resolve => {
      const server = createServer(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        response.end();
        server.close();
        resolve({ headers: request.headers, body });
      }).listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        void call(emulator, 'POST', `${MODEL}?webhook=http://127.0.0.1:${port}/done`, BODY);
      });
    });
    const { headers, body } = await told;
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const signature = createHmac('sha256', 'rehearsal').update(signed).digest('hex');
    expect(headers['webhook-signature']).toBe(`v3,${signature}`);
    expect(JSON.parse(body)).toMatchObject({ status: 'completed' });
  });
});

describe('the account', () => {
  test('quotes the floor price for inputs that are missing', async () => {
    const emulator = await emulate({ discount: 0.9 });
    const quote = async (inputs: object) =>
      (await call(emulator, 'POST', 'model/price', { model_id: MODEL, inputs })).data;
    expect(await quote({ ...BODY, duration: 10, resolution: '1080p' })).toMatchObject({
      price: 2.4,
      discounted_price: 2.16,
      currency: 'USD',
    });
    expect(await quote({ duration: 10, resolution: '1080p' })).toMatchObject({ discounted_price: 0.63 });
  });

  test('lists the history in pages, newest first, and the bills with refunds', async () => {
    const emulator = await emulate({ faults: { scripted: [{ point: 'task', fault: 'failed' }] } });
    const ids: string[] = [];
    for (const seed of [1, 2, 3]) {
      ids.unshift(((await call(emulator, 'POST', MODEL, { ...BODY, seed })).data as { id: string }).id);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    const page = async (number: number) =>
      (
        (await call(emulator, 'POST', 'predictions', { page: number, page_size: 2, model: MODEL })).data as {
          items: { id: string }[];
        }
      ).items;
    expect([...(await page(1)), ...(await page(2))].map(({ id }) => id)).toEqual(ids);
    const { data } = await call(emulator, 'POST', 'billings/search', {
      prediction_uuids: ids.slice(-1),
      page: 1,
      page_size: 9,
    });
    expect((data as { items: object[] }).items).toMatchObject([
      { billing_type: 'deduct', price: 1 },
      { billing_type: 'refund', price: 1 },
    ]);
  });

  test('describes its models', async () => {
    const emulator = await emulate();
    const models = (await call(emulator, 'GET', 'models')).data as {
      model_id: string;
      api_schema: unknown;
    }[];
    expect(models.find(({ model_id }) => model_id === MODEL)).toMatchObject({
      api_schema: { api_schemas: [{ request_schema: { required: ['prompt', 'videos'] } }] },
    });
  });
});

test('an upload of another size or type than its ticket says is refused, and its address is not readable', async () => {
  const emulator = await emulate();
  const { data } = await call(emulator, 'POST', 'media/uploads', {
    filename: 'a.mp4',
    size: 3,
    content_type: 'video/mp4',
  });
  const { upload, download_url } = data as { upload: { url: string }; download_url: string };
  const put = (body: string, type: string) =>
    fetch(upload.url, { method: 'PUT', headers: { 'content-type': type }, body });
  expect((await put('abcd', 'video/mp4')).status).toBe(403);
  expect((await put('abc', 'text/plain')).status).toBe(403);
  const early = await call(emulator, 'POST', MODEL, { ...BODY, videos: [download_url] });
  expect([...emulator.service.predictions.values()][0]?.fault).toBe('media-unreachable');
  expect(early.status).toBe(200);
  expect((await put('abc', 'video/mp4')).status).toBe(200);
});

test('chance is replayed by its seed, in whatever order requests come', () => {
  const picked = (seed: number, subjects: number[]) => {
    const faults = new Faults({ rate: 0.5, seed });
    return Object.fromEntries(subjects.map(subject => [subject, faults.pick('submit', `${subject}`, '')]));
  };
  const subjects = Array.from({ length: 40 }, (_, index) => index);
  expect(picked(1, [...subjects].reverse())).toEqual(picked(1, subjects));
  expect(picked(2, subjects)).not.toEqual(picked(1, subjects));
});
