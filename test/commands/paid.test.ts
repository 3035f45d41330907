import { spawn } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planFiles } from '../../src/project/plan-files.ts';
import { Journal } from '../../src/store/journal/journal.ts';
import { EMULATOR_KEY, type Emulator } from '../emulator/emulator.ts';
import { chargesPerOrder, emulate, everythingWritten, expectAllHere, paidProject } from '../support/paid.ts';
import { CLI, cli, command, type TestProject } from '../support/project.ts';
import { asPublished, publishedSchema } from '../support/schema.ts';
import { shot, storyboardText } from '../support/storyboards.ts';

function run(project: TestProject, emulator: Emulator, ...args: string[]) {
  return command(args, { cwd: project.folder, env: emulator.environment });
}

function runProcess(project: TestProject, emulator: Emulator, ...args: string[]) {
  return cli(args, { cwd: project.folder, env: emulator.environment });
}

const json = (text: string) => JSON.parse(text);
const lines = (text: string) => text.trim().split('\n').map(json);

describe('plan --quote', () => {
  test('shows what the service asks beside what the table says, and the balance', async () => {
    const emulator = await emulate({ discount: 0.9, balance: 12.5 });
    const project = await paidProject(2);
    const { code, stdout } = await run(project, emulator, 'plan', 'reel.yaml', '--quote');
    expect(code).toBe(0);
    expect(stdout).toMatch(/s0 +2 s +720p 16:9 +render +new +\$0\.63 +quoted, table says \$0\.70/);
    expect(stdout).toMatch(/To be spent now +\$1\.26\n/);
    expect(stdout).toMatch(/The account has +\$12\.50\n/);
    const quoted = await run(project, emulator, 'plan', 'reel.yaml', '--quote', '--json');
    const validate = publishedSchema('plan.schema.json');
    expect([validate(json(quoted.stdout)), validate.errors]).toEqual([true, null]);
    expect(json(quoted.stdout)).toMatchObject({
      takes: [{ price: '0.63', priceSource: 'quoted' }, {}],
      cost: { new: '1.26' },
    });
    expect(emulator.ledger().charges).toEqual([]);
  });
});

describe('a price that no clip has', () => {
  test.each([99_999_999, '123456789', 1e12, 10_000.01])('%j is refused in words', async price => {
    const quoted = () => ({ price, discounted_price: price, currency: 'USD' });
    const emulator = await emulate({ quoted, balance: 90_000_000 });
    const project = await paidProject(shot('s0', { takes: 100 }));
    for (const args of [
      ['plan', 'reel.yaml', '--quote'],
      ['render', 'reel.yaml', '--yes'],
    ]) {
      const { code, stderr } = await run(project, emulator, ...args);
      expect([code, stderr]).toEqual([
        5,
        expect.stringMatching(/asks \$\d.* for a clip of .*: no clip costs/),
      ]);
    }
    expect(emulator.ledger().requests.submit).toBeUndefined();
  });

  test('a hundred clips at the highest one that is believed have a sum', async () => {
    const emulator = await emulate({ quoted: () => ({ price: 10_000, currency: 'USD' }) });
    const project = await paidProject(shot('s0', { takes: 100 }));
    const { code, stdout } = await run(project, emulator, 'plan', 'reel.yaml', '--quote');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/To be spent now +\$1000000\.00/)]);
  });
});

