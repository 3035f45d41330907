import { createHash } from 'node:crypto';

/** Everything that can go wrong, by the point at which it does. */
export const FAULTS = {
  submit: [
    'rate-limit', // 429 with Retry-After
    'rate-limit-bare', // 429 without
    'bad-request',
    'unauthorized',
    'no-credit',
    'error-500-before', // before the task was made: nothing charged
    'error-500-after', // after: charged
    'error-502-before', // a gateway's HTML
    'error-502-after',
    'error-503-before',
    'error-503-after',
    'reset-before',
    'reset-after',
    'hang-before',
    'hang-after',
    'slow-drip',
    'redirect-307',
    'html-200',
    'broken-json',
    'no-id',
    'server-code-200', // HTTP 200, code 500
    'server-code-with-id', // and the task that was made all the same
    'zero-codes', // a success that says `error_code: 0`
    'duplicate-id',
  ],
  task: [
    'stuck',
    'backwards',
    'unknown-status',
    'failed',
    'moderated',
    'cancelled',
    'timeout',
    'nsfw',
    'not-found-first',
    'media-unreachable',
  ],
  poll: ['rate-limit', 'rate-limit-bare', 'error-500', 'html-502', 'reset', 'garbage', 'hang'],
  history: ['missing-row', 'two-matches', 'shifted-page', 'error-500'],
  download: [
    'truncated',
    'wrong-length',
    'closed-early',
    'corrupt',
    'wrong-duration',
    'expired',
    'redirect-private',
    'redirect-loop',
    'oversize',
    'html',
  ],
  upload: ['put-rate-limit', 'put-500', 'put-reset'],
  /** Where a file is to be put, or the older form. */
  ticket: ['rate-limit', 'rate-limit-bare', 'error-500', 'too-large'],
} as const;

export type FaultPoint = keyof typeof FAULTS;

/** One line of a script: what goes wrong, where, for which prompts, and how often. */
export interface ScriptedFault {
  readonly point: FaultPoint;
  readonly fault: string;
  /** Only for requests whose prompt has this text in it. */
  readonly prompt?: string;
  /** The first so many times; default 1. */
  readonly times?: number;
}

export interface FaultScript {
  readonly scripted?: readonly ScriptedFault[];
  /** Beside the script: how often something goes wrong, from 0 to 1. */
  readonly rate?: number;
  /** The same seed gives the same faults for the same requests, in whatever order they come. */
  readonly seed?: number;
  /** Which faults chance may choose from; default: those after which a film can still be finished. */
  readonly kinds?: Partial<Record<FaultPoint, readonly string[]>>;
}

/** After these, money and clips are still where they belong once a client has done its work. */
export const SURVIVABLE: Required<FaultScript>['kinds'] = {
  submit: FAULTS.submit.filter(
    fault => !/^(bad-request|unauthorized|no-credit|hang-|.*-before$|redirect-307)/.test(fault),
  ),
  task: ['stuck', 'backwards', 'unknown-status', 'not-found-first'],
  poll: ['rate-limit-bare', 'error-500', 'html-502', 'reset', 'garbage'],
  download: ['truncated', 'wrong-length', 'closed-early', 'corrupt', 'wrong-duration', 'expired', 'html'],
  upload: ['put-rate-limit', 'put-500', 'put-reset'],
  ticket: ['rate-limit-bare', 'error-500'],
};

/** Decides, request by request, what goes wrong. */
export class Faults {
  private script: FaultScript;
  private readonly counts = new Map<string, number>();
  private used = new Map<ScriptedFault, number>();

  constructor(script: FaultScript = {}) {
    this.script = script;
  }

  replace(script: FaultScript): void {
    this.script = script;
    this.used = new Map();
  }

  /** `subject` names what the request is about: its attempts are counted. */
  pick(point: FaultPoint, subject: string, prompt: string): string | null {
    for (const line of this.script.scripted ?? []) {
      if (line.point !== point || !prompt.includes(line.prompt ?? '')) continue;
      const used = this.used.get(line) ?? 0;
      if (used >= (line.times ?? 1)) continue;
      this.used.set(line, used + 1);
      return line.fault;
    }
    const { rate = 0, seed = 0 } = this.script;
    const kinds = (this.script.kinds ?? SURVIVABLE)[point] ?? [];
    if (rate === 0 || kinds.length === 0) return null;
    const name = `${point} ${subject}`;
    const attempt = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, attempt);
    const dice = createHash('sha256').update(`${seed} ${name} ${attempt}`).digest();
    if (dice.readUInt32BE(0) / 2 ** 32 >= rate) return null;
    return kinds[dice.readUInt32BE(4) % kinds.length] ?? null;
  }
}
