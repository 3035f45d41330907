import { spawn } from 'node:child_process';
import { promises as fs } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Key, Sha256 } from '../../../src/plan/key.ts';
import type { Caps } from '../../../src/store/journal/caps.ts';
import { Journal } from '../../../src/store/journal/journal.ts';
import { reconcile } from '../../../src/store/journal/reconcile.ts';
import type { Order, Submission } from '../../../src/store/journal/submission.ts';
import { testProject } from '../../support/project.ts';

const NO_CAPS: Caps = { budgetMicros: null, elsewhereMicros: 0, runMicros: null };
const NO_WISH = { replaces: null, clipIsLost: false };

function key(n: number): Key {
  return n.toString(16).padStart(64, '0') as Key;
}

function order(n: number, fields: Partial<Order> = {}): Order {
  return {
    key: key(n),
    provider: 'wavespeed',
    model: 'm',
    storyboard: 'reel.yaml',
    scene: null,
    shot: `s${n}`,
    take: 1,
    payload: { prompt: `p${n}`, seed: n },
    price: { micros: 1_000_000, source: 'listed' },
    ...fields,
  };
}

async function open() {
  const project = await testProject();
  const folder = project.path('.storyreel');
  return { folder, journal: await Journal.open(folder) };
}

async function intended(
  journal: Journal,
  n: number,
  caps: Caps = NO_CAPS,
  fields: Partial<Order> = {},
): Promise<Submission> {
  const claim = journal.claim(key(n), NO_WISH);
  if (claim.kind !== 'open') throw new Error(`claim is ${claim.kind}`);
  const submission = await journal.intend(order(n, fields), caps, claim.replaces);
  if (submission === null) throw new Error('another was faster');
  return submission;
}

describe('a submission', () => {
  test('goes from intent to stored, and counts for its key all the way', async () => {
    const { journal } = await open();
    const intent = await intended(journal, 1);
    expect(intent).toMatchObject({ state: 'intent', chargeMicros: 1_000_000, predictionId: null });
    const submitted = await journal.submitted(intent, 'p1');
    expect(submitted).toMatchObject({ state: 'submitted', predictionId: 'p1' });
    expect(await journal.completed(submitted, 'https://x/y.mp4')).toMatchObject({ state: 'completed' });
    expect(await journal.stored(submitted, 'c'.repeat(64) as Sha256)).toMatchObject({
      state: 'stored',
      outputUrl: null,
    });
    expect(journal.claim(key(1), NO_WISH).kind).toBe('ended');
    expect(journal.sums()).toEqual({ spentMicros: 1_000_000, atRiskMicros: 0 });
  });

  test('is on the disk when intend returns: another connection sees it at once', async () => {
    const { journal, folder } = await open();
    await intended(journal, 1);
    const other = await Journal.open(folder);
    expect(other.of(key(1))?.state).toBe('intent');
    expect(other.claim(key(1), NO_WISH).kind).toBe('elsewhere');
  });

  test('is one for each key: who comes second writes nothing', async () => {
    const { journal, folder } = await open();
    const other = await Journal.open(folder);
    const claims = [journal, other].map(one => one.claim(key(1), NO_WISH));
    expect(claims.map(({ kind }) => kind)).toEqual(['open', 'open']);
    expect(await journal.intend(order(1), NO_CAPS, null)).not.toBeNull();
    expect(await other.intend(order(1), NO_CAPS, null)).toBeNull();
    expect(journal.all()).toHaveLength(1);
  });

  test('that was refused costs nothing and may be tried again in its place', async () => {
    const { journal } = await open();
    await journal.rejected(await intended(journal, 1), 'rate-limited', 'too many');
    expect(journal.sums()).toEqual({ spentMicros: 0, atRiskMicros: 0 });
    await intended(journal, 1);
    expect(journal.all()).toHaveLength(1);
  });

  test('that failed is bought again only for who asks, and stays in the ledger', async () => {
    const { journal } = await open();
    await journal.failed(
      await journal.submitted(await intended(journal, 1), 'p1'),
      'moderated',
      'no',
      1_000_000,
    );
    expect(journal.claim(key(1), NO_WISH).kind).toBe('ended');
    const failed = journal.of(key(1)) as Submission;
    expect(journal.claim(key(1), { ...NO_WISH, replaces: failed.id + 1 }).kind).toBe('ended');
    const claim = journal.claim(key(1), { ...NO_WISH, replaces: failed.id });
    if (claim.kind !== 'open') throw new Error(claim.kind);
    await journal.intend(order(1), NO_CAPS, claim.replaces);
    expect(journal.all().map(({ state, current }) => [state, current])).toEqual([
      ['failed', false],
      ['intent', true],
    ]);
    expect(journal.sums()).toEqual({ spentMicros: 1_000_000, atRiskMicros: 1_000_000 });
  });

  test('cannot take a prediction that another one holds', async () => {
    const { journal } = await open();
    await journal.submitted(await intended(journal, 1), 'p1');
    const second = await intended(journal, 2);
    await expect(journal.submitted(second, 'p1')).rejects.toThrow(/belongs to s1 take 1/);
    expect(journal.of(key(2))?.state).toBe('intent');
  });

  test('whose clip is lost is asked for again while the service keeps it, then bought anew', async () => {
    const { journal } = await open();
    const old = Date.now() - 8 * 24 * 60 * 60 * 1000;
    await journal.stored(await journal.submitted(await intended(journal, 1), 'p1'), 'c'.repeat(64) as Sha256);
    await journal.stored(
      await journal.submitted(await intended(journal, 2), 'p2', old),
      'd'.repeat(64) as Sha256,
    );
    const lost = { ...NO_WISH, clipIsLost: true };
    expect(journal.claim(key(1), lost)).toMatchObject({ kind: 'ours', submission: { state: 'submitted' } });
    expect(journal.claim(key(2), lost)).toMatchObject({ kind: 'open', replaces: { predictionId: 'p2' } });
  });
});