describe('a saved plan', () => {
  async function saved(emulator: Emulator, rest = '') {
    const project = await paidProject(2, rest);
    expect(await run(project, emulator, 'plan', 'reel.yaml', '--quote', '--out', 'plan.json')).toMatchObject({
      code: 0,
    });
    return project;
  }

  test('is carried out without a question, once', async () => {
    const emulator = await emulate();
    const project = await saved(emulator);
    const { code, stdout } = await runProcess(
      project,
      emulator,
      'render',
      '--plan',
      'plan.json',
      '--no-cut',
      '--json',
    );
    expect([code, lines(stdout).at(-1)]).toMatchObject([0, { spent: '1.40', rendered: 2 }]);
    await expectAllHere(project, emulator, 2);
    const again = await run(project, emulator, 'render', '--plan', 'plan.json', '--no-cut');
    expect(again).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('the lock file of reel.yaml has changed'),
    });
    expect(await project.read('plan.json')).not.toContain(EMULATOR_KEY);
  });

  test.each<[string, (project: TestProject, emulator: Emulator) => Promise<unknown>, string]>([
    [
      'the storyboard',
      project =>
        project.write('reel.yaml', `${storyboardText(shot('s0') + shot('s9'), 'provider: wavespeed\n')}`),
      'the storyboard reel.yaml has changed',
    ],
    [
      'a reference',
      project => project.write('refs/mira.mp4', 'other bytes'),
      'the reference refs/mira.mp4 has changed',
    ],
    [
      'the lock file',
      project => project.write('reel.lock.yaml', 'version: 1\nshots:\n'),
      'the lock file of reel.yaml has changed',
    ],
    [
      'the balance',
      async (_, emulator) => {
        emulator.service.balanceMicros = 1_000_000;
      },
      'the account has $1.00 left',
    ],
    [
      'the price',
      async (_, emulator) => {
        Object.assign(emulator.service.options, { priceFactor: 1.5 });
      },
      'reel.yaml: s0 take 1 now costs $1.05, and the plan said $0.70',
    ],
  ])('is refused, naming it, when %s has moved', async (_, move, words) => {
    const emulator = await emulate();
    const project = await saved(emulator);
    await move(project, emulator);
    const { code, stderr } = await run(
      project,
      emulator,
      'render',
      '--plan',
      'plan.json',
      '--no-cut',
      '--yes',
    );
    expect([code, stderr]).toEqual([5, expect.stringContaining(words)]);
    expect(emulator.ledger().requests.submit).toBeUndefined();
  });

  test('with --retry-failed buys what failed once, however often it fails', async () => {
    const faults = { scripted: [{ point: 'task' as const, fault: 'moderated', times: 9 }] };
    const emulator = await emulate({ faults });
    const project = await paidProject(1);
    await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    await run(project, emulator, 'plan', 'reel.yaml', '--retry-failed', '--out', 'plan.json');
    const retry = ['render', '--plan', 'plan.json', '--no-cut'];
    expect(await run(project, emulator, ...retry)).toMatchObject({ code: 3 });
    expect(await run(project, emulator, ...retry)).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('s0 take 1 has been tried again since'),
    });
    expect(emulator.ledger().requests.submit).toBe(2);
  });

  test('a lower price is no reason to refuse; flags that would change the plan are', async () => {
    const emulator = await emulate();
    const project = await saved(emulator);
    expect(await run(project, emulator, 'render', 'reel.yaml', '--plan', 'plan.json')).toMatchObject({
      code: 2,
    });
    expect(await run(project, emulator, 'render', '--plan', 'reel.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no plan that this storyreel has saved'),
    });
    expect(await run(project, emulator, 'render')).toMatchObject({ code: 2 });
    Object.assign(emulator.service.options, { priceFactor: 0.5 });
    expect(await run(project, emulator, 'render', '--plan', 'plan.json', '--no-cut')).toMatchObject({
      code: 0,
    });
  });
});

