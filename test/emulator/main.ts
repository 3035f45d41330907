import { parseArgs } from 'node:util';
import { Emulator, type EmulatorOptions } from './emulator.ts';

const HELP = `Emulates the WaveSpeed API on this machine, to rehearse paid runs for nothing.

  --port N            where to listen (default: 4545)
  --service-ms N      what a clip takes (default: 5000)
  --balance USD       what the account has (default: 100)
  --per-minute N      clips that the account may order a minute
  --at-once N         clips that the account may have in the making
  --faults RATE       how often something goes wrong, from 0 to 1
  --seed N            the same seed, the same faults
  --history-lag-ms N  how late a prediction appears in the history
  --price-factor X    multiplies all prices
  --shrink N          divides the clips' width and height
`;

const number = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    port: number,
    'service-ms': number,
    balance: number,
    'per-minute': number,
    'at-once': number,
    faults: number,
    seed: number,
    'history-lag-ms': number,
    'price-factor': number,
    shrink: number,
    'same-bytes': { type: 'boolean' },
  },
});

if (values.help === true) {
  process.stdout.write(HELP);
} else {
  const emulator = await Emulator.start(optionsOf());
  const { WAVESPEED_API_KEY, STORYREEL_WAVESPEED_URL } = emulator.environment;
  process.stdout.write(
    `The WaveSpeed API is rehearsed at ${emulator.url}. In another terminal:\n\n` +
      `  export STORYREEL_WAVESPEED_URL=${STORYREEL_WAVESPEED_URL} WAVESPEED_API_KEY=${WAVESPEED_API_KEY}\n` +
      `  npx storyreel init ../rehearsal && npx storyreel render ../rehearsal --provider wavespeed\n\n` +
      `Its ledger: ${emulator.url}/emulator/ledger. Ctrl-C ends it.\n`,
  );
  const end = () => void emulator.close().then(() => process.exit(0));
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

function optionsOf(): EmulatorOptions {
  const given = (name: keyof typeof values): number | undefined => {
    const text = values[name];
    if (typeof text !== 'string') return undefined;
    if (Number.isFinite(Number(text))) return Number(text);
    process.stderr.write(`--${name} takes a number, not ${JSON.stringify(text)}\n`);
    process.exit(2);
  };
  return {
    port: given('port') ?? 4545,
    serviceMs: given('service-ms') ?? 5000,
    balance: given('balance') ?? 100,
    perMinute: given('per-minute') ?? null,
    atOnce: given('at-once') ?? null,
    historyLagMs: given('history-lag-ms') ?? 0,
    priceFactor: given('price-factor') ?? 1,
    shrink: given('shrink') ?? 1,
    sameBytes: values['same-bytes'] === true,
    faults: { rate: given('faults') ?? 0, seed: given('seed') ?? 1 },
  };
}
