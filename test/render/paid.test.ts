import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { plan } from '../../src/index.ts';
import { Journal } from '../../src/store/journal/journal.ts';
import type { Submission } from '../../src/store/journal/submission.ts';
import {
  buy,
  chargesPerOrder,
  emulate,
  expectAllHere,
  journalOf,
  paidProject,
  scripted,
} from '../support/paid.ts';
import { command, type TestProject } from '../support/project.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

async function actions(project: TestProject) {
  const { plan: now } = await plan(['reel.yaml'], { cwd: project.folder });
  return now.takes.map(({ action, reasons }) => [action, ...reasons]);
}

describe('a paid run', () => {
  test('submits each take once, stores and locks it; a second run asks the service nothing', async () => {
    const emulator = await emulate();
    const project = await paidProject(shot('a') + shot('b', { takes: 2, prompt: '{bo} and {mira} nod' }));
    const first = await buy(project, emulator);
    expect(first).toMatchObject({ exitCode: 0, spentMicros: 2_100_000 });
    await expectAllHere(project, emulator, 3);
    expect(emulator.ledger()).toMatchObject({
      chargedMicros: 2_100_000,
      requests: { submit: 3, upload: 2, put: 2, price: 1, balance: 1 },
    });
    const asked = emulator.ledger().requests;
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, spentMicros: 0 });
    expect(emulator.ledger().requests).toEqual(asked);
    const lock = await project.read('reel.lock.yaml');
    for (const { predictionId } of emulator.ledger().charges) expect(lock).toContain(predictionId);
  });

  test('every parameter reaches the wire as the page of the model says', async () => {
    const emulator = await emulate();
    const project = await paidProject(
      shot('a', {
        prompt: '{bo} waves to {mira}',
        image: 'refs/still.png',
        negative_prompt: 'blur',
        resolution: '1080p',
        aspect_ratio: '9:16',
        duration: 4,
        seed: 7,
        enable_prompt_expansion: true,
      }),
    );
    await project.write('refs/still.png', 'a picture, as bytes');
    await buy(project, emulator);
    const [prediction] = emulator.service.predictions.values();
    const url = expect.stringMatching(/^http:.*\/media\/[0-9a-f]+$/);
    expect(prediction?.inputs).toEqual({
      prompt: 'Video 1 waves to Video 2',
      videos: [url, url],
      image: url,
      negative_prompt: 'blur',
      resolution: '1080p',
      aspect_ratio: '9:16',
      duration: 4,
      enable_prompt_expansion: true,
      seed: 7,
    });
    expect(emulator.ledger().charges[0]?.dropped).toEqual([]);
    expect(new Set(prediction?.inputs.videos as string[]).size).toBe(2);
  });

  test('the same bytes are uploaded once while their address lives, whatever their names', async () => {
    const emulator = await emulate();
    const project = await paidProject(shot('a') + shot('b', { prompt: '{bo} waits' }));
    await project.write('refs/bo.mp4', REFERENCES['refs/mira.mp4']);
    await buy(project, emulator);
    expect(emulator.ledger().requests).toMatchObject({ upload: 1, put: 1, submit: 2 });
    await project.write('reel.yaml', storyboardText(shot('c'), 'provider: wavespeed\n'));
    await buy(project, emulator);
    expect(emulator.ledger().requests).toMatchObject({ upload: 1, put: 1, submit: 3 });
  });

  test('an upload whose address has expired is made anew', async () => {
    const emulator = await emulate({ uploadTtlMs: 3000 });
    const project = await paidProject(shot('a'));
    await buy(project, emulator);
    await new Promise(resolve => setTimeout(resolve, 3000));
    await project.write('reel.yaml', storyboardText(shot('c'), 'provider: wavespeed\n'));
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
    expect(emulator.ledger().requests).toMatchObject({ upload: 2, put: 2 });
  });

  test('a service without tickets gets the older form, one without prices and balance the table', async () => {
    const emulator = await emulate({ without: ['tickets', 'price', 'balance'] });
    const project = await paidProject(2);
    let notes: readonly string[] = [];
    const result = await buy(project, emulator, {
      confirm: async quoted => {
        notes = quoted.notes;
        return true;
      },
    });
    expect(result).toMatchObject({ exitCode: 0, spentMicros: 1_400_000 });
    expect(notes).toEqual([
      "wavespeed did not quote every price: those are from the model's own table",
      'wavespeed did not tell the balance',
    ]);
    expect(result.plan.takes[0]?.price.source).toBe('computed');
    expect(emulator.ledger().requests).toMatchObject({ 'upload-binary': 1, submit: 2 });
    await expectAllHere(project, emulator, 2);
  });
});