describe('what is held', () => {
  async function held(fault = 'reset-before') {
    const emulator = await emulate({ faults: { scripted: [{ point: 'submit', fault, prompt: 'does s0' }] } });
    const project = await paidProject(2, 'budget: 5\n');
    const { code, stderr, stdout } = await run(
      project,
      emulator,
      'render',
      'reel.yaml',
      '--yes',
      '--no-cut',
      '--json',
    );
    expect([code, stderr]).toEqual([4, expect.stringContaining('s0')]);
    const validate = publishedSchema('render-event.schema.json');
    for (const line of lines(stdout))
      expect([line, validate(line), validate.errors]).toEqual([line, true, null]);
    expect(lines(stdout).at(-1)).toMatchObject({
      exitCode: 4,
      held: 1,
      failed: 0,
      rendered: 1,
      spent: '0.70',
    });
    return { emulator, project };
  }

  test('status, spend and plan say so', async () => {
    const { emulator, project } = await held();
    const status = await run(project, emulator, 'status', 'reel.yaml');
    expect(status.stdout).toMatch(/s0 +held +the answer of 127\.0\.0\.1:\d+ was lost/);
    expect(status.stdout).toMatch(
      /1 rendered, 0 missing, 1 held; \$0\.70 spent, \$0\.70 perhaps of a budget of \$5\.00/,
    );
    const told = asPublished(
      'status.schema.json',
      (await run(project, emulator, 'status', 'reel.yaml', '--json')).stdout,
    );
    expect(told.storyboards[0]).toMatchObject({
      held: 1,
      spent: '0.70',
      atRisk: '0.70',
      takes: [{ state: 'held' }, { state: 'rendered' }],
    });
    const spend = await run(project, emulator, 'spend');
    expect(spend.stdout).toMatch(/s0 +\$0\.70 +held: answer-lost/);
    expect(spend.stdout).toMatch(/2 submissions: \$0\.70 spent, and \$0\.70 perhaps\n$/);
    const planned = json((await run(project, emulator, 'plan', 'reel.yaml', '--json')).stdout);
    expect(planned.takes[0]).toMatchObject({
      action: 'held',
      reasons: ['outcome-unknown'],
      cost: '0.00',
      price: '0.70',
    });
  });

  test('resolve shows it, and --resubmit lets the next render buy it', async () => {
    const { emulator, project } = await held();
    const shown = await run(project, emulator, 'resolve', 'reel.yaml', 's0');
    expect(shown.stdout).toMatch(/state +unknown\n/);
    expect(shown.stdout).toContain('Settle it with --adopt ID, --resubmit or --abandon');
    const { stdout } = await run(project, emulator, 'resolve', 'reel.yaml', 's0', '--json');
    expect(asPublished('resolve.schema.json', stdout)).toMatchObject({
      ...{ shot: 's0', take: 1, state: 'unknown', prediction: null, price: '0.70' },
      payload: { duration: 2 },
    });
    expect(await run(project, emulator, 'resolve', 'reel.yaml', 's0', '--resubmit')).toMatchObject({
      code: 0,
    });
    expect(await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut')).toMatchObject({
      code: 0,
    });
    await expectAllHere(project, emulator, 2);
  });

  test('--abandon keeps it from being bought until --retry-failed', async () => {
    const { emulator, project } = await held();
    expect(await run(project, emulator, 'resolve', 'reel.yaml', 's0', '--abandon')).toMatchObject({
      code: 0,
    });
    const without = await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    expect([without.code, without.stderr]).toEqual([3, expect.stringContaining('given up')]);
    const retried = await run(
      project,
      emulator,
      'render',
      'reel.yaml',
      '--yes',
      '--no-cut',
      '--retry-failed',
    );
    expect(retried).toMatchObject({ code: 0 });
    await expectAllHere(project, emulator, 2);
  });

  test('one that was renamed is found by its new name, and adopted also after it was given up', async () => {
    const emulator = await emulate({
      historyInputs: false,
      faults: { scripted: [{ point: 'submit', fault: 'reset-after' }] },
    });
    const project = await paidProject(shot('old', { prompt: '{mira} waits' }));
    await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    const renamed = shot('new', { prompt: '{mira} waits' }) + shot('old');
    await project.write('reel.yaml', storyboardText(renamed, 'provider: wavespeed\n'));
    const [charge] = emulator.ledger().charges;
    expect(await run(project, emulator, 'resolve', 'reel.yaml', 'new', '--abandon')).toMatchObject({
      code: 0,
    });
    const adopt = ['resolve', 'reel.yaml', 'new', '--adopt', charge?.predictionId ?? ''];
    expect(await run(project, emulator, ...adopt)).toMatchObject({ code: 0 });
    await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    await expectAllHere(project, emulator, 2);
  });

  test('of another version, or from before the shot was changed: shown by status, and settled', async () => {
    const emulator = await emulate({
      faults: { scripted: [{ point: 'submit', fault: 'error-500-before', prompt: 'does s0', times: 2 }] },
    });
    const rest = 'profiles: { draft: { duration: 3 } }\n';
    const project = await paidProject(1, rest);
    const draft = ['render', 'reel.yaml', '--yes', '--no-cut', '--profile', 'draft'];
    expect(await run(project, emulator, ...draft)).toMatchObject({ code: 4 });
    expect(await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut')).toMatchObject({
      code: 4,
    });
    await project.write(
      'reel.yaml',
      storyboardText(shot('s0', { prompt: '{mira} waits' }), `provider: wavespeed\n${rest}`),
    );
    expect(await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut')).toMatchObject({
      code: 0,
    });
    const status = await run(project, emulator, 'status', 'reel.yaml');
    expect(status.stdout).toMatch(/Ordered before .*\n +s0 +take 1 +held .*\n +s0 +take 1 +held /);
    const told = (await run(project, emulator, 'status', 'reel.yaml', '--json')).stdout;
    expect(asPublished('status.schema.json', told)).toMatchObject({
      storyboards: [{ rendered: 1, others: [{ shot: 's0', state: 'held' }, { state: 'held' }] }],
    });
    for (let left = 2; left > 0; left--) {
      const given = await run(project, emulator, 'resolve', 'reel.yaml', 's0', '--resubmit');
      expect([given.code, given.stdout]).toEqual([
        0,
        expect.stringContaining('The next render buys it again'),
      ]);
    }
    expect((await run(project, emulator, 'status', 'reel.yaml')).stdout).not.toContain('held');
    expect(await run(project, emulator, ...draft)).toMatchObject({ code: 0 });
    await expectAllHere(project, emulator, 2);
  });

  test('a mistyped id is corrected, and counts once; what is being made is not bought again', async () => {
    const emulator = await emulate({
      historyInputs: false,
      faults: { scripted: [{ point: 'submit', fault: 'reset-after' }] },
    });
    const project = await paidProject(1);
    await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    const [charge] = emulator.ledger().charges;
    for (const id of ['deadbeef', charge?.predictionId ?? ''])
      expect(await run(project, emulator, 'resolve', 'reel.yaml', 's0', '--adopt', id)).toMatchObject({
        code: 0,
      });
    const again = await run(project, emulator, 'resolve', 'reel.yaml', 's0', '--resubmit');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('give it up with --abandon')]);
    expect(await run(project, emulator, 'render', 'reel.yaml', '--no-cut')).toMatchObject({ code: 0 });
    expect(json((await run(project, emulator, 'spend', '--json')).stdout)).toMatchObject({ spent: '0.70' });
    await expectAllHere(project, emulator, 1);
  });

  test('another prediction adopted in the place of a failed one is counted too', async () => {
    const emulator = await emulate({
      faults: { scripted: [{ point: 'task', fault: 'failed', prompt: 'does s0' }] },
    });
    const project = await paidProject(1);
    await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    const failed = emulator.service.predictions.values().next().value;
    const inputs = { ...failed?.inputs };
    const again = emulator.service.submit(failed?.model ?? '', inputs, null, () => true); // in the dashboard, say
    const adopt = ['resolve', 'reel.yaml', 's0', '--adopt', again.id];
    expect(await run(project, emulator, ...adopt)).toMatchObject({ code: 0 });
    expect(await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut')).toMatchObject({
      code: 0,
    });
    const { submissions, spent } = json((await run(project, emulator, 'spend', '--json')).stdout);
    expect(spent).toBe('0.70');
    expect(submissions).toMatchObject([
      { state: 'failed', charged: '0.00', prediction: failed?.id },
      { state: 'stored', charged: '0.70', prediction: again.id },
    ]);
  });

  test('--adopt takes the prediction that its author names, if nobody else holds it', async () => {
    const emulator = await emulate({
      historyInputs: false,
      faults: { scripted: [{ point: 'submit', fault: 'reset-after', prompt: 'does s0' }] },
    });
    const project = await paidProject(2);
    expect(await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut')).toMatchObject({
      code: 4,
    });
    const charge = (prompt: string) =>
      emulator.ledger().charges.find(({ identity }) => identity.includes(prompt))?.predictionId ?? '';
    const taken = await run(project, emulator, 'resolve', 'reel.yaml', 's0', '--adopt', charge('does s1'));
    expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining('is that of s1 take 1') });
    for (const wrong of ['../../balance', '']) {
      expect(await run(project, emulator, 'resolve', 'reel.yaml', 's0', '--adopt', wrong)).toMatchObject({
        code: 2,
      });
    }
    expect(
      await run(project, emulator, 'resolve', 'reel.yaml', 's0', '--adopt', charge('does s0')),
    ).toMatchObject({ code: 0 });
    expect(await run(project, emulator, 'render', 'reel.yaml', '--no-cut')).toMatchObject({ code: 0 });
    await expectAllHere(project, emulator, 2);
    const done = await run(project, emulator, 'resolve', 'reel.yaml', 's0', '--resubmit');
    expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining('it is stored') });
  });

  test('resolve of what is not there, or two wishes at once', async () => {
    const { emulator, project } = await held();
    expect(await run(project, emulator, 'resolve', 'reel.yaml', 'nobody')).toMatchObject({ code: 2 });
    expect(
      await run(project, emulator, 'resolve', 'reel.yaml', 's0', '--abandon', '--resubmit'),
    ).toMatchObject({ code: 2 });
  });
});

