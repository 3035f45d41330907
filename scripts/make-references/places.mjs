// Things and places, in the same paper as the people.
import { circle, ellipse, gradient, group, path, picture, rect, round, scatter, sway, wave } from './svg.mjs';

/** The salt chest: iron bands, a glint that runs over them, salt that glitters. */
export function chest(t) {
  const glint = (t * 1.6 - 0.3) * 640;
  const salt = Array.from({ length: 34 }, (_, k) => {
    const bright = 0.35 + 0.65 * Math.max(0, sway(t, 1 + (k % 3), scatter(k, 3)));
    return circle(
      176 + scatter(k) * 288,
      262 - scatter(k, 1) * 26,
      2 + scatter(k, 2) * 4,
      '#ffffff',
      `opacity="${round(bright)}"`,
    );
  });
  return picture(
    640,
    640,
    gradient('wall', [
      [0, '#41555c'],
      [1, '#2a383e'],
    ]) +
      gradient('wood', [
        [0, '#a8683c'],
        [1, '#74431f'],
      ]) +
      gradient('lid', [
        [0, '#8a532c'],
        [1, '#5d3417'],
      ]) +
      `<clipPath id="box"><path d="M126 300 H514 L496 506 H144Z"/></clipPath>`,
    rect(0, 0, 640, 640, 'url(#wall)'),
    path('M0 470 H640 V640 H0Z', '#1f2a2f'),
    ellipse(320, 520, 250, 34, '#141c20'),
    group(
      `translate(0 ${round(sway(t, 1) * 2)})`,
      path('M136 284 C128 130 512 130 504 284Z', 'url(#lid)'),
      path('M160 284 C158 160 482 160 480 284Z', '#3a2010'),
      path('M158 282 C160 224 480 224 482 282Z', '#f2efe6'),
      path('M176 282 C210 240 430 240 464 282Z', '#ffffff'),
      ...salt,
      path('M126 284 H514 L496 506 H144Z', 'url(#wood)'),
      rect(132, 350, 380, 4, '#5d3417', 'opacity="0.6"'),
      rect(138, 424, 366, 4, '#5d3417', 'opacity="0.6"'),
      ...[172, 306, 440].map(x => rect(x, 284, 30, 222, '#3a4348')),
      rect(120, 280, 400, 24, '#454f55'),
      ...[187, 321, 455].flatMap(x => [330, 400, 470].map(y => circle(x, y, 5, '#8b979d'))),
      rect(286, 322, 68, 74, '#5a666c', 'rx="8"'),
      circle(320, 350, 11, '#20282c'),
      path('M314 352 H326 L330 380 H310Z', '#20282c'),
      `<g clip-path="url(#box)">${path(`M${round(glint)} 270 l46 0 l-90 250 l-46 0Z`, '#ffffff', 'opacity="0.2"')}</g>`,
    ),
  );
}

/** The harbour at dawn: a low sun, a crane, gulls, the sea in layers. */
export function harbour(t) {
  const [width, height] = [960, 540];
  const gull = (x, y, size, phase) => {
    const lift = sway(t, 4, phase) * size * 0.45;
    return `<path d="M${round(x - size)} ${round(y - lift)} Q${round(x - size / 2)} ${round(y - size * 0.5)} ${round(x)} ${round(y)} Q${round(x + size / 2)} ${round(y - size * 0.5)} ${round(x + size)} ${round(y - lift)}" stroke="#35505a" stroke-width="4" fill="none" stroke-linecap="round"/>`;
  };
  const gleams = Array.from({ length: 16 }, (_, k) => {
    const bright = 0.25 + 0.5 * Math.max(0, sway(t, 1 + (k % 2), scatter(k, 7)));
    return rect(
      566 + (scatter(k, 8) - 0.5) * (70 + k * 10),
      330 + k * 11,
      30 + scatter(k, 9) * 44,
      4,
      '#fbe3b4',
      `opacity="${round(bright)}" rx="2"`,
    );
  });
  return picture(
    width,
    height,
    gradient('dawn', [
      [0, '#5f8790'],
      [0.5, '#d9b48a'],
      [0.62, '#f0cf9a'],
      [1, '#f0cf9a'],
    ]),
    rect(0, 0, width, height, 'url(#dawn)'),
    circle(600, 268, 74, '#fdf0cf', 'opacity="0.5"'),
    circle(600, 268, 54, '#fff6df'),
    path(
      'M0 318 L0 262 L80 240 L170 258 L260 230 L360 268 L470 286 L960 306 L960 340 L0 340Z',
      '#86958f',
      'opacity="0.8"',
    ),
    wave(width, height, 322, 320, 3, t, '#7f9c98'),
    wave(width, height, 356, 240, 5, -t, '#5f868a'),
    ...gleams,
    path('M0 300 L330 300 L346 344 L346 430 L0 430Z', '#33464d'),
    path('M0 300 L330 300 L334 312 L0 312Z', '#4d636a'),
    group(
      'translate(150 0)',
      path('M0 300 L12 90 L30 90 L44 300Z', '#263940'),
      path('M-96 128 L196 62 L200 76 L-92 146Z', '#263940'),
      path('M20 40 L188 66 L184 72 L20 52Z', '#263940'),
      rect(-98, 122, 40, 36, '#263940'),
      group(
        `rotate(${round(sway(t, 1) * 2.4)} 184 74)`,
        rect(182, 74, 3, 112, '#263940'),
        path('M164 186 h40 l6 30 h-52Z', '#b4532e'),
      ),
    ),
    path(`M700 ${352 + sway(t, 1, 0.3) * 4} l150 0 l-22 34 l-104 0Z`, '#2b3d44'),
    path(`M770 ${352 + sway(t, 1, 0.3) * 4} l0 -104 l56 92Z`, '#e7d8bd'),
    wave(width, height, 412, 300, 7, t, '#3f6a70'),
    wave(width, height, 466, 260, 9, -t, '#2c5158'),
    gull(430 + sway(t, 1) * 26, 150 + sway(t, 1, 0.2) * 10, 24, 0),
    gull(500 + sway(t, 1, 0.1) * 30, 116 + sway(t, 1, 0.4) * 8, 16, 0.3),
    gull(742 + sway(t, 1, 0.6) * 24, 136 + sway(t, 1, 0.7) * 9, 19, 0.6),
  );
}

