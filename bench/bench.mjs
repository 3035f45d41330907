// npm run bench: what must stay fast and small, measured as ratios within one run, because machines differ and
// are noisy. Each figure is the best of a few runs of a whole process.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const REFERENCE = fileURLToPath(new URL('../storyboards/hello/refs/mira.mp4', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'storyreel-bench-'));
const only = process.argv[2];
const rows = [];

/** Runs a command; seconds, and the largest memory of any one process below it, sampled. */
async function run(command, args, { env = {}, ok = [0] } = {}) {
  const started = performance.now();
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env }, stdio: 'ignore' });
  let peak = 0;
  const sampler = setInterval(() => {
    peak = Math.max(peak, ...familyOf(child.pid).map(residentMegabytes));
  }, 50);
  const code = await new Promise(resolve => {
    child.once('exit', resolve).once('error', error => resolve(error.code)); // ENOENT: not installed
  });
  clearInterval(sampler);
  if (!ok.includes(code)) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - started) / 1000, megabytes: peak };
}

async function best(times, ...job) {
  const runs = [];
  for (let index = 0; index < times; index++) runs.push(await run(...job));
  return {
    seconds: Math.min(...runs.map(({ seconds }) => seconds)),
    megabytes: Math.max(...runs.map(({ megabytes }) => megabytes)),
  };
}

/** From the first take's start to the end, told by the events. `cwd`: a project that has bought nothing. */
function secondsOfBuying(file, cwd, env) {
  const args = [CLI, 'render', file, '--yes', '--no-cut', '--concurrency', '50', '--json'];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let started = 0;
  child.stdout.on('data', chunk => {
    if (started === 0 && chunk.includes('take-started')) started = performance.now();
  });
  return new Promise((resolve, reject) =>
    child.once('close', code =>
      code === 0
        ? resolve((performance.now() - started) / 1000)
        : reject(new Error(`buying ended with ${code}`)),
    ),
  );
}

function familyOf(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return [pid, ...children.flatMap(child => familyOf(Number(child)))];
  } catch {
    return []; // it has ended, or this is no Linux: no figure for the memory then
  }
}

