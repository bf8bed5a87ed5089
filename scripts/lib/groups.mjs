// Which C++ files may be compiled as one: those that define no name twice. Most of the time of a compiler goes into the
// headers, once for every file that it is given.
import { readFileSync } from 'node:fs';

/** What a file defines at namespace scope, as far as lines that begin with it tell. */
function definitions(path) {
  const text = readFileSync(path, 'utf8');
  const namespace = /^namespace ([\w:]+) \{/m.exec(text)?.[1];
  const lines = text.matchAll(/^(?!using|namespace|#)\w[^\n(={]*?(?<!::)\b(\w+)(?=\(| = | ?\{|\[| :)/gm);
  return [...lines]
    .map(([, name]) => name)
    .filter((name) => !/^[A-Z_]+$/.test(name))
    .map((name) => (name === 'main' ? name : `${namespace}::${name}`));
}

/** Puts entries {file, command} into groups {command, files} of at most `most`, in order. */
export function inGroups(entries, most = Infinity) {
  const groups = [];
  for (const { file, command } of entries) {
    const names = definitions(file);
    let group = groups.find(
      (other) =>
        other.command === command && other.files.length < most && names.every((name) => !other.names.has(name)),
    );
    if (!group) groups.push((group = { command, files: [], names: new Set() }));
    group.files.push(file);
    names.forEach((name) => group.names.add(name));
  }
  return groups.map(({ command, files }) => ({ command, files }));
}
