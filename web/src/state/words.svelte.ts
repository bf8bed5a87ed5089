/** The dictionary of the language in use. Set before the page is mounted. */
import type { Dictionary } from '../text/index.ts';

class Words {
  text = $state.raw<Dictionary>(undefined as unknown as Dictionary);
}

export const words = new Words();
