// Which C++ files may be compiled as one: those that define no name twice, nor a name of their own that a header gives
// to a type another of them may mean. Most of the time of a compiler goes into the headers, once for every file that it
// is given.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { root } from './files.mjs';

const named = /^(?!using|namespace|template|#)\w[^\n(={]*?(?<!::)\b(\w+)(?=\(| = | ?\{|\[| :|;)/;
const type = /^(?:(?:struct|class|enum class) (\w+)|using (\w+) =|using [\w:]+::(\w+);)/;

const read = new Map();

/**
 * What lines that begin with a name tell of a file: the `names` it defines at namespace scope, which of them are `own`
 * (in an unnamed namespace), which are `types`; the project's headers that it includes, others' includes and all.
 */
function facts(path) {
  const known = read.get(path);
  if (known) return known;
  const result = { names: new Set(), own: new Set(), types: new Set(), headers: new Set() };
  read.set(path, result);
  const spaces = [];
  for (const line of readFileSync(`${root}/${path}`, 'utf8').split('\n')) {
    const include = /^#include "([^"]+)"/.exec(line)?.[1];
    const header = include && ['src', 'tests', '.'].map((f) => relative('.', `${f}/${include}`)).find(isFile);
    if (header) [header, ...facts(header).headers].forEach((one) => result.headers.add(one));
    const space = /^namespace (?:([\w:]+) )?\{/.exec(line);
    if (space) spaces.push(space[1] ?? '');
    else if (/^\} {2}\/\/ namespace/.test(line)) spaces.pop();
    const isType = type.exec(line);
    const name = isType ? (isType[1] ?? isType[2] ?? isType[3]) : named.exec(line)?.[1];
    if (name === undefined || /^[A-Z_]+$/.test(name)) continue;
    const full = [...(name === 'main' ? [] : spaces.filter((part) => part !== '')), name].join('::');
    result.names.add(full);
    if (spaces.includes('')) result.own.add(full);
    if (isType) result.types.add(full);
  }
  return result;
}

const isFile = (path) => existsSync(`${root}/${path}`);

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
