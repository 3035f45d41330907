import { expect, test } from 'vitest';
import { h264 } from '../../src/media/h264.ts';

// From Table A-1 of the recommendation: 1080p60 is the most of 4.2, 2160p30 of 5.1, 2160p60 of 5.2.
test.each([
  [1280, 720, 30, '4.2'],
  [1920, 1080, 60, '4.2'],
  [1920, 1080, 120, '5.1'],
  [2560, 1440, 30, '5.1'],
  [3840, 2160, 30, '5.1'],
  [3840, 2160, 60, '5.2'],
  [7680, 4320, 60, '6.2'],
])('%i x %i at %i frames a second is level %s', (width, height, numerator, level) => {
  const options = h264({ numerator, denominator: 1 }, undefined, { width, height });
  expect(options[options.indexOf('-level:v') + 1]).toBe(level);
});