describe('cost before anything', () => {
  test('the live price is asked once for each price, and is what is asked for and journalled', async () => {
    const emulator = await emulate({ discount: 0.9 });
    const project = await paidProject(shot('a') + shot('b') + shot('c', { duration: 5 }));
    const asked: number[] = [];
    const { plan: bought } = await buy(project, emulator, {
      confirm: async ({ plan: quoted, balanceMicros }) => {
        asked.push(quoted.newMicros, balanceMicros ?? -1);
        expect(emulator.ledger().requests.submit).toBeUndefined();
        return true;
      },
    });
    expect(asked).toEqual([630_000 + 630_000 + 900_000, 1e12]);
    expect(bought.takes[0]?.price).toEqual({ micros: 630_000, source: 'quoted', tableMicros: 700_000 });
    expect(emulator.ledger()).toMatchObject({ chargedMicros: 2_160_000, requests: { price: 2 } });
    expect((await journalOf(project)).map(({ chargeMicros }) => chargeMicros)).toEqual([
      630_000, 630_000, 900_000,
    ]);
  });

  test('a balance that is too low is refused before anything is sent', async () => {
    const emulator = await emulate({ balance: 1.39 });
    const project = await paidProject(2);
    await expect(buy(project, emulator)).rejects.toMatchObject({ code: 'balance-too-low', exitCode: 5 });
    expect(emulator.ledger().requests).toEqual({ price: 1, balance: 1 });
  });

  test.each([
    ['no key', {}, 'key-missing'],
    ['a wrong key', { WAVESPEED_API_KEY: 'wrong-key-0123456789' }, 'key-refused'],
    ['what is no key', { WAVESPEED_API_KEY: 'two words' }, 'key-malformed'],
    ['an address that would show the key', { STORYREEL_WAVESPEED_URL: 'http://example.com' }, 'bad-url'],
    ['a password for the key', { STORYREEL_WAVESPEED_URL: 'http://me:word@127.0.0.1:9' }, 'bad-url'],
    ['a name for the key', { STORYREEL_WAVESPEED_URL: 'https://me@example.com' }, 'bad-url'],
  ])('%s: refused before anything is sent', async (_, environment, code) => {
    const emulator = await emulate();
    const project = await paidProject(1);
    const { STORYREEL_WAVESPEED_URL, WAVESPEED_API_KEY } = emulator.environment;
    const full = {
      ...process.env,
      STORYREEL_WAVESPEED_URL,
      ...(code === 'bad-url' ? { WAVESPEED_API_KEY } : {}),
      ...environment,
    };
    await expect(buy(project, emulator, { environment: full })).rejects.toMatchObject({ code });
    expect(emulator.ledger().requests.submit).toBeUndefined();
  });

  test('--max-cost holds against quoted prices', async () => {
    const emulator = await emulate({ priceFactor: 2 });
    const project = await paidProject(1);
    const refused = buy(project, emulator, { maxCostMicros: 1_000_000 });
    await expect(refused).rejects.toMatchObject({ code: 'over-max-cost', exitCode: 5 });
    expect(emulator.ledger().charges).toEqual([]);
  });

  test('clips of a rehearsal never pass for bought ones', async () => {
    const emulator = await emulate();
    const project = await paidProject(1);
    await buy(project, emulator);
    const environment = { ...process.env, WAVESPEED_API_KEY: 'a-real-key-0123456789' };
    await expect(buy(project, emulator, { environment })).rejects.toMatchObject({
      code: 'other-service',
      exitCode: 5,
    });
  });
});

/** Answers after which the service may have charged: looked for, found, and never sent again. */
const LOST_AND_CHARGED = [
  ...['error-500-after', 'error-502-after', 'error-503-after', 'reset-after', 'html-200', 'broken-json'],
  ...['no-id', 'server-code-200', 'server-code-with-id', 'hang-after'],
];
/** The same answers, but nothing was made: nobody can know, so it is held. */
const LOST_AND_NOT_CHARGED = [
  ...['error-500-before', 'error-502-before', 'error-503-before', 'reset-before', 'redirect-307'],
];

