/** What `init` can begin with: folders of storyboards/, so that what is tested is what a new author gets. */
export const TEMPLATES = {
  hello: 'one shot of one character: the smallest film',
  reel: 'a pitch reel: scenes, a shared cast, title cards, captions, takes, a draft and a final profile',
  ad: 'one advertisement in several versions by variables, in three shapes',
  blank: 'a title card, and comments where the rest goes',
} as const;

export type Template = keyof typeof TEMPLATES;
