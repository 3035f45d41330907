// Busts in cut paper: a ground, shoulders, a head that breathes and blinks.
import {
  circle,
  ellipse,
  gradient,
  group,
  path,
  picture,
  pulse,
  rect,
  round,
  scatter,
  sway,
} from './svg.mjs';

const SIZE = 640;

/** The lids close twice in a loop. */
const blink = t => Math.max(pulse(t, 0.32, 0.035), pulse(t, 0.8, 0.035));

const eyes = (t, y, color, apart = 37) =>
  [-1, 1]
    .map(side => ellipse(320 + side * apart, y, 7.5, Math.max(1.2, 9.5 * (1 - blink(t))), color))
    .join('');

const brows = (y, color, apart = 37, tilt = 0) =>
  [-1, 1]
    .map(
      side =>
        `<path d="M${320 + side * (apart - 17)} ${y + tilt} Q${320 + side * apart} ${y - 9} ${320 + side * (apart + 18)} ${y + 2}" stroke="${color}" stroke-width="6" fill="none" stroke-linecap="round"/>`,
    )
    .join('');

/** Mira, a salt trader: grey coat, rust scarf in the wind, the sea behind her. */
export function mira(t) {
  const breath = sway(t, 1) * 3;
  const turn = sway(t, 1, 0.1) * 5;
  const flutter = k => sway(t, 2, k * 0.13) * (9 + 6 * k);
  const scarf = Array.from({ length: 5 }, (_, k) => [404 + k * 46, 452 + k * 10 + flutter(k)]);
  const top = scarf.map(([x, y]) => `${round(x)} ${round(y)}`).join(' L');
  const low = [...scarf]
    .reverse()
    .map(([x, y], k) => `${round(x)} ${round(y + 50 - 3 * k)}`)
    .join(' L');
  return picture(
    SIZE,
    SIZE,
    gradient('sky', [
      [0, '#dbe3dc'],
      [0.62, '#a9c3c0'],
      [1, '#7ea5a6'],
    ]) +
      gradient('coat', [
        [0, '#7d868c'],
        [1, '#565f66'],
      ]),
    rect(0, 0, SIZE, SIZE, 'url(#sky)'),
    circle(468, 178, 92, '#f3e3c0'),
    path('M0 430 H640 V640 H0Z', '#5d8a8e'),
    path(
      `M0 ${470 + sway(t, 1) * 5} Q160 ${452 + sway(t, 1, 0.2) * 8} 320 ${470} T640 ${466} V640 H0Z`,
      '#4a7579',
    ),
    group(
      `translate(0 ${round(breath)})`,
      path('M84 660 C92 540 176 482 268 468 L372 468 C464 482 548 540 556 660Z', 'url(#coat)'),
      path('M300 466 L320 640 L250 640 L232 486Z', '#666f76'),
      path('M340 466 L320 640 L392 640 L410 486Z', '#4c555c'),
      path(`M${top} L${low}Z`, '#b4532e'),
      path('M244 452 C262 492 378 496 398 452 L406 500 C372 536 268 534 236 502Z', '#c8643a'),
      path('M250 486 C290 514 356 514 396 482 L400 500 C360 530 284 530 240 502Z', '#a84b28'),
    ),
    group(
      `translate(${round(turn)} ${round(breath * 0.6)})`,
      path(
        'M200 330 C182 196 262 128 330 130 C410 132 462 206 442 330 C440 392 428 436 414 452 L226 452 C212 432 202 386 200 330Z',
        '#2b2f36',
      ),
      path('M280 404 H360 V470 Q320 496 280 470Z', '#c98f6b'),
      path(
        'M232 292 C232 216 270 186 320 186 C370 186 408 216 408 292 C408 372 364 428 320 428 C276 428 232 372 232 292Z',
        '#dea57d',
      ),
      path(
        'M222 306 C218 214 268 164 332 168 C392 172 424 216 420 304 C408 250 380 222 344 216 C300 224 246 238 222 306Z',
        '#2b2f36',
      ),
      eyes(t, 300, '#22262b'),
      brows(276, '#2b2f36'),
      path(
        'M320 306 Q311 338 314 346 Q320 351 328 347',
        'none',
        'stroke="#b97d5a" stroke-width="5" stroke-linecap="round"',
      ),
      path('M298 380 Q320 393 344 378', 'none', 'stroke="#9c4a3a" stroke-width="6" stroke-linecap="round"'),
      circle(262, 346, 17, '#d98f6c', 'opacity="0.55"'),
      circle(378, 346, 17, '#d98f6c', 'opacity="0.55"'),
    ),
  );
}