describe('a lost answer', () => {
  test.each(LOST_AND_CHARGED)('%s: the prediction is found in the history, and paid once', async fault => {
    const emulator = await emulate({ faults: scripted({ point: 'submit', fault, prompt: 'does s1' }) });
    const project = await paidProject(3);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
    expect(emulator.ledger().requests).toMatchObject({ submit: 3 });
    await expectAllHere(project, emulator, 3);
  });

  test.each(LOST_AND_NOT_CHARGED)('%s: held with exit 4, and not counted as bought', async fault => {
    const emulator = await emulate({ faults: scripted({ point: 'submit', fault, prompt: 'does s1' }) });
    const project = await paidProject(3);
    const first = await buy(project, emulator);
    expect(first).toMatchObject({ exitCode: 4, spentMicros: 1_400_000 });
    expect(first.events.find(({ type }) => type === 'take-held')).toMatchObject({
      shot: 's1',
      code: 'outcome-unknown',
    });
    expect(await actions(project)).toEqual([['cached'], ['held', 'outcome-unknown'], ['cached']]);
    expect(emulator.ledger().requests).toMatchObject({ submit: 3 });
  });

  test('what is held stays held, whatever is run, until its author settles it', async () => {
    const fault = scripted({ point: 'submit', fault: 'reset-before', prompt: 'does s1' });
    const emulator = await emulate({ faults: fault });
    const project = await paidProject(2, 'budget: 2\n');
    await buy(project, emulator);
    expect(await buy(project, emulator, { retryFailed: true })).toMatchObject({ exitCode: 4 });
    expect(emulator.ledger().requests).toMatchObject({ submit: 2 });
    // It may have been charged: 1.40 of 2.00 are gone, perhaps.
    await project.write('reel.yaml', (await project.read('reel.yaml')) + shot('s2'));
    await expect(buy(project, emulator)).rejects.toMatchObject({ code: 'over-budget' });

    await settle(project, (journal, held) => journal.abandoned(held, { again: true }));
    await project.write('reel.yaml', (await project.read('reel.yaml')).replace('budget: 2', 'budget: 9'));
    expect((await actions(project)).map(([action]) => action)).toEqual(['cached', 'render', 'render']);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, spentMicros: 1_400_000 });
    await expectAllHere(project, emulator, 3);
  });

  test('an id that belongs to another clip is not believed', async () => {
    const emulator = await emulate({
      faults: scripted({ point: 'submit', fault: 'duplicate-id', prompt: 'does s1' }),
    });
    const project = await paidProject(2);
    expect(await buy(project, emulator, { concurrency: 1 })).toMatchObject({ exitCode: 0 });
    await expectAllHere(project, emulator, 2);
  });

  test('an id that belongs to a clip whose answer is still on its way: each gets its own in the end', async () => {
    const faults = scripted(
      { point: 'submit', fault: 'slow-drip', prompt: 'does s0' },
      { point: 'submit', fault: 'duplicate-id', prompt: 'does s1' },
    );
    const emulator = await emulate({ faults, serviceMs: 300 });
    const project = await paidProject(2);
    for (let runs = 0; runs < 3; runs++) {
      if ((await buy(project, emulator, { concurrency: 2 })).exitCode === 0) break;
    }
    expect(emulator.ledger()).toMatchObject({
      injected: { 'submit:duplicate-id': 1 },
      requests: { submit: 2 },
    });
    await expectAllHere(project, emulator, 2);
    for (const { predictionId, payload } of await journalOf(project)) {
      const prediction = emulator.service.predictions.get(predictionId ?? '');
      expect(prediction?.inputs.prompt).toBe(payload.prompt);
    }
  });

  test.each(['at once', 'after `reconcile`'])(
    "a clip that turns out to be another's is held, in no film, and replaced by its own %s",
    async when => {
      const faults = scripted(
        { point: 'submit', fault: 'error-500-after', prompt: 'does s0' },
        { point: 'submit', fault: 'duplicate-id', prompt: 'does s1' },
        { point: 'history', fault: 'missing-row', prompt: 'does s0', times: 4 },
      );
      const emulator = await emulate({ faults });
      const project = await paidProject(2);
      expect(await buy(project, emulator, { concurrency: 1 })).toMatchObject({ exitCode: 4 });
      const wrong = await buy(project, emulator, { cut: true });
      expect(wrong).toMatchObject({ exitCode: 4, films: [] });
      expect(wrong.events).toMatchObject(
        expect.arrayContaining([
          expect.objectContaining({ type: 'take-held', shot: 's1', code: 'outcome-unknown' }),
          expect.objectContaining({ type: 'film-skipped', shots: ['s1'] }),
        ]),
      );
      const cutting = await command(['cut', 'reel.yaml'], { cwd: project.folder, env: emulator.environment });
      expect([cutting.code, cutting.stdout + cutting.stderr]).toEqual([
        3,
        expect.stringMatching(/no clip yet \(s1\)/),
      ]);
      if (when !== 'at once') {
        const told = await command(['reconcile'], { cwd: project.folder, env: emulator.environment });
        expect(told.code).toBe(0);
      }
      expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, spentMicros: expect.any(Number) });
      await expectAllHere(project, emulator, 2);
      const bought = await journalOf(project);
      expect(new Set(bought.map(({ clip }) => clip)).size).toBe(2);
      const lock = await project.read('reel.lock.yaml');
      for (const { predictionId, payload, clip } of bought) {
        expect(emulator.service.predictions.get(predictionId ?? '')?.inputs.prompt).toBe(payload.prompt);
        expect(lock).toContain(clip);
        expect(lock).toContain(predictionId);
      }
    },
  );

  test('two predictions that match are not chosen between', async () => {
    const emulator = await emulate({
      faults: scripted(
        { point: 'submit', fault: 'reset-after', prompt: 'does s0' },
        { point: 'history', fault: 'two-matches', prompt: 'does s0', times: 100 },
      ),
    });
    const project = await paidProject(1);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 4 });
    expect(chargesPerOrder(emulator).size).toBe(1);
  });

  test('a history that lags, lacks rows or tells no inputs: held, and found when it has caught up', async () => {
    const late = await emulate({
      historyLagMs: 3_600_000,
      faults: scripted({ point: 'submit', fault: 'reset-after' }),
    });
    const project = await paidProject(2);
    expect(await buy(project, late)).toMatchObject({ exitCode: 4 });
    late.service.historyLagMs = 0;
    expect(await buy(project, late)).toMatchObject({ exitCode: 0 });
    await expectAllHere(project, late, 2);

    const silent = await emulate({
      historyInputs: false,
      faults: scripted({ point: 'submit', fault: 'reset-after' }),
    });
    const other = await paidProject(1);
    expect(await buy(other, silent)).toMatchObject({ exitCode: 4 });
    expect(await buy(other, silent)).toMatchObject({ exitCode: 4 });
    expect(silent.ledger().requests).toMatchObject({ submit: 1 });
  });

  test('a history in small pages: what stands behind the first is found', async () => {
    const faults = scripted({ point: 'submit', fault: 'no-id', prompt: 'does s0' });
    const emulator = await emulate({ mostRows: 1, faults });
    const project = await paidProject(5);
    expect(await buy(project, emulator, { concurrency: 5 })).toMatchObject({ exitCode: 0 });
    await expectAllHere(project, emulator, 5);
  });

  test('fifty answers that are lost together are looked for together', async () => {
    const faults = scripted({ point: 'submit', fault: 'reset-after', times: 50 });
    const emulator = await emulate({ faults, sameBytes: true });
    const project = await paidProject(50);
    expect(await buy(project, emulator, { concurrency: 50 })).toMatchObject({ exitCode: 0 });
    expect(emulator.ledger().requests).toMatchObject({ submit: 50 });
    expect(emulator.ledger().requests.history).toBeLessThan(45); // alone, each would ask once or more
    expect(chargesPerOrder(emulator).size).toBe(50);
  });

  test('a history that tells no inputs: the id that a useless answer named is asked for', async () => {
    const faults = scripted({ point: 'submit', fault: 'server-code-with-id' });
    const emulator = await emulate({ historyInputs: false, faults });
    const project = await paidProject(2);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
    await expectAllHere(project, emulator, 2);
  });

  test.each(['slow-drip', 'zero-codes'])('%s: an answer is an answer', async fault => {
    const emulator = await emulate({ faults: scripted({ point: 'submit', fault }) });
    const project = await paidProject(1);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
    expect(emulator.ledger().requests.history).toBeUndefined();
  });
});

