import { expect, test } from 'vitest';
import { chaos } from '../soak/chaos.ts';
import { testProject } from '../support/project.ts';

// The same as `npm run soak`, as large as a test may be; `npm run soak -- --shots 10000` is the real thing.
const EMULATOR = { shrink: 20, serviceMs: 100 };

test('faults and kill -9: each order is charged once, and every charged clip is here', async () => {
  const { folder } = await testProject();
  const report = await chaos({
    folder,
    ...{ shots: 40, kills: 4, processes: 1, concurrency: 12, seed: 7 },
    emulator: { ...EMULATOR, faults: { rate: 0.2, seed: 7 } },
  });
  expect(report).toMatchObject({ doubles: [], lost: [], missing: 0 });
  expect(report.killed).toBeGreaterThan(1);
  expect(report.charges + report.held).toBeGreaterThanOrEqual(40);
  expect(report.injected).toBeGreaterThan(20);
}, 120_000);

test('eight processes at once: as many charges as shots', async () => {
  const { folder } = await testProject();
  const report = await chaos({
    folder,
    ...{ shots: 24, kills: 0, processes: 8, concurrency: 3, seed: 1 },
    emulator: EMULATOR,
  });
  expect(report).toMatchObject({
    charges: 24,
    submits: 24,
    doubles: [],
    lost: [],
    held: 0,
    missing: 0,
    exitCode: 0,
  });
}, 120_000);