/** Bo, a docker: yellow oilskin, sou'wester, a red beard. */
export function bo(t) {
  const breath = sway(t, 1, 0.3) * 4;
  const drops = Array.from({ length: 26 }, (_, k) => {
    const fall = (scatter(k) + t * (1 + (k % 2))) % 1;
    return rect(
      scatter(k, 1) * SIZE,
      fall * 760 - 60,
      2.5,
      26 + scatter(k, 2) * 22,
      '#dfe9ea',
      'opacity="0.35"',
    );
  });
  return picture(
    SIZE,
    SIZE,
    gradient('sky', [
      [0, '#65808c'],
      [1, '#3c5561'],
    ]) +
      gradient('coat', [
        [0, '#efb93f'],
        [1, '#d2932a'],
      ]),
    rect(0, 0, SIZE, SIZE, 'url(#sky)'),
    path(
      'M0 420 L70 420 L70 250 L96 250 L96 420 L210 420 L210 330 L300 330 L300 420 L640 420 V640 H0Z',
      '#324752',
    ),
    path('M96 262 L270 206 L272 216 L100 274Z', '#324752'),
    rect(258, 214, 4, 92, '#324752'),
    group(
      `translate(0 ${round(breath)})`,
      path('M52 660 C60 536 156 480 256 462 L384 462 C484 480 580 536 588 660Z', 'url(#coat)'),
      path('M246 460 C264 520 376 520 394 460 L420 492 C392 566 248 566 220 492Z', '#b87c1f'),
      rect(314, 540, 12, 110, '#b87c1f'),
      circle(320, 580, 10, '#8a5a12'),
      circle(320, 626, 10, '#8a5a12'),
    ),
    group(
      `translate(${round(sway(t, 1, 0.5) * 4)} ${round(breath * 0.55)})`,
      path('M274 396 H366 V472 H274Z', '#b9785a'),
      path(
        'M222 286 C222 210 268 176 320 176 C372 176 418 210 418 286 C418 372 374 420 320 420 C266 420 222 372 222 286Z',
        '#d99a78',
      ),
      path(
        'M218 312 C226 342 262 344 286 336 C300 346 340 346 354 336 C378 344 414 342 422 312 C430 410 386 478 320 480 C254 478 210 410 218 312Z',
        '#a64b27',
      ),
      path('M282 352 Q320 334 358 352 Q320 372 282 352Z', '#c46038'),
      path('M302 366 Q320 374 338 366', 'none', 'stroke="#6d2a15" stroke-width="6" stroke-linecap="round"'),
      path('M320 288 Q306 324 312 330 Q320 337 332 330', '#c4825f'),
      eyes(t, 284, '#2a211c', 42),
      brows(258, '#8d3d1e', 42, -3),
      path('M222 246 C216 146 270 104 320 104 C370 104 424 146 418 246Z', '#efb93f'),
      path('M176 262 C230 214 410 214 464 262 C440 240 200 240 176 262Z', '#c98a24'),
      path('M172 264 C226 206 414 206 468 264 C420 236 220 236 172 264Z', '#f6cb5c'),
    ),
    ...drops,
  );
}

/** Nell, on the night tram: headphones, and the lights of the city passing over her. */
export function nell(t) {
  const nod = sway(t, 2) * 5;
  const lights = Array.from({ length: 9 }, (_, k) => {
    const x = (((scatter(k, 4) + t * (1 + (k % 2))) % 1) * 1.5 - 0.25) * SIZE;
    return circle(
      x,
      90 + scatter(k, 5) * 330,
      26 + scatter(k, 6) * 46,
      ['#ff5fa2', '#56d6ff', '#ffc857'][k % 3],
      'opacity="0.3"',
    );
  });
  const glow = 0.25 + 0.2 * sway(t, 2, 0.25);
  return picture(
    SIZE,
    SIZE,
    gradient('night', [
      [0, '#1a1440'],
      [1, '#3a1f5d'],
    ]) +
      gradient('coat', [
        [0, '#28305f'],
        [1, '#1a2046'],
      ]),
    rect(0, 0, SIZE, SIZE, 'url(#night)'),
    ...lights,
    path('M96 660 C104 544 190 488 276 474 L364 474 C450 488 536 544 544 660Z', 'url(#coat)'),
    path('M262 470 C284 512 356 512 378 470 L390 506 C356 544 284 544 250 506Z', '#ff5fa2'),
    group(
      `translate(${round(nod * 0.4)} ${round(nod)})`,
      path(
        'M204 316 C196 190 262 136 326 138 C404 140 446 206 438 316 C446 380 446 420 434 462 L206 462 C194 420 198 372 204 316Z',
        '#121029',
      ),
      path('M284 404 H356 V476 Q320 498 284 476Z', '#a8705c'),
      path(
        'M236 294 C236 222 272 192 320 192 C368 192 404 222 404 294 C404 372 362 424 320 424 C278 424 236 372 236 294Z',
        '#c78a72',
      ),
      path(
        'M226 312 C220 222 270 174 328 176 C388 178 420 222 414 312 C400 262 376 236 330 226 C282 236 244 258 226 312Z',
        '#121029',
      ),
      path(
        `M404 250 C408 330 388 394 344 420 C392 408 412 350 410 290Z`,
        '#56d6ff',
        `opacity="${round(glow + 0.15)}"`,
      ),
      [-1, 1]
        .map(
          side =>
            `<path d="M${320 + side * 37 - 15} 302 Q${320 + side * 37} 313 ${320 + side * 37 + 15} 302" stroke="#1b1230" stroke-width="6" fill="none" stroke-linecap="round"/>`,
        )
        .join(''),
      brows(274, '#1b1230'),
      path(
        'M320 308 Q312 338 315 345 Q320 350 328 346',
        'none',
        'stroke="#a5694f" stroke-width="5" stroke-linecap="round"',
      ),
      path('M296 380 Q320 398 346 378', 'none', 'stroke="#8d3350" stroke-width="6" stroke-linecap="round"'),
      path(
        'M208 300 C200 150 262 112 322 112 C384 112 444 150 434 300',
        'none',
        'stroke="#f2f0ff" stroke-width="18" stroke-linecap="round"',
      ),
      rect(186, 276, 44, 92, '#f2f0ff', 'rx="22"'),
      rect(410, 276, 44, 92, '#f2f0ff', 'rx="22"'),
      rect(196, 296, 14, 52, '#ff5fa2', 'rx="7"'),
      rect(430, 296, 14, 52, '#ff5fa2', 'rx="7"'),
    ),
  );
}
