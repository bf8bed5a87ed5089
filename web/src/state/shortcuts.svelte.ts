/** Whether letters and signs act as keys all over the page; the browser remembers it, where it may. */
const name = 'trainyard-letters';

function remembered(): boolean {
  try {
    return localStorage.getItem(name) !== 'off';
  } catch {
    return true;
  }
}

class Shortcuts {
  #letters = $state(remembered());

  get letters(): boolean {
    return this.#letters;
  }

  set letters(on: boolean) {
    this.#letters = on;
    try {
      if (on) localStorage.removeItem(name);
      else localStorage.setItem(name, 'off');
    } catch {
      // A browser that keeps nothing for pages: it holds until the page is closed.
    }
  }
}

export const shortcuts = new Shortcuts();