describe('spend', () => {
  test('lists everything, as JSON and as CSV that a spreadsheet does not run', async () => {
    const emulator = await emulate({
      faults: { scripted: [{ point: 'task', fault: 'moderated', prompt: 'does s1' }] },
    });
    const project = await paidProject(2);
    await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    const { submissions, spent, atRisk } = asPublished(
      'spend.schema.json',
      (await run(project, emulator, 'spend', 'reel.yaml', '--json')).stdout,
    );
    expect([spent, atRisk]).toEqual(['1.40', '0.00']);
    expect(submissions).toMatchObject([
      { shot: 's0', state: 'stored', price: '0.70', charged: '0.70', prediction: expect.any(String) },
      {
        shot: 's1',
        state: 'failed',
        outcome: 'failed: moderated',
        error: expect.stringContaining('does not comply'),
      },
    ]);
    const { stdout } = await run(project, emulator, 'spend', '--csv');
    const [head, ...rows] = stdout.trim().split('\r\n');
    expect(head).toMatch(/^when,storyboard,scene,shot,take,prediction,/);
    expect(rows).toHaveLength(2);
    expect(await run(project, emulator, 'spend', '--store', 'nowhere')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('0 submissions: $0.00 spent'),
    });
  });

  test('of a storyboard that is gone lists what was bought for it; of one that never was is a mistake', async () => {
    const emulator = await emulate();
    const project = await paidProject(1);
    const before = await run(project, emulator, 'spend', 'nosuch.yaml');
    expect([before.code, before.stderr]).toEqual([2, expect.stringContaining('no storyboard nosuch.yaml')]);
    expect(await run(project, emulator, 'spend', 'reel.yaml')).toMatchObject({ code: 0 });
    await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    await fs.rm(project.path('reel.yaml'));
    expect(await run(project, emulator, 'spend', 'reel.yaml')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 submission: $0.70 spent'),
    });
    expect(await run(project, emulator, 'spend', 'reel.yaml', 'nosuch.yaml')).toMatchObject({ code: 2 });
  });

  test('is printed in one form', async () => {
    const project = await paidProject(1);
    const { code, stdout, stderr } = await run(project, await emulate(), 'spend', '--json', '--csv');
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('one of --json and --csv')]);
  });
});