/** The night tram: a lit carriage gliding through rain, its light on the wet street. */
export function tram(t) {
  const size = 640;
  const windows = Array.from({ length: 5 }, (_, k) => rect(96 + k * 92, 262, 72, 84, '#ffd98a', 'rx="8"'));
  const towers = Array.from({ length: 11 }, (_, k) => {
    const x = k * 64 - 20;
    const top = 70 + scatter(k, 2) * 150;
    const lit = Array.from({ length: 6 }, (_, w) =>
      scatter(k * 7 + w, 5) > 0.5
        ? rect(
            x + 10 + (w % 2) * 22,
            top + 18 + Math.floor(w / 2) * 30,
            10,
            14,
            ['#ff5fa2', '#56d6ff', '#ffc857'][(k + w) % 3],
            `opacity="${round(0.45 + 0.3 * sway(t, 1, scatter(w, k)))}"`,
          )
        : '',
    );
    return rect(x, top, 58, 420, k % 2 ? '#241a52' : '#1d1646') + lit.join('');
  });
  const rain = Array.from({ length: 54 }, (_, k) => {
    const fall = (scatter(k) + t * (1 + (k % 2))) % 1;
    return path(
      `M${round(scatter(k, 1) * 700)} ${round(fall * 740 - 60)} l-7 30`,
      'none',
      'stroke="#b9c8ff" stroke-width="2" opacity="0.4"',
    );
  });
  const glide = sway(t, 1) * 14;
  return picture(
    size,
    size,
    gradient('night', [
      [0, '#120d35'],
      [0.7, '#3b1d63'],
      [1, '#5d2a78'],
    ]) +
      gradient('street', [
        [0, '#1c1540'],
        [1, '#0f0b28'],
      ]),
    rect(0, 0, size, size, 'url(#night)'),
    ...towers,
    rect(0, 452, size, 188, 'url(#street)'),
    rect(0, 470, size, 4, '#6d5fb0', 'opacity="0.6"'),
    rect(0, 502, size, 4, '#6d5fb0', 'opacity="0.6"'),
    rect(0, 168, size, 3, '#0c0824'),
    group(
      `translate(${round(glide)} 0)`,
      path('M250 214 L300 170 L350 214', 'none', 'stroke="#0c0824" stroke-width="6"'),
      rect(60, 214, 520, 238, '#d8344f', 'rx="34"'),
      rect(60, 366, 520, 34, '#f6efe2'),
      rect(60, 222, 520, 26, '#a92239', 'rx="13"'),
      ...windows,
      ...[128, 314, 410].map((x, k) =>
        path(`M${x} 346 c0 -34 8 -44 18 -44 s18 10 18 44Z`, '#6b3a1e', `opacity="${0.65 - k * 0.1}"`),
      ),
      circle(548, 424, 11, '#fff3c9'),
      circle(92, 424, 9, '#ff8a5c'),
      ...[150, 250, 400, 500].map(x => circle(x, 456, 20, '#0c0824')),
      ...Array.from({ length: 5 }, (_, k) =>
        rect(102 + k * 92, 500, 60, 120, '#ffd98a', `opacity="${round(0.14 + 0.06 * sway(t, 2, k / 5))}"`),
      ),
      path('M548 424 L760 380 L760 520Z', '#fff3c9', 'opacity="0.16"'),
    ),
    ...rain,
  );
}