function residentMegabytes(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const row = (what, measured, limit, met) => {
  process.stderr.write(`${what}: ${measured}\n`);
  rows.push([what, measured, limit, met ? 'yes' : 'NO']);
};
const s = seconds => `${seconds.toFixed(2)} s`;

function storyboard(count, fields = '', more = () => '') {
  const shots = Array.from({ length: count }, (_, index) => {
    const scene = index % 10 === 0 ? `  - id: scene-${index / 10}\n    shots:\n` : '';
    return `${scene}      - id: shot-${index}\n        prompt: "{mira} walks along the sea wall, step ${index}"\n        duration: 5\n${more(index)}`;
  });
  return `version: 1\ntitle: Bench\n${fields}characters:\n  mira: { videos: [refs/mira.mp4] }\nscenes:\n${shots.join('')}`;
}

mkdirSync(join(folder, '.storyreel'));
mkdirSync(join(folder, 'refs'));
cpSync(REFERENCE, join(folder, 'refs/mira.mp4'));

if (only === undefined || only === 'start') {
  const node = await best(9, process.execPath, ['-e', '0']);
  const version = await best(9, process.execPath, [CLI, '--version']);
  const ratio = version.seconds / node.seconds;
  row('storyreel --version, against node -e 0', `${ratio.toFixed(2)} ×`, '1.6 ×', ratio <= 1.6);
}

if (only === undefined || only === 'plan') {
  for (const count of [1000, 10_000]) writeFileSync(join(folder, `plan-${count}.yaml`), storyboard(count));
  const small = await best(3, process.execPath, [CLI, 'plan', 'plan-1000.yaml', '--json']);
  const large = await best(3, process.execPath, [CLI, 'plan', 'plan-10000.yaml', '--json']);
  row('plan of 10,000 shots', s(large.seconds), '2 s', large.seconds <= 2);
  row('  its memory', `${large.megabytes.toFixed(0)} MB`, '300 MB', large.megabytes <= 300);
  row(
    '  against 1,000 shots',
    `${(large.seconds / small.seconds).toFixed(1)} ×`,
    '12 ×',
    large.seconds / small.seconds <= 12,
  );
}

if (only === undefined || only === 'language') {
  // Everything that the language has at once: an included cast, variables, and shots that begin where others end.
  writeFileSync(
    join(folder, 'cast.yaml'),
    'style: 35mm, ${season}\ncharacters:\n  mira: { videos: [refs/mira.mp4] }\n',
  );
  const from = index => (index % 10 === 0 ? '' : `        image: { from: shot-${index - 1}, at: last }\n`);
  const text = storyboard(10_000, 'include: [cast.yaml]\nvariables: { season: autumn }\n', from);
  writeFileSync(
    join(folder, 'language.yaml'),
    text.replace(/^characters:\n.*\n/m, '').replaceAll('step', '${season}'),
  );
  const checked = await best(3, process.execPath, [CLI, 'check', 'language.yaml']);
  const planned = await best(3, process.execPath, [CLI, 'plan', 'language.yaml', '--json']);
  row(
    'check of 10,000 shots with includes, variables, continuity',
    s(checked.seconds),
    '2 s',
    checked.seconds <= 2,
  );
  row('  plan', s(planned.seconds), '3 s', planned.seconds <= 3);
  row('  its memory', `${planned.megabytes.toFixed(0)} MB`, '400 MB', planned.megabytes <= 400);
}

if (only === undefined || only === 'animatic') {
  writeFileSync(join(folder, 'animatic.yaml'), storyboard(12));
  const { seconds } = await run(process.execPath, [CLI, 'render', 'animatic.yaml', '--no-cut']);
  row(
    'animatic of 12 shots of 5 s at 720p, in real time',
    `${(60 / seconds).toFixed(1)} ×`,
    'aim 10 ×',
    60 / seconds >= 10,
  );
}

if (only === undefined || only === 'again') {
  writeFileSync(join(folder, 'again.yaml'), storyboard(100).replaceAll('duration: 5', 'duration: 2'));
  const first = await run(process.execPath, [CLI, 'render', 'again.yaml']);
  const again = await best(3, process.execPath, [CLI, 'render', 'again.yaml'], {
    env: { STORYREEL_FFMPEG: '/nowhere/ffmpeg' },
  });
  row('second render of 100 shots, no ffmpeg to start', s(again.seconds), '1 s', again.seconds <= 1);
  row('  against the first', `${((100 * again.seconds) / first.seconds).toFixed(1)} %`, '', true);
}

if (only === undefined || only === 'cut') {
  const dissolves = index => (index === 0 ? '' : '        transition: { type: dissolve, duration: 0.4 }\n');
  writeFileSync(join(folder, 'cut.yaml'), storyboard(100, '', dissolves));
  await run(process.execPath, [CLI, 'render', 'cut.yaml', '--no-cut']);
  const cold = await run(process.execPath, [CLI, 'cut', 'cut.yaml']);
  row('cut of 100 clips of 5 s at 720p, 99 dissolves', s(cold.seconds), '', true);
  row('  largest process', `${cold.megabytes.toFixed(0)} MB`, '250 MB', cold.megabytes <= 250);
  writeFileSync(join(folder, 'cut.yaml'), storyboard(100, '', dissolves).replace('step 50"', 'step fifty"'));
  await run(process.execPath, [CLI, 'render', 'cut.yaml', '--no-cut']);
  const changed = await run(process.execPath, [CLI, 'cut', 'cut.yaml']);
  const share = (100 * changed.seconds) / cold.seconds;
  row('  one shot changed', `${share.toFixed(1)} %`, '6 %', share <= 6);
}

if (only === undefined || only === 'film') {
  const ffmpeg = process.env.STORYREEL_FFMPEG ?? 'ffmpeg';
  for (const name of ['clips', 'mute']) mkdirSync(join(folder, name));
  const lavfi = source => ['-f', 'lavfi', '-i', source];
  for (let index = 0; index < 10; index++) {
    const picture = `testsrc2=s=1280x720:r=30:d=5,hue=h=${36 * index}`;
    const tone = `aevalsrc='0.2*sin(2*PI*${200 + 40 * index}*t)+0.1*random(0)|0.2*sin(2*PI*300*t)':d=5:s=48000`;
    const codecs =
      '-c:v libx264 -preset veryfast -bf 0 -pix_fmt yuv420p -threads 1 -video_track_timescale 15360';
    await run(ffmpeg, [
      ...['-v', 'error', ...lavfi(picture), ...lavfi(tone), ...codecs.split(' '), '-c:a', 'aac'],
      `clips/made-${index}.mp4`,
    ]);
  }
  // The same pictures under other bytes: to the cut they are other clips.
  for (let index = 0; index < 100; index++)
    await run(ffmpeg, [
      ...['-v', 'error', '-i', `clips/made-${index % 10}.mp4`, '-c', 'copy'],
      ...['-metadata', `comment=${index}`, `clips/${index}.mp4`],
    ]);
  for (let index = 0; index < 100; index++)
    await run(ffmpeg, ['-v', 'error', '-i', `clips/${index}.mp4`, '-c', 'copy', '-an', `mute/${index}.mp4`]);
  const film = (count, transition = '', from = 'clips') =>
    `version: 1\ntitle: Film\nshots:\n${Array.from({ length: count }, (_, index) => `  - id: k${index}\n    clip: ${from}/${index}.mp4\n${index === 0 ? '' : transition}`).join('')}`;
  const cut = name => [CLI, 'cut', `${name}.yaml`];

  writeFileSync(
    join(folder, 'list.txt'),
    Array.from({ length: 100 }, (_, n) => `file clips/${n}.mp4\n`).join(''),
  );
  const BARE = '-v error -y -f concat -i list.txt -c copy bare.mp4'.split(' ');
  const bare = await best(3, ffmpeg, BARE);
  writeFileSync(join(folder, 'hard.yaml'), film(100));
  const against = ({ seconds }) => seconds / bare.seconds;
  const times = ratio => `${ratio.toFixed(2)} ×`;
  // Bare concat neither looks at a picture nor encodes a sound: sound that it copies drifts by up to seconds. What is
  // asked of it here is that: the same film, its sound encoded, every frame decoded once.
  const worked = await run(ffmpeg, [
    ...'-v error -y -f concat -i list.txt -c:v copy -c:a aac -aac_coder fast -b:a 192k worked.mp4'.split(' '),
    ...'-map 0:v -f null -'.split(' '),
  ]);
  const hard = await run(process.execPath, cut('hard'));
  row('hard cut of 100 clips, first time, against bare concat', times(against(hard)), '', true);
  row(
    '  against concat that encodes the sound and decodes each frame once',
    times(hard.seconds / worked.seconds),
    '',
    true,
  );
  /**
   * The film again under other titles: it is joined anew, of clips that were looked at and sound that is kept. In turns
   * with the bare one, since both wait for the same disk, which is not as fast at all times; the best of each counts.
   */
  const rejoined = async (name, text) => {
    const [own, others] = [[], []];
    for (const title of ['Another', 'A third', 'A fourth', 'A fifth', 'A sixth']) {
      others.push((await run(ffmpeg, BARE)).seconds);
      own.push((await joinedAs(name, text, title)).seconds);
    }
    return Math.min(...own) / Math.min(...others);
  };
  const joinedAs = async (name, text, title) => {
    writeFileSync(join(folder, `${name}.yaml`), text.replace('title: Film', `title: ${title}`));
    return await run(process.execPath, cut(name));
  };
  const retitled = await rejoined('hard', film(100));
  row('  clips looked at, sound kept: against bare concat', times(retitled), '1.25 ×', retitled <= 1.25);
  const moved = film(100).replace('clip: clips/50.mp4', 'clip: clips/made-3.mp4');
  writeFileSync(join(folder, 'hard.yaml'), moved);
  const changed = await run(process.execPath, cut('hard'));
  row(
    '  with one clip changed, against the first time',
    `${((100 * changed.seconds) / hard.seconds).toFixed(1)} %`,
    '',
    true,
  );
  const unchanged = await best(3, process.execPath, cut('hard'));
  row('  nothing changed', s(unchanged.seconds), '1 s', unchanged.seconds <= 1);

  writeFileSync(join(folder, 'mute.yaml'), film(100, '', 'mute'));
  const mute = await run(process.execPath, cut('mute'));
  row('  of clips without sound, first time', times(against(mute)), '', true);
  const seen = await rejoined('mute', film(100, '', 'mute'));
  row('  of clips without sound, looked at: against bare concat', times(seen), '1.25 ×', seen <= 1.25);

  const inputs = Array.from({ length: 30 }, (_, index) => ['-i', `clips/${index}.mp4`]).flat();
  const graph = Array.from({ length: 29 }, (_, n) => {
    const [picture, sound] = n === 0 ? ['0:v', '0:a'] : [`v${n}`, `a${n}`];
    return `[${picture}][${n + 1}:v]xfade=transition=fade:duration=0.4:offset=${((n + 1) * 4.6).toFixed(1)}[v${n + 1}];[${sound}][${n + 1}:a]acrossfade=d=0.4[a${n + 1}]`;
  }).join(';');
  const codecs =
    '-map [v29] -map [a29] -c:v libx264 -preset veryfast -crf 18 -pix_fmt yuv420p -c:a aac -b:a 192k';
  const naive = await run(ffmpeg, [
    '-v',
    'error',
    '-y',
    ...inputs,
    '-filter_complex',
    graph,
    ...codecs.split(' '),
    'naive.mp4',
  ]);
  const dissolve = '    transition: { type: dissolve, duration: 0.4 }\n';
  writeFileSync(join(folder, 'soft.yaml'), film(30, dissolve));
  const soft = await run(process.execPath, cut('soft'));
  row(
    '30 clips, 29 dissolves, against one graph',
    times(soft.seconds / naive.seconds),
    '1.0 ×',
    soft.seconds <= naive.seconds,
  );
  row(
    '  in memory',
    times(soft.megabytes / naive.megabytes),
    '0.1 ×',
    soft.megabytes <= 0.1 * naive.megabytes,
  );
  const mix = Array.from({ length: 30 }, (_, n) => [
    `clips/${n}.mp4`,
    ...(n === 0 ? [] : ['-mix', '12', '-mixer', 'luma']),
  ]).flat();
  const meltCodecs = 'vcodec=libx264 preset=veryfast crf=18 acodec=aac'.split(' ');
  await peer('melt', [...mix, '-consumer', 'avformat:melt.mp4', ...meltCodecs]);
  const clips = Array.from({ length: 30 }, (_, n) => ({
    layers: [{ type: 'video', path: `clips/${n}.mp4` }],
  }));
  const defaults = { transition: { name: 'fade', duration: 0.4 } };
  const spec = {
    outPath: 'editly.mp4',
    width: 1280,
    height: 720,
    fps: 30,
    keepSourceAudio: true,
    defaults,
    clips,
  };
  writeFileSync(join(folder, 'editly.json'), JSON.stringify(spec));
  await peer('editly', ['editly.json']);

  /** The same job by another program, where it is installed. */
  async function peer(program, args) {
    try {
      const { seconds } = await run(program, args);
      row(`  the same by ${program}, against one graph`, times(seconds / naive.seconds), '', true);
    } catch (error) {
      process.stderr.write(`${program}: ${error.message.slice(-40)}\n`);
    }
  }
}

if (only === undefined || only === 'buy') {
  const { Emulator } = await import('../build/test/emulator/emulator.js');
  for (const serviceMs of [200, 2000]) {
    const emulator = await Emulator.start({ serviceMs, shrink: 20, sameBytes: true });
    const shots = serviceMs === 200 ? 500 : 200;
    let seconds = Number.POSITIVE_INFINITY;
    for (let time = 0; time < 3; time++) {
      // A new project each time: file systems are slow to make files where many were deleted just now.
      const project = join(folder, `buy-${serviceMs}-${time}`);
      mkdirSync(join(project, '.storyreel'), { recursive: true });
      cpSync(join(folder, 'refs'), join(project, 'refs'), { recursive: true });
      const text = storyboard(shots, 'provider: wavespeed\n').replaceAll('duration: 5', 'duration: 2');
      writeFileSync(join(project, 'buy.yaml'), text);
      seconds = Math.min(seconds, await secondsOfBuying('buy.yaml', project, emulator.environment));
    }
    const ideal = (shots / 50) * (serviceMs / 1000);
    row(
      `${shots} clips bought, 50 at once, ${serviceMs} ms each, against the ideal`,
      `${(seconds / ideal).toFixed(2)} ×`,
      '1.25 ×',
      seconds / ideal <= 1.25,
    );
    await emulator.close();
  }
  const emulator = await Emulator.start({ serviceMs: 0, shrink: 20, sameBytes: true });
  writeFileSync(
    join(folder, 'thousand.yaml'),
    storyboard(1000, 'provider: wavespeed\n').replaceAll('duration: 5', 'duration: 2'),
  );
  const buy = [CLI, 'render', 'thousand.yaml', '--yes', '--no-cut', '--concurrency', '50'];
  await run(process.execPath, buy, { env: emulator.environment });
  const before = JSON.stringify(emulator.ledger().requests);
  const again = await best(3, process.execPath, buy, { env: emulator.environment });
  const silent = JSON.stringify(emulator.ledger().requests) === before;
  row(
    '1,000 bought clips again, asking the service nothing',
    s(again.seconds),
    '2 s',
    again.seconds <= 2 && silent,
  );
  await emulator.close();
}

rmSync(folder, { recursive: true, force: true });
const widths = [0, 1, 2, 3].map(column => Math.max(...rows.map(cells => cells[column].length), 8));
const line = cells =>
  cells
    .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
    .join('  ');
console.log(`${execFileSync(process.execPath, ['--version']).toString().trim()}\n`);
console.log(line(['', 'measured', 'limit', 'met']));
for (const cells of rows) console.log(line(cells));