test.each(['-50.00', '1e99', 'abc', ''])(
  'a lock file with a cost of %j is damaged, not a bug',
  async cost => {
    const emulator = await emulate();
    const project = await paidProject(1);
    await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    const lock = await project.read('reel.lock.yaml');
    await project.write('reel.lock.yaml', lock.replace(/cost: ".*"/, `cost: "${cost}"`));
    for (const name of ['plan', 'render', 'status', 'takes']) {
      const { code, stderr } = await run(project, emulator, name, 'reel.yaml');
      expect([code, stderr]).toEqual([2, expect.stringMatching(/reel\.lock\.yaml:4:1: .*take 1 of "s0"/)]);
    }
  },
);

describe('reconcile', () => {
  test('takes over refunds, finds what was lost, and lists what we do not know', async () => {
    const emulator = await emulate({
      historyLagMs: 3_600_000,
      faults: {
        scripted: [
          { point: 'submit', fault: 'reset-after', prompt: 'does s0' },
          { point: 'task', fault: 'failed', prompt: 'does s1' },
        ],
      },
    });
    const project = await paidProject(3);
    expect(await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut')).toMatchObject({
      code: 4,
    });
    const inputs = { prompt: 'from another tool', videos: ['https://example.com/a.mp4'], seed: 1 };
    emulator.service.submit('alibaba/wan-2.7/reference-to-video', inputs, null, () => true);
    emulator.service.historyLagMs = 0;
    const { code, stdout } = await run(project, emulator, 'reconcile', '--json');
    const { findings } = asPublished('reconcile.schema.json', stdout);
    expect(code).toBe(4); // somebody has bought something that we do not know
    expect(findings.map(({ kind }: { kind: string }) => kind)).toEqual(['unknown-to-us']);
    expect(findings[0]).toMatchObject({ amount: '1.00', message: expect.stringContaining('does not know') });
    expect(await run(project, emulator, 'reconcile')).toMatchObject({
      stdout: expect.stringContaining('4 predictions there, 3 submissions here'),
    });
    // s0 was found again: the next render fetches it.
    expect(await run(project, emulator, 'render', 'reel.yaml', '--no-cut', '--yes')).toMatchObject({
      code: 3,
    });
    expect([...chargesPerOrder(emulator).values()]).toEqual([1, 1, 1, 1]);
  });

  test('names what it finds: storyboard, scene, shot and take; and says no more of strangers than it is told', async () => {
    const faults = { scripted: [{ point: 'submit' as const, fault: 'reset-before' as const, times: 2 }] };
    const emulator = await emulate({ faults });
    const shots = `shots:\n${shot('one', { takes: 2 })}`;
    const project = await paidProject(1);
    const text = storyboardText('', 'provider: wavespeed\n').replace(
      'shots:\n',
      'scenes:\n  - id: harbour\n',
    );
    await project.write('reel.yaml', text + shots.replace(/^(?=.)/gm, '    '));
    expect((await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut')).code).toBe(4);
    const { stdout } = await run(project, emulator, 'reconcile');
    expect(stdout).toMatch(/held +reel\.yaml +harbour\/one +\$0\.70 +not found in the history/);
    expect(stdout).toMatch(/held +reel\.yaml +harbour\/one take 2 +\$0\.70/);
    const { findings } = json((await run(project, emulator, 'reconcile', '--json')).stdout);
    expect(findings).toMatchObject([
      { kind: 'held', storyboard: 'reel.yaml', scene: 'harbour', shot: 'one', take: 1, amount: '0.70' },
      { kind: 'held', storyboard: 'reel.yaml', scene: 'harbour', shot: 'one', take: 2, amount: '0.70' },
    ]);
    const bare = createServer((request, response) => {
      const rows = request.url?.endsWith('/predictions') === true ? [{ id: 'stranger' }] : [];
      request.resume().once('end', () => response.end(JSON.stringify({ code: 200, data: rows })));
    });
    await new Promise<void>(resolve => bare.listen(0, '127.0.0.1', resolve));
    const { port } = bare.address() as AddressInfo;
    const env = { ...emulator.environment, STORYREEL_WAVESPEED_URL: `http://127.0.0.1:${port}` };
    const told = await command(['reconcile'], { cwd: project.folder, env });
    bare.close();
    expect(told.stdout).toMatch(/unknown-to-us +stranger +a prediction that this journal does not know/);
  });

  test('does not ask another service than the one that the store was bought from', async () => {
    const emulator = await emulate();
    const project = await paidProject(1);
    await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    const env = { WAVESPEED_API_KEY: 'a-real-key-0123456789', STORYREEL_WAVESPEED_URL: '' };
    expect(await command(['reconcile'], { cwd: project.folder, env })).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('was bought from'),
    });
  });

  test('looks for what a killed process may have sent', async () => {
    const emulator = await emulate({ serviceMs: 10 });
    const project = await paidProject(1);
    const journal = await Journal.open(project.path('.storyreel'));
    const [take] = (await planFiles(['reel.yaml'], { cwd: project.folder })).plan.takes;
    if (take === undefined) throw new Error('no take');
    const { key, shot: name, request } = take;
    const price = { ...take.price, micros: take.price.micros ?? 0 };
    const payload = { ...request.inputs, videos: ['https://example.com/a.mp4'] };
    const order = {
      key,
      price,
      payload,
      provider: 'wavespeed',
      model: request.model,
      storyboard: 'reel.yaml',
    };
    const caps = { budgetMicros: null, elsewhereMicros: 0, runMicros: null };
    const intent = await journal.intend({ ...order, scene: null, shot: name, take: 1 }, caps, null);
    if (intent === null) throw new Error('no intent');
    journal.release(intent);
    journal.close();
    emulator.service.submit(request.model, payload, null, () => true);
    expect(await run(project, emulator, 'reconcile')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('agree'),
    });
    expect(await run(project, emulator, 'render', 'reel.yaml', '--no-cut')).toMatchObject({ code: 0 });
    await expectAllHere(project, emulator, 1);
  });

  test('sets what the service really charged', async () => {
    const emulator = await emulate();
    const project = await paidProject(2);
    await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    const [first, second] = emulator.service.charges;
    if (first === undefined || second === undefined) throw new Error('nothing was charged');
    Object.assign(first, { micros: 650_000 });
    second.refundedAt = Date.now();
    const { stdout } = await run(project, emulator, 'reconcile', '--json');
    expect(asPublished('reconcile.schema.json', stdout).findings).toMatchObject([
      { kind: 'charged', amount: '0.65' },
      { kind: 'refunded', amount: '0.00' },
    ]);
    expect(json((await run(project, emulator, 'spend', '--json')).stdout)).toMatchObject({ spent: '0.65' });
    expect(await run(project, emulator, 'reconcile')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('agree'),
    });
  });
});

