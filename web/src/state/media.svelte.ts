/** What the style sheet's media queries know, for what is drawn on canvases. */
class Media {
  phone = $state(false);
  width = $state(0);
  height = $state(0);

  constructor() {
    const read = (): void => {
      this.phone = matchMedia('(max-width: 760px)').matches;
      this.width = innerWidth;
      this.height = innerHeight;
    };
    read();
    addEventListener('resize', read);
  }
}

export const media = new Media();
export const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
