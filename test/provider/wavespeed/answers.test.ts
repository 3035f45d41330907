import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isMadeOf,
  readEnvelope,
  readPrediction,
  readRows,
  timeOf,
} from '../../../src/provider/wavespeed/answers.ts';
import { readAnswer, retryAfterMs, taskFailure } from '../../../src/provider/wavespeed/refusals.ts';

const MODEL = 'alibaba/wan-2.7/reference-to-video';

const PREDICTION = {
  id: '9e8943e53705b7e09bd5a0eea01c7bf1',
  model: MODEL,
  status: 'created',
  outputs: [],
  urls: { get: 'https://api.wavespeed.ai/api/v3/predictions/9e89/result' },
  has_nsfw_contents: [],
  created_at: '2026-11-23T16:00:00.000Z',
  error: '',
  timings: { inference: 0 },
};
const SUCCESS = JSON.stringify({ code: 200, message: 'success', data: PREDICTION });

function answer(status: number, text: string, retryAfter?: string) {
  return readAnswer(status, retryAfter, readEnvelope(status, text), MODEL);
}

describe('the answer to a submission', () => {
  const failed = (code: number, message = 'no', error_code?: number) =>
    JSON.stringify({ code, message, error_code, data: null });
  test.each([
    ['a prediction', 200, SUCCESS, 'accepted'],
    ['a prediction without an envelope', 200, JSON.stringify(PREDICTION), 'accepted'],
    ['created', 201, JSON.stringify({ data: PREDICTION }), 'accepted'],
    ['too many', 429, failed(429), 'busy'],
    ['too many, in an HTTP 200', 200, failed(429), 'busy'],
    ...[400, 401, 402, 403, 404, 422].map(
      status => [`HTTP ${status}`, status, failed(status), 'refused'] as const,
    ),
    ['parameters, in an HTTP 200', 200, failed(400, 'bad', 1400), 'refused'],
    ['no credit, in an HTTP 200', 200, failed(402, 'no', 1407), 'refused'],
    ['HTML with 400', 400, '<html>', 'refused'],
    ...[408, 409, 425, 500, 502, 503, 504, 520].map(
      status => [`HTTP ${status}`, status, failed(status), 'unknown'] as const,
    ),
    ...[301, 302, 307, 308].map(status => [`a redirect ${status}`, status, '', 'unknown'] as const),
    ['an HTTP 200 of the server-error kind', 200, failed(500), 'unknown'],
    ['an unknown task code', 200, failed(5000, 'x', 5000), 'unknown'],
    ['HTML with 200', 200, '<html><body>502</body></html>', 'unknown'],
    ['half a JSON', 200, SUCCESS.slice(0, 40), 'unknown'],
    ['nothing', 200, '', 'unknown'],
    ['no id', 200, SUCCESS.replace(PREDICTION.id, ''), 'unknown'],
    ['an id that leads elsewhere', 200, SUCCESS.replace(PREDICTION.id, '../../balance'), 'unknown'],
    ['an id beside an error', 200, JSON.stringify({ code: 400, data: PREDICTION }), 'unknown'],
    ['an id in an HTTP 400', 400, JSON.stringify({ code: 400, data: PREDICTION }), 'unknown'],
    ['HTTP 503 with the code of a task', 503, failed(1402, 'x', 1402), 'unknown'],
    ['HTTP 500 with the code of no credit', 500, failed(1407, 'x', 1407), 'unknown'],
  ] as const)('%s', (_, status, text, kind) => {
    expect(answer(status, text).kind).toBe(kind);
  });

  test.each([
    [400, 'Insufficient credits. Please top up.', 'no-credit', true],
    [402, 'pay', 'no-credit', true],
    [401, 'bad key', 'key-refused', true],
    [403, 'not yours', 'not-allowed', true],
    [404, 'no model', 'model-unknown', false],
    [400, 'duration must be <= 10', 'request-refused', false],
  ])('%i %s is %s', (status, message, code, forAll) => {
    expect(answer(status, JSON.stringify({ code: status, message }))).toMatchObject({
      kind: 'refused',
      forAll,
      failure: { code, message: expect.stringContaining(message), hint: expect.any(String) },
    });
  });

  test.each([
    ['7', 7000],
    ['0', 0],
    [' 2.5 ', 2500],
    ['soon', null],
    ['-5', null],
    [new Date(Date.now() + 60_000).toUTCString(), 60_000],
    [new Date(0).toUTCString(), 0],
    [undefined, null],
  ])('Retry-After: %s', (header, ms) => {
    const read = retryAfterMs(header);
    if (ms === null || read === null) expect(read).toBe(ms);
    else expect(Math.abs(read - ms)).toBeLessThan(2000);
  });

  test('10,000 mutations: never a crash, and accepted only with a sound id', () => {
    fc.assert(
      fc.property(
        mutated(SUCCESS),
        fc.constantFrom(200, 200, 200, 201, 204, 400, 404, 429, 500),
        (text, status) => {
          const read = answer(status, text);
          expect(['accepted', 'refused', 'busy', 'unknown']).toContain(read.kind);
          if (read.kind === 'accepted') expect(read.predictionId).toMatch(/^[A-Za-z0-9][\w.:~-]*$/);
          else expect(read.failure.message.length).toBeLessThan(1200);
          // What may have been accepted must not pass for a refusal: a sound id is an order that was taken.
          if (
            text.includes(`"id":"${PREDICTION.id}"`) &&
            status < 300 &&
            isJson(text) &&
            read.kind === 'refused'
          ) {
            expect(readPrediction(readEnvelope(status, text).data)?.id).toBeNull();
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });

  test('10,000 mutations of everything else that is read', () => {
    const history = JSON.stringify({
      code: 200,
      data: { items: [PREDICTION, { ...PREDICTION, inputs: { seed: 1 } }] },
    });
    const texts = fc.constantFrom(SUCCESS, history, JSON.stringify({ data: { balance: 3 } }));
    fc.assert(
      fc.property(texts.chain(mutated), text => {
        const envelope = readEnvelope(200, text);
        for (const row of readRows(envelope.data) ?? [envelope.data]) {
          const prediction = readPrediction(row);
          if (prediction?.inputs) isMadeOf(prediction.inputs, { seed: 1, videos: ['a'] });
          if (prediction?.createdAt) new Date(prediction.createdAt).toISOString();
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

test.each([1200, 1400, 1401, 1402, 1403, 1405, 1406, 1407, 5000, 5003, 5004, 9999, null])(
  'a task that failed with %s says what to do',
  code => {
    const failure = taskFailure(code, 'in the service’s words');
    expect(failure.message).toContain('in the service’s words');
    expect(failure.hint).toMatch(/\.$/);
  },
);

test('inputs are compared without regard to what the service adds, its number types or its Unicode form', () => {
  const payload = { prompt: 'Zo\u00eb', seed: 7, videos: ['https://x/1', 'https://x/2'] };
  expect(isMadeOf({ ...payload, prompt: 'Zoe\u0308', size: 'x' }, payload)).toBe(true);
  expect(isMadeOf({ ...payload, seed: 8 }, payload)).toBe(false);
  expect(isMadeOf({ ...payload, videos: ['https://x/2', 'https://x/1'] }, payload)).toBe(false);
  expect(isMadeOf({ prompt: payload.prompt, seed: 7 }, payload)).toBe(false);
});

test.each([
  ['2026-11-23T16:00:00.000Z', 1795449600000],
  [1795449600, 1795449600000],
  [1795449600000, 1795449600000],
  ['never', null],
  [{}, null],
  [1e300, null],
])('the time %s', (value, time) => {
  expect(timeOf(value)).toBe(time);
});

/** A text with bytes changed, cut, doubled; or a JSON with values replaced by others. */
function mutated(text: string): fc.Arbitrary<string> {
  const cut = fc
    .tuple(fc.nat(text.length), fc.nat(text.length), fc.string({ maxLength: 5 }))
    .map(([a, b, piece]) => text.slice(0, Math.min(a, b)) + piece + text.slice(Math.max(a, b)));
  const replaced = fc
    .tuple(fc.nat(), fc.jsonValue({ maxDepth: 3 }))
    .map(([which, value]) => {
      let count = 0;
      const total = JSON.stringify(JSON.parse(text)).split('"').length;
      return JSON.stringify(JSON.parse(text), (_, old) => (count++ === which % total ? value : old));
    })
    .map(json => json ?? 'undefined');
  return fc.oneof(cut, replaced, fc.string());
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