test('a shot that two storyboards share counts against the budget of each, and once in all', async () => {
  const emulator = await emulate();
  const project = await paidProject(1);
  const shared = storyboardText(shot('s0'), 'provider: wavespeed\nbudget: 0.5\n');
  await project.write('other.yaml', shared);
  for (const files of [
    ['reel.yaml', 'other.yaml'],
    ['other.yaml', 'reel.yaml'],
  ]) {
    const refused = await run(project, emulator, 'render', ...files, '--yes', '--no-cut');
    expect([refused.code, refused.stderr]).toEqual([
      5,
      expect.stringContaining('other.yaml has a budget of $0.50'),
    ]);
  }
  await project.write('other.yaml', shared.replace('0.5', '0.7'));
  expect(
    await run(project, emulator, 'render', 'reel.yaml', 'other.yaml', '--yes', '--no-cut'),
  ).toMatchObject({
    code: 0,
  });
  const { stdout } = await run(project, emulator, 'status', 'reel.yaml', 'other.yaml');
  expect(stdout).toMatch(
    /\$0\.70 spent of a budget of \$0\.70\n[\s\S]*2 storyboards in all: \$0\.70 spent\n/,
  );
});

test('a film that can be put nowhere is not bought for; a run that ends before its time tells what it has bought', async () => {
  const emulator = await emulate();
  const project = await paidProject(2);
  await fs.writeFile(project.path('out'), 'no folder can be made here');
  const refused = await run(project, emulator, 'render', 'reel.yaml', '--yes');
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining(`a part of the path is a file, not a folder (${project.path('out')})\n`),
  ]);
  expect(emulator.ledger().charges).toEqual([]);
  await fs.rm(project.path('out'));

  const running = run(project, emulator, 'render', 'reel.yaml', '--yes', '--json');
  await expect.poll(() => emulator.service.predictions.size).toBe(2);
  await fs.writeFile(project.path('out'), 'no folder can be made here any more');
  const { code, stdout } = await running;
  expect(code).toBe(1);
  const ends = lines(stdout).filter(({ type }) => type === 'finished');
  expect(ends).toMatchObject([
    { exitCode: 1, film: null, rendered: 2, failed: 0, spent: '1.40', error: { hint: expect.any(String) } },
  ]);
  expect(publishedSchema('render-event.schema.json')(ends[0])).toBe(true);
  const other = await paidProject(1);
  const again = run(other, emulator, 'render', 'reel.yaml', '--yes');
  await expect.poll(() => emulator.service.predictions.size).toBe(3);
  await fs.writeFile(other.path('out'), 'no folder can be made here any more');
  const { stdout: told, stderr } = await again;
  expect(told + stderr).toMatch(/1 clip rendered, \$0\.70 spent\.\nstoryreel: cannot write/);
  expect(emulator.ledger().chargedMicros).toBe(2_100_000);
});

