// Draws the reference media of the examples in storyboards/: `npm run references`, or with names (`… mira bo`)
// only those. Takes the ffmpeg on PATH, or STORYREEL_FFMPEG.
import { copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bo, boStill } from './bo.mjs';
import { chest } from './chest.mjs';
import { toPng, writeLoop } from './encode.mjs';
import { harbour } from './harbour.mjs';
import { mira } from './mira.mjs';
import { nell } from './nell.mjs';
import { tram } from './tram.mjs';

const STORYBOARDS = new URL('../../storyboards/', import.meta.url);

// A storyboard's folder stands for itself, so a reference that two of them use is written twice.
const LOOPS = [
  {
    name: 'mira',
    draw: mira,
    crf: 23,
    files: ['salt-road/refs/mira.mp4', 'hello/refs/mira.mp4', 'reel/refs/mira.mp4'],
  },
  { name: 'bo', draw: bo, crf: 23, files: ['salt-road/refs/bo.mp4', 'reel/refs/bo.mp4'] },
  { name: 'chest', draw: chest, crf: 22, files: ['salt-road/refs/chest.mp4', 'ad/refs/chest.mp4'] },
  { name: 'harbour', draw: harbour, crf: 23, files: ['salt-road/refs/harbour.mp4', 'reel/refs/harbour.mp4'] },
  { name: 'nell', draw: nell, crf: 23, files: ['night-tram/refs/nell.mp4'] },
  { name: 'tram', draw: tram, crf: 24, files: ['night-tram/refs/tram.mp4'] },
];
const STILLS = [{ name: 'bo', draw: boStill, width: 600, file: 'salt-road/refs/bo.png' }];

const wanted = process.argv.slice(2);
const isWanted = ({ name }) => wanted.length === 0 || wanted.includes(name);

for (const { draw, width, file } of STILLS.filter(isWanted)) {
  writeFileSync(place(file), toPng(draw(), width));
  report(file);
}
for (const { draw, crf, files } of LOOPS.filter(isWanted)) {
  const [first, ...copies] = files;
  await writeLoop(place(first), draw, crf);
  report(first);
  for (const copy of copies) {
    copyFileSync(place(first), place(copy));
    report(copy);
  }
}

/** @param {string} file */
function place(file) {
  const path = fileURLToPath(new URL(file, STORYBOARDS));
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** @param {string} file */
function report(file) {
  console.log(`${file}  ${Math.ceil(statSync(place(file)).size / 1024)} KB`);
}