describe('owners', () => {
  test('a process that has died lets go at once; its intent becomes unknown, its prediction is gone on with', async () => {
    const { folder } = await open();
    const module = new URL('../../../dist/store/journal/journal.js', import.meta.url);
    const child = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `const { Journal } = await import(${JSON.stringify(module.href)});
       const journal = await Journal.open(${JSON.stringify(folder)});
       const caps = ${JSON.stringify(NO_CAPS)};
       await journal.intend(${JSON.stringify(order(1))}, caps, null);
       await journal.submitted(await journal.intend(${JSON.stringify(order(2))}, caps, null), 'p2');
       process.stdout.write('written');
       setInterval(() => {}, 1000);`,
    ]);
    await new Promise(resolve => child.stdout.once('data', resolve));
    const journal = await Journal.open(folder);
    expect(journal.claim(key(1), NO_WISH).kind).toBe('elsewhere');
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    expect(journal.claim(key(1), NO_WISH)).toMatchObject({
      kind: 'ours',
      submission: { state: 'unknown', errorCode: 'interrupted' },
    });
    expect(journal.claim(key(2), NO_WISH)).toMatchObject({
      kind: 'ours',
      submission: { state: 'submitted', predictionId: 'p2' },
    });
  });

  test('release lets others go on', async () => {
    const { journal, folder } = await open();
    await journal.submitted(await intended(journal, 1), 'p1');
    const other = await Journal.open(folder);
    expect(other.claim(key(1), NO_WISH).kind).toBe('elsewhere');
    expect(other.isElsewhere(key(1))).toBe(true);
    journal.release();
    expect(other.isElsewhere(key(1))).toBe(false);
    expect(other.claim(key(1), NO_WISH).kind).toBe('ours');
  });

  test('an answer that comes after somebody took over is not lost', async () => {
    const { journal, folder } = await open();
    const intent = await intended(journal, 1);
    journal.release(); // as if the lease had run out
    const other = await Journal.open(folder);
    expect(other.claim(key(1), NO_WISH)).toMatchObject({ kind: 'ours', submission: { state: 'unknown' } });
    await journal.submitted(intent, 'p1');
    expect(other.of(key(1))).toMatchObject({ state: 'submitted', predictionId: 'p1' });
  });
});