describe('a refusal', () => {
  test.each([
    ['bad-request', 'request-refused', 3, 3],
    ['no-credit', 'no-credit', 3, 1],
    ['unauthorized', 'key-refused', 3, 1],
  ])('%s: nothing charged, the shot fails with %s', async (fault, code, exitCode, submits) => {
    const emulator = await emulate({ faults: scripted({ point: 'submit', fault, prompt: 'does s0' }) });
    const project = await paidProject(3);
    const result = await buy(project, emulator, { concurrency: 1 });
    expect(result.exitCode).toBe(exitCode);
    expect(result.failed[0]).toMatchObject({ shot: 's0', failure: { code, hint: expect.any(String) } });
    expect(emulator.ledger().requests.submit).toBe(submits);
    expect((await journalOf(project)).find(({ shot }) => shot === 's0')).toMatchObject({
      state: 'rejected',
      chargeMicros: 0,
    });
    // What was refused may be tried again without a word.
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
    await expectAllHere(project, emulator, 3);
  });

  test('a service that is not there: nothing sent, nothing held', async () => {
    const emulator = await emulate();
    const project = await paidProject(1);
    const environment = {
      ...process.env,
      ...emulator.environment,
      STORYREEL_WAVESPEED_URL: 'http://127.0.0.1:9',
    };
    await expect(buy(project, emulator, { environment })).rejects.toMatchObject({ code: 'unreachable' });
    expect(await journalOf(project)).toEqual([]);
  });
});

