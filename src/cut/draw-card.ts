import { box, type Drawing, draw } from '../media/draw.ts';
import { FONT_FAMILY } from '../media/fonts.ts';
import type { CardText, Color } from '../storyboard/storyboard.ts';
import { fitHeight, fitLines, type Room, type Scaled } from './fit-text.ts';

/** Of the frame's shorter side. */
const SIZES = { centre: 0.11, left: 0.085, small: 0.05 } as const;
/** What every screen shows of a picture, after EBU R 95. */
const SAFE = 0.9;
/** How far long text may be made smaller before its words are broken, and it is cut off. */
const SMALLEST = 0.3;

/** Draws a title card in exactly this size. Text that is too long for it is set smaller. */
export async function drawCard(
  text: CardText,
  width: number,
  height: number,
  background: Color,
  fonts: readonly string[] = [],
): Promise<Drawing> {
  const paper = text.background ?? background;
  const ink = text.color ?? (isLight(paper) ? '#111111' : '#ffffff');
  const isLeft = text.style === 'left';
  const room = {
    ...{ width: width * (isLeft ? 2 * SAFE - 1 : SAFE), height: height * SAFE },
    ...{ fonts, smallest: SMALLEST },
  };
  const lines = await linesOf(text, Math.min(width, height), ink, room);
  const block = (scale: number) =>
    box(
      {
        ...{ width: room.width, flexDirection: 'column' },
        alignItems: isLeft ? 'flex-start' : 'center',
      },
      lines.map(line => line(scale)),
    );
  const page = {
    ...{ width, height, backgroundColor: paper },
    ...{ flexDirection: 'column', justifyContent: 'center', alignItems: 'center', overflow: 'hidden' },
  };
  return await draw(box(page, [await fitHeight(block, room)]), width, height, fonts);
}

async function linesOf(
  { title, subtitle, style }: CardText,
  side: number,
  ink: string,
  room: Room,
): Promise<Scaled[]> {
  const size = side * SIZES[style];
  const shared = {
    ...{ fontFamily: FONT_FAMILY, color: ink, maxWidth: '100%' },
    textAlign: style === 'left' ? 'left' : 'center',
  };
  const large = { ...shared, fontSize: size, fontWeight: 600, lineHeight: 1.15, letterSpacing: '-0.015em' };
  const small = { ...shared, fontSize: size * 0.42, fontWeight: 400, lineHeight: 1.35, opacity: 0.78 };
  const below = subtitle === null ? null : { style: { ...small, marginTop: '0.76em' }, text: subtitle };
  return await fitLines({ style: large, text: title }, below, room);
}

/** By the weights of BT.709. */
function isLight(color: Color): boolean {
  const channel = (at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) > 140;
}