describe('budgets', () => {
  test('count what was spent, what may have been, and what the lock file knows', async () => {
    const { journal } = await open();
    const caps = { budgetMicros: 3_500_000, elsewhereMicros: 500_000, runMicros: null };
    await journal.submitted(await intended(journal, 1, caps), 'p1');
    await journal.unknown(await intended(journal, 2, caps), 'answer-lost', '');
    const third = await intended(journal, 3, caps); // 3.50 of 3.50
    await expect(intended(journal, 4, caps)).rejects.toThrow(/budget of \$3.50/);
    expect(journal.of(key(4))).toBeNull();
    await journal.rejected(third, 'rate-limited', '');
    await intended(journal, 4, caps);
    await intended(journal, 5, caps, { storyboard: 'other.yaml' });
  });

  test('what a run may spend is counted by run', async () => {
    const { journal, folder } = await open();
    const caps = { ...NO_CAPS, runMicros: 1_500_000 };
    await intended(journal, 1, caps);
    await expect(intended(journal, 2, caps)).rejects.toThrow(/may spend \$1.50/);
    await intended(await Journal.open(folder), 2, caps);
  });

  test('500 races of 8 processes: not a micro-dollar over', async () => {
    const { journal, folder } = await open();
    const module = new URL('../../../dist/store/journal/journal.js', import.meta.url);
    const budgetMicros = 100_700_000; // a hundred and a bit
    const racers = Array.from({ length: 8 }, (_, racer) => {
      const program = `
        const { Journal } = await import(${JSON.stringify(module.href)});
        const journal = await Journal.open(${JSON.stringify(folder)});
        for (let n = 0; n < 63; n++) {
          const key = (${racer} * 1000 + n + 1).toString(16).padStart(64, '0');
          try {
            const order = { ...${JSON.stringify(order(1))}, key, shot: 's' + n };
            const made = await journal.intend(order, { budgetMicros: ${budgetMicros}, elsewhereMicros: 0, runMicros: null }, null);
            // A part is refused, and tried again by nobody: its money is free for others.
            if (n % 7 === 0) await journal.rejected(made, 'rate-limited', '');
          } catch (error) {
            if (error.code !== 'over-budget') { console.error(error); process.exit(1); }
          }
        }`;
      return new Promise<number | null>(resolve =>
        spawn(process.execPath, ['--input-type=module', '-e', program], {
          stdio: ['ignore', 'ignore', 'inherit'],
        }).once('exit', resolve),
      );
    });
    expect(await Promise.all(racers)).toEqual(Array(8).fill(0));
    const { spentMicros, atRiskMicros } = journal.sums();
    expect(spentMicros).toBe(0);
    expect(atRiskMicros).toBe(100_000_000);
  });

  test('sums are what the rows say, after any sequence of what can happen', async () => {
    const { journal } = await open();
    let next = 1;
    const event = fc.constantFrom(
      'submitted',
      'failed-free',
      'failed-charged',
      'rejected',
      'unknown',
      'abandoned',
      'stored',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(event, fc.integer({ min: 1, max: 9_999_999 })), { maxLength: 6 }),
        async events => {
          const before = journal.sums();
          let spent = 0;
          let atRisk = 0;
          for (const [what, micros] of events) {
            const n = next++;
            const intent = await intended(journal, n, NO_CAPS, { price: { micros, source: 'listed' } });
            if (what === 'rejected') await journal.rejected(intent, 'rate-limited', '');
            else if (what === 'unknown' || what === 'abandoned') {
              const unknown = await journal.unknown(intent, 'answer-lost', '');
              if (what === 'abandoned') await journal.abandoned(unknown, { again: micros % 2 === 0 });
              atRisk += micros;
            } else {
              const submitted = await journal.submitted(intent, `p${n}`);
              const free = what === 'failed-free';
              if (free || what === 'failed-charged')
                await journal.failed(submitted, 'task-failed', '', free ? 0 : micros);
              if (what === 'stored') await journal.stored(submitted, 'c'.repeat(64) as Sha256);
              spent += free ? 0 : micros;
            }
          }
          expect(journal.sums()).toEqual({
            spentMicros: before.spentMicros + spent,
            atRiskMicros: before.atRiskMicros + atRisk,
          });
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a journal that cannot be used says so', () => {
  test.each([
    ['no database', 'journal-broken', 'x'.repeat(8192)],
    ['a folder in its place', 'is-a-folder', null],
  ])('%s', async (_, code, content) => {
    const project = await testProject();
    const path = project.path('.storyreel/journal.db');
    if (content === null) await fs.mkdir(path);
    else await fs.writeFile(path, content);
    await expect(Journal.open(project.path('.storyreel'))).rejects.toMatchObject({
      code,
      hint: expect.any(String),
    });
  });

  test('one that a newer version wrote is left alone', async () => {
    const { journal, folder } = await open();
    journal.close();
    const { openDatabase } = await import('../../../src/store/journal/database.ts');
    const database = await openDatabase(folder);
    database.pragma('user_version = 99');
    database.close();
    await expect(Journal.open(folder)).rejects.toMatchObject({ code: 'journal-newer' });
  });
});

describe('reconciling', () => {
  const row = (fields: Partial<Submission>): Submission =>
    ({
      ...order(1),
      id: 1,
      state: 'stored',
      chargeMicros: 1_000_000,
      intendedAt: 100,
      ...fields,
    }) as Submission;
  const remote = (id: string) => ({ id, model: 'm', status: 'completed' });
  const bill = (chargedMicros: number, refundedMicros = 0) => ({ chargedMicros, refundedMicros });

  test('finds refunds, other sums, bills we do not know, and predictions that are lost', () => {
    const { findings, charges } = reconcile(
      [
        row({ predictionId: 'same' }),
        row({ predictionId: 'refunded', state: 'failed' }),
        row({ predictionId: 'dearer' }),
        row({ predictionId: 'lost' }),
        row({ predictionId: null, state: 'unknown' }),
        row({ predictionId: 'old', intendedAt: 5 }),
      ],
      [remote('same'), remote('refunded'), remote('dearer'), remote('stranger')],
      new Map([
        ['same', bill(1_000_000)],
        ['refunded', bill(1_000_000, 1_000_000)],
        ['dearer', bill(1_200_000)],
        ['stranger', bill(700_000)],
      ]),
      50,
    );
    expect(findings.map(({ kind, prediction, micros }) => [kind, prediction, micros])).toEqual([
      ['refunded', 'refunded', 0],
      ['charged', 'dearer', 1_200_000],
      ['lost', 'lost', 1_000_000],
      ['held', null, 1_000_000],
      ['unknown-to-us', 'stranger', 700_000],
    ]);
    expect(charges.map(({ submission, micros }) => [submission.predictionId, micros])).toEqual([
      ['refunded', 0],
      ['dearer', 1_200_000],
    ]);
  });
});