describe('content flags and failed tasks', () => {
  test.each([
    ['failed', 'task-failed', 0, /the task failed in the renderer/],
    ['moderated', 'moderated', 700_000, /does not comply/],
    ['cancelled', 'cancelled', 700_000, /cancelled by an operator/],
    ['timeout', 'service-failed', 0, /took too long/],
    ['nsfw', 'flagged', 700_000, /unsafe/],
    ['media-unreachable', 'media-unreachable', 0, /cannot download/],
  ])(
    '%s: told in the service’s words, never bought again unasked, and the reel goes on',
    async (fault, code, charge, words) => {
      const emulator = await emulate({ faults: scripted({ point: 'task', fault, prompt: 'does s1' }) });
      const project = await paidProject(3);
      const first = await buy(project, emulator);
      expect(first.exitCode).toBe(3);
      expect(first.failed).toHaveLength(1);
      expect(first.failed[0]).toMatchObject({
        shot: 's1',
        failure: { code, message: expect.stringMatching(words) },
      });
      expect(await actions(project)).toEqual([['cached'], ['held', 'failed'], ['cached']]);
      const again = await buy(project, emulator);
      expect(again).toMatchObject({ exitCode: 3, spentMicros: 0 });
      expect(again.failed[0]?.failure).toMatchObject({ code, message: expect.stringMatching(words) });
      expect(emulator.ledger().requests.submit).toBe(3);
      const [, failed] = await journalOf(project);
      expect(failed).toMatchObject({ state: 'failed', chargeMicros: charge, errorCode: code });

      expect(await buy(project, emulator, { retryFailed: true })).toMatchObject({
        exitCode: 0,
        spentMicros: 700_000,
      });
      expect(emulator.ledger().requests.submit).toBe(4);
      expect(await actions(project)).toEqual([['cached'], ['cached'], ['cached']]);
    },
  );

  test('a flagged clip that its author wants is fetched, not bought again', async () => {
    const emulator = await emulate({ faults: scripted({ point: 'task', fault: 'nsfw' }) });
    const project = await paidProject(1);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 3 });
    await settle(project, (journal, flagged) => journal.adopted(flagged, flagged.predictionId ?? ''));
    expect(await actions(project)).toEqual([['resume', 'new']]);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, spentMicros: 0 });
    await expectAllHere(project, emulator, 1);
  });

  test.each(['stuck', 'backwards', 'unknown-status', 'not-found-first'])('%s: waited for', async fault => {
    const emulator = await emulate({ faults: scripted({ point: 'task', fault }) });
    const project = await paidProject(1);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
    await expectAllHere(project, emulator, 1);
  });
});

