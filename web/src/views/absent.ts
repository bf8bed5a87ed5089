/** What a page says when not even its words arrived: in both languages, with a way to try again. */
export function sayAbsent(target: HTMLElement | null): void {
  const line = (lang: string, text: string, again: string): HTMLElement => {
    const paragraph = document.createElement('p');
    const link = document.createElement('a');
    paragraph.lang = lang;
    link.href = location.href;
    link.textContent = again;
    paragraph.append(text, ' ', link);
    return paragraph;
  };
  const said = document.createElement('main');
  said.className = 'absent';
  said.setAttribute('role', 'alert');
  said.append(
    line('en', 'A part of this page did not arrive. This machine may be offline.', 'Try again'),
    line('zh-Hans', '这个页面有一部分没取到，可能断网了。', '再试一次'),
  );
  target?.replaceChildren(said);
}
