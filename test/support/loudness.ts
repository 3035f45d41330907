type Second = readonly [number, number, number];

/** A filter of second order: what goes in counts with `b`, what came out before with `a`. */
function filtered(samples: Float64Array, b: Second, [, a1, a2]: Second): Float64Array {
  const made = new Float64Array(samples.length);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (const [at, x] of samples.entries()) {
    const y = b[0] * x + b[1] * x1 + b[2] * x2 - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    made[at] = y;
  }
  return made;
}

/** 100 ms. */
const STEP = 4800;

/**
 * LUFS of 16-bit sound at 48 kHz that is the same on both sides: from ITU-R BS.1770-4 alone, with its two filters, its
 * blocks of 400 ms and both of its gates.
 */
export function loudnessOf(samples: Int16Array): number {
  const full = Float64Array.from(samples, sample => sample / 32_768);
  const shelf: [Second, Second] = [
    [1.53512485958697, -2.69169618940638, 1.19839281085285],
    [1, -1.69065929318241, 0.73248077421585],
  ];
  const weighted = filtered(filtered(full, ...shelf), [1, -2, 1], [1, -1.99004745483398, 0.99007225036621]);
  const steps = Array.from({ length: Math.floor(weighted.length / STEP) }, (_, step) =>
    weighted.subarray(step * STEP, (step + 1) * STEP).reduce((sum, value) => sum + 2 * value * value, 0),
  );
  const blocks = steps.slice(3).map((_, at) => mean(steps.slice(at, at + 4)) / STEP);
  const heard = blocks.filter(power => inLufs(power) > -70);
  const gate = inLufs(mean(heard)) - 10;
  return inLufs(mean(heard.filter(power => inLufs(power) > gate)));
}

function inLufs(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
