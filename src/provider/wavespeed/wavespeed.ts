import { Failure } from '../../failure.ts';
import { limitedSignal } from '../../limited-signal.ts';
import type { DescribedModel } from '../../model/compare-model.ts';
import type { Micros } from '../../model/money.ts';
import type { Json } from '../../plan/request.ts';
import { Uploads } from '../../store/journal/uploads.ts';
import type { ServiceAccess } from '../load-provider.ts';
import type { Answer, Job, PaidProvider, Payload } from '../provider.ts';
import { balance, bills, history, knows, quote } from './account.ts';
import { AddressGuard } from './address-guard.ts';
import { Api } from './api.ts';
import { ApiKey } from './api-key.ts';
import { catalogue } from './catalogue.ts';
import { download } from './download.ts';
import { HistorySearch } from './history-search.ts';
import { MediaUploads } from './media-uploads.ts';
import { REHEARSAL_PACE, SERVICE_PACE } from './pace.ts';
import { readAnswer } from './refusals.ts';
import { baseUrl, isLoopback, serviceOf } from './service-url.ts';
import { Waiting } from './wait.ts';

/** The WaveSpeed API. Throws a Failure without a key, or for an address that would give it away. */
export async function openWavespeed(access: ServiceAccess, storeFolder: string): Promise<PaidProvider> {
  const base = baseUrl(access.url);
  const rehearsal = isLoopback(base);
  const pace = rehearsal ? REHEARSAL_PACE : SERVICE_PACE;
  const api = new Api(base, apiKey(access.key), pace);
  const guard = new AddressGuard(rehearsal);
  const uploads = await Uploads.open(storeFolder);
  const media = new MediaUploads(api, uploads, guard, pace);
  const waiting = new Waiting(api, pace);
  const searching = new HistorySearch(api);
  return {
    name: 'wavespeed',
    version: null,
    priced: true,
    service: serviceOf(access),
    pace,
    prepare: async (job, signal) => await prepare(job, media, signal),
    submit: async (model, payload) => await submit(api, model, payload),
    forgetMedia: payload => media.forget(addressesIn(payload)),
    findPredictions: async (...search) => await searching.find(...search),
    knows: async (...question) => await knows(api, ...question),
    wait: async (prediction, context) => await waiting.for(prediction, context),
    download: async (url, context) => await download(url, context, guard, pace),
    quote: async (...question) => await quote(api, ...question),
    balance: async signal => await balance(api, signal),
    history: async (...search) => await history(api, ...search),
    bills: async (...search) => await bills(api, ...search),
    close: () => uploads.close(),
  };
}

/** Whether the service takes a key, and what its account has. Throws a Failure that says what is wrong. */
export async function askBalance(
  access: ServiceAccess,
  signal: AbortSignal,
): Promise<{ host: string; balanceMicros: Micros | null }> {
  const base = baseUrl(access.url);
  const api = new Api(base, apiKey(access.key), isLoopback(base) ? REHEARSAL_PACE : SERVICE_PACE);
  // With all tries: who asks wants to know now.
  const limited = limitedSignal(signal, PATIENCE_MS);
  try {
    return { host: api.host, balanceMicros: await balance(api, limited.signal) };
  } catch (error) {
    if (!limited.isOver()) throw error;
    throw new Failure('unreachable', `${api.host} did not answer within ${PATIENCE_MS / 1000} s`, {
      hint: 'Check the network, or try again later.',
      cause: error,
    });
  } finally {
    limited.release();
  }
}

const PATIENCE_MS = 10_000;

/** What the service says of its models, and a way to ask for prices; no store is opened. */
export async function askCatalogue(
  access: ServiceAccess,
  signal: AbortSignal,
): Promise<{
  host: string;
  models: ReadonlyMap<string, DescribedModel>;
  quote: (model: string, inputs: Payload) => Promise<Micros | null>;
}> {
  const base = baseUrl(access.url);
  const api = new Api(base, apiKey(access.key), isLoopback(base) ? REHEARSAL_PACE : SERVICE_PACE);
  return {
    host: api.host,
    models: await catalogue(api, signal),
    quote: async (model, inputs) => await quote(api, model, inputs, signal),
  };
}

/** The request with the addresses of its media in the place of their digests, in the order of the prompt's tokens. */
async function prepare(job: Job, media: MediaUploads, signal: AbortSignal): Promise<Payload> {
  const payload: Record<string, Json> = { ...job.request.inputs };
  const urls = new Map<string, string[]>();
  for (const use of job.media) {
    urls.set(use.field, [...(urls.get(use.field) ?? []), await media.urlOf(use, signal)]);
  }
  for (const [field, own] of urls) payload[field] = Array.isArray(payload[field]) ? own : (own[0] as string);
  return payload;
}

async function submit(api: Api, model: string, payload: Payload): Promise<Answer> {
  const posted = await api.order(model, payload);
  if (posted.kind === 'answered') {
    return readAnswer(posted.status, posted.retryAfter, posted.envelope, model);
  }
  const { message } = posted.error;
  return posted.kind === 'unsent'
    ? { kind: 'unsent', failure: new Failure('unreachable', `${api.host} cannot be reached: ${message}`) }
    : {
        kind: 'unknown',
        failure: new Failure('answer-lost', `the answer of ${api.host} was lost: ${message}`),
      };
}

function addressesIn(payload: Payload): string[] {
  return Object.values(payload)
    .flat()
    .filter(value => typeof value === 'string' && URL.canParse(value)) as string[];
}

function apiKey(text: string | undefined): ApiKey {
  if (text !== undefined && text.trim() !== '') return new ApiKey(text);
  throw new Failure('key-missing', 'WaveSpeed needs an API key, and WAVESPEED_API_KEY is not set', {
    hint: 'Set it to the key of your account, or name a file that only you can read with --key-file. The animatic needs none: --provider animatic.',
  });
}