describe('downloads', () => {
  test.each([
    ...['truncated', 'wrong-length', 'closed-early', 'corrupt', 'wrong-duration', 'expired', 'html'],
    ...['redirect-private', 'redirect-loop', 'oversize'],
  ])('%s once: fetched again', async fault => {
    const emulator = await emulate({ faults: scripted({ point: 'download', fault }) });
    const project = await paidProject(1);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
    expect(emulator.ledger().requests).toMatchObject({ submit: 1, download: 2 });
    await expectAllHere(project, emulator, 1);
  });

  test('corrupt to the end: said so, nothing stored, and the next run fetches what is paid for', async () => {
    const emulator = await emulate({ faults: scripted({ point: 'download', fault: 'corrupt', times: 4 }) });
    const project = await paidProject(1);
    const first = await buy(project, emulator);
    expect(first).toMatchObject({ exitCode: 3, failed: [{ failure: { code: 'clip-damaged' } }] });
    expect((await fs.readdir(project.path('.storyreel/clips'))).length).toBe(0);
    expect(await actions(project)).toEqual([['resume', 'new']]);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, spentMicros: 0 });
    await expectAllHere(project, emulator, 1);
  });

  test('a clip that stays of another length is kept: it is paid for', async () => {
    const emulator = await emulate({
      faults: scripted({ point: 'download', fault: 'wrong-duration', times: 9 }),
    });
    const project = await paidProject(1);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
    await expectAllHere(project, emulator, 1);
  });

  test('a clip that is lost here is fetched from the service, not bought again', async () => {
    const emulator = await emulate();
    const project = await paidProject(2);
    await buy(project, emulator);
    await fs.rm(project.path('.storyreel/clips'), { recursive: true });
    expect(await actions(project)).toEqual([
      ['resume', 'clip-missing'],
      ['resume', 'clip-missing'],
    ]);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, spentMicros: 0 });
    await expectAllHere(project, emulator, 2);
  });

  test('another machine with the lock file alone fetches what was bought', async () => {
    const emulator = await emulate();
    const project = await paidProject(2, 'budget: 1.40\n');
    await buy(project, emulator);
    await fs.rm(project.path('.storyreel'), { recursive: true });
    await fs.mkdir(project.path('.storyreel'));
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, spentMicros: 0 });
    await expectAllHere(project, emulator, 2);
    // Its cost still counts against the budget.
    const more = storyboardText(shot('s0') + shot('s1') + shot('s2'), 'provider: wavespeed\nbudget: 1.40\n');
    await project.write('reel.yaml', more);
    await expect(buy(project, emulator)).rejects.toMatchObject({ code: 'over-budget' });
  });

  test('what only the lock file knows, and the service does not, stays recoverable', async () => {
    const emulator = await emulate();
    const project = await paidProject(1);
    await buy(project, emulator);
    await fs.rm(project.path('.storyreel'), { recursive: true });
    await fs.mkdir(project.path('.storyreel'));
    const stranger = await emulate();
    expect(await buy(project, stranger)).toMatchObject({
      exitCode: 3,
      failed: [{ failure: { code: 'prediction-missing' } }],
    });
    expect(await journalOf(project)).toMatchObject([{ state: 'submitted', submittedAt: null }]);
    expect(stranger.ledger().requests.submit).toBeUndefined();
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, spentMicros: 0 });
    await expectAllHere(project, emulator, 1);
  });
});

