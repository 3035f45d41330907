// Motions that close: each makes a whole number of turns in a loop, so that the last frame leads into the first.

export const TURN = 2 * Math.PI;

/** A slow back and forth, -1 … 1. @param {number} t 0 … 1 over the loop */
export const sway = (t, turns = 1, phase = 0) => Math.sin(TURN * (t * turns + phase));

/** 0 for most of the loop, up to 1 and back in a short moment around `at`. @param {number} t @param {number} at @param {number} width */
export const pulse = (t, at, width) => {
  const distance = Math.abs(((t - at + 1.5) % 1) - 0.5);
  return distance >= width ? 0 : 0.5 + 0.5 * Math.cos((Math.PI * distance) / width);
};

/** Where something is that starts again and again, 0 … 1. @param {number} t */
export const cycle = (t, turns = 1, phase = 0) => (((t * turns + phase) % 1) + 1) % 1;

/** 0 at both ends of a cycle, 1 in between: things appear and vanish unseen. @param {number} share */
export const fadeEnds = (share, edge = 0.2) => Math.min(1, share / edge, (1 - share) / edge);

/** @param {number} from @param {number} to @param {number} share */
export const mix = (from, to, share) => from + (to - from) * share;

/** Numbers that look like chance and are the same every time. @param {number} index */
export const scatter = (index, salt = 0) => {
  const value = Math.sin((index + 1) * 127.1 + salt * 311.7) * 43758.5453;
  return Math.round((value - Math.floor(value)) * 1e4) / 1e4;
};
