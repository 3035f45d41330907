import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type RenderEvent, type RenderOptions, type RenderResult, render } from '../../src/index.ts';
import { listClips } from '../../src/store/inspect.ts';
import { Journal } from '../../src/store/journal/journal.ts';
import type { Submission } from '../../src/store/journal/submission.ts';
import { Store } from '../../src/store/store.ts';
import { Emulator, type EmulatorOptions } from '../emulator/emulator.ts';
import type { ScriptedFault } from '../emulator/faults.ts';
import { afterFile } from './after-file.ts';
import { type TestProject, testProject } from './project.ts';
import { REFERENCES, shot, storyboardText } from './storyboards.ts';

/** The API on this machine, with small clips; closed when the test file has run. */
export async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await Emulator.start({ shrink: 16, serviceMs: 60, ...options });
  afterFile(() => emulator.close());
  return emulator;
}

/** A storyboard of shots `s0`, `s1` … that are bought. */
export async function paidProject(shots: number | string, rest = ''): Promise<TestProject> {
  const text =
    typeof shots === 'string' ? shots : Array.from({ length: shots }, (_, n) => shot(`s${n}`)).join('');
  return await testProject({
    ...REFERENCES,
    'reel.yaml': storyboardText(text, `provider: wavespeed\n${rest}`),
  });
}

export interface PaidRun extends RenderResult {
  readonly events: readonly RenderEvent[];
}

/** Renders without a film, unless asked. */
export async function buy(
  project: TestProject,
  emulator: Emulator,
  options: Partial<RenderOptions> = {},
): Promise<PaidRun> {
  const events: RenderEvent[] = [];
  const result = await render(['reel.yaml'], {
    cwd: project.folder,
    environment: { ...process.env, ...emulator.environment },
    confirm: async () => true,
    cut: false,
    onEvent: event => events.push(event),
    ...options,
  });
  return { ...result, events };
}

export async function journalOf(project: TestProject): Promise<Submission[]> {
  const journal = await Journal.openExisting(project.path('.storyreel'));
  try {
    return journal?.all() ?? [];
  } finally {
    journal?.close();
  }
}

/** How often each order was charged: more than once is what must never be. */
export function chargesPerOrder(emulator: Emulator): Map<string, number> {
  const charges = new Map<string, number>();
  for (const { identity } of emulator.ledger().charges)
    charges.set(identity, (charges.get(identity) ?? 0) + 1);
  return charges;
}

/** The ledger of the service against the store: each order charged once, each charged clip here and whole. */
export async function expectAllHere(project: TestProject, emulator: Emulator, orders: number): Promise<void> {
  const charges = chargesPerOrder(emulator);
  expect([...charges].filter(([, times]) => times > 1)).toEqual([]);
  expect(charges.size).toBe(orders);
  const store = new Store(project.path('.storyreel'));
  const here = new Map<string | null, string>();
  for (const { sha256, records } of await listClips(store)) {
    expect(await store.clipState(sha256, { afresh: true })).toBe('intact');
    for (const record of records) here.set(record.predictionId, sha256);
  }
  const missing = emulator.ledger().charges.filter(({ predictionId }) => !here.has(predictionId));
  expect(missing).toEqual([]);
  expect(emulator.ledger().leaks).toEqual([]);
}

/** Every file below a folder, as text: for what must be in none of them. */
export async function everythingWritten(folder: string): Promise<string> {
  let text = '';
  for (const entry of await fs.readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) text += await fs.readFile(join(entry.parentPath, entry.name), 'latin1');
  }
  return text;
}

/** Faults in the order in which requests meet them. */
export function scripted(...lines: ScriptedFault[]): { scripted: ScriptedFault[] } {
  return { scripted: lines };
}