test('a reader that goes away (`| head`) ends a run in order: what is on its way is kept', async () => {
  const emulator = await emulate({ serviceMs: 2_000 });
  const project = await paidProject(3);
  const child = spawn(process.execPath, [CLI, 'render', 'reel.yaml', '--yes', '--no-cut', '--json'], {
    cwd: project.folder,
    env: { ...process.env, ...emulator.environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await new Promise(resolve => child.once('exit', resolve))).toBe(130);
  expect(await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut')).toMatchObject({ code: 0 });
  await expectAllHere(project, emulator, 3);
});

describe('the key', () => {
  const CANARY = 'canary-0123456789-abcdef';

  test('is in nothing that is printed or written, whatever goes wrong', async () => {
    const faults = {
      rate: 0.3,
      seed: 4,
      scripted: [
        { point: 'submit' as const, fault: 'unauthorized', prompt: 'does s3' }, // which repeats the header
        { point: 'task' as const, fault: 'moderated', prompt: 'does s4' },
      ],
    };
    const emulator = await emulate({ key: CANARY, faults });
    const project = await paidProject(12);
    let printed = '';
    for (const args of [
      ['render', 'reel.yaml', '--yes', '--json'],
      ['render', 'reel.yaml', '--yes', '--retry-failed'],
      ['plan', 'reel.yaml', '--quote', '--out', 'plan.json'],
      ['status', 'reel.yaml', '--json'],
      ['spend', '--json'],
      ['reconcile', '--json'],
      ['resolve', 'reel.yaml', 's4', '--json'],
      ['doctor'],
    ]) {
      const { stdout, stderr } = await runProcess(project, emulator, ...args);
      printed += stdout + stderr;
    }
    expect(printed).toContain('[key]');
    expect(printed).not.toContain(CANARY);
    expect(await everythingWritten(project.folder)).not.toContain(CANARY);
    expect(emulator.ledger().leaks).toEqual([]);
    expect(printed).not.toMatch(/bug in storyreel|\n {4}at /);
  });

  test('comes from a file that only its owner can read', async () => {
    const emulator = await emulate();
    const project = await paidProject(1);
    const keyFile = await project.write('key.txt', `${EMULATOR_KEY}\n`);
    const env = { STORYREEL_WAVESPEED_URL: emulator.url, WAVESPEED_API_KEY: '' };
    const args = ['render', 'reel.yaml', '--yes', '--no-cut', '--key-file', 'key.txt'];
    await fs.chmod(keyFile, 0o644);
    const exposed = await cli(args, { cwd: project.folder, env });
    expect([exposed.code, exposed.stderr]).toEqual([1, expect.stringContaining('chmod 600')]);
    await fs.chmod(keyFile, 0o600);
    expect(await command(args, { cwd: project.folder, env })).toMatchObject({ code: 0 });
    const missing = await command([...args.slice(0, -1), 'nowhere.txt'], { cwd: project.folder, env });
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('no such file')]);
  });

  test.each(['', ' \n'])(
    'is missing where its file is empty (%j), whatever the variable says',
    async text => {
      const emulator = await emulate();
      const project = await paidProject(1);
      await fs.chmod(await project.write('key.txt', text), 0o600);
      for (const line of ['render reel.yaml --yes', 'plan reel.yaml --quote', 'reconcile']) {
        const { code, stderr } = await run(project, emulator, ...line.split(' '), '--key-file', 'key.txt');
        expect([code, stderr]).toEqual([1, expect.stringContaining('no API key in')]);
        expect(stderr).toContain(project.path('key.txt'));
        expect(stderr).not.toContain('is not set');
      }
      expect(emulator.ledger().requests).toEqual({});
      const { stdout } = await run(project, emulator, 'doctor', '--key-file', 'key.txt');
      expect(stdout).toMatch(/– +WaveSpeed key +there is no API key in/);
    },
  );

  test('is not in a folder: nobody is told to take its permissions away', async () => {
    const project = await paidProject(1);
    const { code, stderr } = await run(project, await emulate(), 'reconcile', '--key-file', 'refs');
    expect([code, stderr]).toEqual([1, expect.stringContaining('this is a folder, not a file')]);
    expect(stderr).not.toContain('chmod');
  });

  test('is not handed to the programs that storyreel starts', async () => {
    const emulator = await emulate();
    const project = await paidProject(1);
    const spy = await project.write(
      'bin/ffmpeg',
      `#!/bin/sh\nenv >> "${join(project.folder, 'seen.txt')}"\nexec ${process.env.STORYREEL_FFMPEG ?? 'ffmpeg'} "$@"\n`,
    );
    await fs.chmod(spy, 0o755);
    const { STORYREEL_WAVESPEED_URL } = emulator.environment;
    await cli(['render', 'reel.yaml', '--yes', '--no-cut'], {
      cwd: project.folder,
      env: { WAVESPEED_API_KEY: EMULATOR_KEY, STORYREEL_WAVESPEED_URL, STORYREEL_FFMPEG: spy },
    });
    expect(await project.read('seen.txt')).toContain('PATH=');
    expect(await project.read('seen.txt')).not.toContain(EMULATOR_KEY);
  });
});

describe('doctor', () => {
  test('tries the key and tells the balance', async () => {
    const emulator = await emulate({ balance: 3.25 });
    const project = await paidProject(1);
    const { stdout } = await run(project, emulator, 'doctor');
    expect(stdout).toMatch(/✓ +WaveSpeed key +accepted by 127\.0\.0\.1/);
    expect(stdout).toMatch(/✓ +balance +\$3\.25/);
    const { findings } = asPublished(
      'doctor.schema.json',
      (await run(project, emulator, 'doctor', '--json')).stdout,
    );
    expect(findings).toContainEqual({
      ...{ name: 'balance', ok: true, found: '$3.25', hint: null, needed: false },
    });
    const wrong = await command(['doctor'], {
      cwd: project.folder,
      env: { ...emulator.environment, WAVESPEED_API_KEY: 'wrong-0123456789' },
    });
    expect(wrong.stdout).toMatch(/– +WaveSpeed key +WaveSpeed does not accept the API key/);
  });
});

test('a fully cached reel asks the service nothing', async () => {
  const emulator = await emulate({ sameBytes: true, serviceMs: 0 });
  const project = await paidProject(120); // `npm run bench` has a thousand
  const first = await run(
    project,
    emulator,
    'render',
    'reel.yaml',
    '--yes',
    '--no-cut',
    '--concurrency',
    '64',
  );
  expect(first.code).toBe(0);
  const { requests } = emulator.ledger();
  expect(requests).toMatchObject({ submit: 120, download: 120 });
  const again = await runProcess(project, emulator, 'render', 'reel.yaml', '--no-cut', '--json');
  expect(lines(again.stdout).at(-1)).toMatchObject({ exitCode: 0, cached: 120, rendered: 0, spent: '0.00' });
  expect(emulator.ledger().requests).toEqual(requests);
}, 120_000);