describe('rate limits', () => {
  test.each(['rate-limit', 'rate-limit-bare'])('%s slows the run down and fails nothing', async fault => {
    const emulator = await emulate({ faults: scripted({ point: 'submit', fault, times: 3 }) });
    const project = await paidProject(6);
    const result = await buy(project, emulator, { concurrency: 6 });
    expect(result.exitCode).toBe(0);
    expect(result.events.some(({ type }) => type === 'submits-slowed')).toBe(true);
    await expectAllHere(project, emulator, 6);
  });

  test('uploads and looks wait as well: nothing fails, and nothing is submitted twice', async () => {
    const faults = scripted(
      { point: 'ticket', fault: 'rate-limit' },
      { point: 'upload', fault: 'put-rate-limit' },
      { point: 'poll', fault: 'rate-limit-bare', times: 3 },
    );
    const emulator = await emulate({ faults });
    const project = await paidProject(3);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, failed: [] });
    expect(emulator.ledger().requests).toMatchObject({ upload: 3, put: 2, submit: 3 });
    await expectAllHere(project, emulator, 3);
  });

  test.each([
    ['error-500', 'Run the same command again later.'],
    ['too-large', 'Change the reference as the message says, then run the same command again.'],
  ])(
    'an upload that is refused for good (%s): nothing is submitted, and the hint is true',
    async (fault, hint) => {
      const emulator = await emulate({ faults: scripted({ point: 'ticket', fault, times: 99 }) });
      const project = await paidProject(1);
      const { exitCode, failed } = await buy(project, emulator);
      expect([exitCode, failed[0]?.failure]).toMatchObject([
        3,
        { code: 'upload-failed', hint: `Nothing was submitted. ${hint}` },
      ]);
      expect(emulator.ledger().requests.submit).toBeUndefined();
      emulator.faults.replace({});
      expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
      await expectAllHere(project, emulator, 1);
    },
  );

  test.each([
    ['two clips a minute', { perMinute: 2, minuteMs: 400, serviceMs: 60 }],
    ['two clips at once', { atOnce: 2, serviceMs: 150 }],
  ])('an account that may have %s finishes a reel unattended', async (_, limits) => {
    const emulator = await emulate(limits);
    const project = await paidProject(5);
    expect(await buy(project, emulator, { concurrency: 5 })).toMatchObject({ exitCode: 0 });
    await expectAllHere(project, emulator, 5);
  });
});

describe('Ctrl-C and patience', () => {
  test('submits nothing more, keeps what is on its way, and the next run fetches it', async () => {
    const emulator = await emulate({ serviceMs: 900 });
    const project = await paidProject(4);
    const controller = new AbortController();
    const first = await buy(project, emulator, {
      concurrency: 2,
      signal: controller.signal,
      onEvent: event => {
        if (event.type === 'take-submitted' && emulator.ledger().charges.length === 2) controller.abort();
      },
    });
    expect(first.exitCode).toBe(130);
    expect(emulator.ledger().requests.submit).toBe(2);
    expect((await actions(project)).map(([action]) => action)).toEqual([
      'resume',
      'resume',
      'render',
      'render',
    ]);
    expect(await buy(project, emulator, { concurrency: 4 })).toMatchObject({
      exitCode: 0,
      spentMicros: 1_400_000,
    });
    await expectAllHere(project, emulator, 4);
  });

  test('--wait ends the waiting, not the order', async () => {
    // Long enough for a busy machine to have ordered it, and not yet to have it.
    const emulator = await emulate({ serviceMs: 3500 });
    const project = await paidProject(1);
    expect(await buy(project, emulator, { waitMs: 2000 })).toMatchObject({
      exitCode: 130,
      spentMicros: 700_000,
    });
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, spentMicros: 0 });
    await expectAllHere(project, emulator, 1);
  });
});

describe('a seed of -1', () => {
  test('is drawn once: a run that was cut off is gone on with, and a renamed shot keeps its clip', async () => {
    const emulator = await emulate({ serviceMs: 3500 });
    const project = await paidProject(shot('a', { seed: -1 }));
    expect(await buy(project, emulator, { waitMs: 2000 })).toMatchObject({ exitCode: 130 });
    expect(await actions(project)).toEqual([['resume', 'new']]);
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0, spentMicros: 0 });
    const renamed = shot('zed', { seed: -1, prompt: '{mira} does a' });
    await project.write('reel.yaml', storyboardText(renamed, 'provider: wavespeed\n'));
    expect(await actions(project)).toEqual([['cached']]);
    await expectAllHere(project, emulator, 1);
  });
});

/** What `storyreel resolve` does to what waits for its author. */
async function settle(
  project: TestProject,
  how: (journal: Journal, submission: Submission) => unknown,
): Promise<void> {
  const journal = await Journal.open(project.path('.storyreel'));
  const waiting = journal.all().find(({ state }) => state === 'unknown' || state === 'failed');
  if (waiting === undefined) throw new Error('nothing waits');
  await how(journal, waiting);
  journal.close();
}
