import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chaos } from './chaos.ts';

// `npm run soak`: what test/render/chaos.test.ts does, as large as wanted.
const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { shots: text, kills: text, processes: text, concurrency: text, faults: text, seed: text },
});
const number = (given: string | undefined, otherwise: number) =>
  given === undefined ? otherwise : Number(given);

const folder = await fs.mkdtemp(join(tmpdir(), 'storyreel-soak-'));
try {
  const report = await chaos({
    folder,
    shots: number(values.shots, 1000),
    kills: number(values.kills, 25),
    processes: number(values.processes, 1),
    concurrency: number(values.concurrency, 16),
    seed: number(values.seed, 1),
    emulator: {
      shrink: 20,
      serviceMs: 200,
      faults: { rate: number(values.faults, 0.2), seed: number(values.seed, 1) },
    },
    onRound: words => process.stderr.write(`${words}\n`),
  });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const sound = report.doubles.length === 0 && report.lost.length === 0 && report.missing === 0;
  process.exitCode = sound ? 0 : 1;
} finally {
  await fs.rm(folder, { recursive: true, force: true });
}
