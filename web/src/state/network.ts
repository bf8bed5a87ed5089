/** The short writing of a network in the address, "8-8" or "c8-c16", and the changes that a visitor makes to it. */
import type { Part } from '../tasks/task.ts';

export function readParts(text: string): Part[] {
  if (text === '0') return [];
  return text.split('-').map((word) => {
    const letter = /^[cd]/.test(word) ? (word[0] as 'c' | 'd') : '';
    return { letter, size: Number(letter === '' ? word : word.slice(1)) };
  });
}

export function writeParts(parts: readonly Part[]): string {
  return parts.length === 0 ? '0' : parts.map(({ letter, size }) => `${letter}${size}`).join('-');
}

export function resizePart(parts: readonly Part[], index: number, size: number): Part[] {
  return parts.map((part, i) => (i === index ? { ...part, size } : part));
}

/** After the last layer of its letter or of one that comes before it: convolutions stay before linear layers. */
export function addPart(parts: readonly Part[], part: Part, letters: readonly Part['letter'][]): Part[] {
  const rank = letters.indexOf(part.letter);
  let at = 0;
  parts.forEach((other, i) => {
    if (letters.indexOf(other.letter) <= rank) at = i + 1;
  });
  return [...parts.slice(0, at), part, ...parts.slice(at)];
}

export function removePart(parts: readonly Part[], index: number): Part[] {
  return parts.filter((_, i) => i !== index);
}
