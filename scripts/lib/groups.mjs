// Which C++ files may be compiled as one: those that define no name twice, nor a name of their own that a header gives
// to a type another of them may mean. Most of the time of a compiler goes into the headers, once for every file that it
// is given.
import { relative } from 'node:path';
import { root } from './files.mjs';
import { facts } from './sources.mjs';

/** Whether a name in `own` hides a type of `headers` that is in its namespace or in one around it. */
const hides = (own, headers) =>
  [...own].some((full) => {
    const parts = full.split('::');
    const name = parts.pop();
    const seen = parts.map((_, i) => [...parts.slice(0, i + 1), name].join('::'));
    return [...headers].some((header) => seen.some((one) => facts(header).types.has(one)));
  });

/** Puts entries {file, command} into groups {command, files} of at most `most`, in order. */
export function inGroups(entries, most = Infinity) {
  const groups = [];
  for (const { file, command } of entries) {
    const { names, own, headers } = facts(relative(root, file));
    const fits = (group) =>
      group.command === command &&
      group.files.length < most &&
      [...names].every((name) => !group.names.has(name)) &&
      !hides(own, group.headers) &&
      !hides(group.own, headers);
    let group = groups.find(fits);
    if (!group) groups.push((group = { command, files: [], names: new Set(), own: new Set(), headers: new Set() }));
    group.files.push(file);
    names.forEach((name) => group.names.add(name));
    own.forEach((name) => group.own.add(name));
    headers.forEach((header) => group.headers.add(header));
  }
  return groups.map(({ command, files }) => ({ command, files }));
}
