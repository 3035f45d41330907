import { box, type Children, type Element } from '../../media/draw.ts';
import { FONT_FAMILY } from '../../media/fonts.ts';
import type { ClipFormat } from '../provider.ts';
import type { ClockLayout, Layout } from './layout.ts';
import { at, COLORS, SIZES } from './look.ts';
import { even, type Rectangle } from './rectangle.ts';

/**
 * The ten digits and the dot, one below the other. Each moving figure of the clock is a window that slides over
 * this strip: drawing every running time would take longer than encoding the clip.
 */
export function drawDigits({ clock, unit }: Layout): Element {
  const { height } = clock.running;
  return box(
    {
      flexDirection: 'column',
      width: clock.digitWidth,
      height: height * 11,
      background: COLORS.ground,
      color: COLORS.text,
      fontFamily: FONT_FAMILY,
      fontWeight: 600,
      fontSize: SIZES.clock * unit,
    },
    [...'0123456789.'].map(figure =>
      cell(figure, figure === '.' ? clock.dotWidth : clock.digitWidth, height),
    ),
  );
}

/** The clip's length, at rest beside the running time. */
export function drawTotal({ clock, unit }: Layout, durationSeconds: number): Element {
  const { height } = clock.total;
  const digitWidth = even(clock.digitWidth * (SIZES.small / SIZES.clock));
  const figures = [...durationSeconds.toFixed(1).padStart(4, '0')];
  const style = {
    justifyContent: 'flex-end',
    alignItems: 'center',
    color: COLORS.quiet,
    fontSize: SIZES.small * unit,
  };
  return box({ ...at(clock.total), ...style }, [
    box({ marginRight: 8 * unit }, '/'),
    ...figures.map(figure => cell(figure, figure === '.' ? clock.dotWidth * 0.8 : digitWidth, height)),
    box({ marginLeft: 6 * unit }, 's'),
  ]);
}

/** Filters from the strip to the running time, `02.4`, which changes ten times a second. */
export function clockChains(strip: string, out: string, clock: ClockLayout, format: ClipFormat): string[] {
  const { digitWidth, dotWidth, running } = clock;
  const last = Math.ceil(format.durationSeconds * 10) - 1;
  // Tenths of a second that have passed; the small addition keeps a division from falling just short.
  const tenths = `min(${last},floor(n*10/${format.fps}+0.001))`;
  const figure = (divisor: number) =>
    `crop=w=${digitWidth}:h=${running.height}:x=0:y='${running.height}*mod(floor(${tenths}/${divisor}),10)'`;
  return [
    `[${strip}]split=4[tens0][ones0][dot0][tenths0]`,
    `[tens0]${figure(100)}[tens]`,
    `[ones0]${figure(10)}[ones]`,
    `[dot0]crop=w=${dotWidth}:h=${running.height}:x=0:y=${running.height * 10}[dot]`,
    `[tenths0]${figure(1)}[tenths]`,
    `[tens][ones][dot][tenths]hstack=inputs=4[${out}]`,
  ];
}

export function clockSize({ digitWidth, running }: ClockLayout): Pick<Rectangle, 'width' | 'height'> {
  return { width: digitWidth, height: running.height * 11 };
}

function cell(text: Children, width: number, height: number): Element {
  return box({ width, height, justifyContent: 'center', alignItems: 'center' }, text);
}
