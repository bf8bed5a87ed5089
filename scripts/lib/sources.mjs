// What C++ files define and include, as far as lines that begin with a name tell.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './files.mjs';

const named = /^(?!using|namespace|template|#)\w[^\n(={]*?(?<!::)\b(\w+)(?=\(| = | ?\{|\[| :|;)/;
const type = /^(?:(?:struct|class|enum class) (\w+)|using (\w+) =|using [\w:]+::(\w+);)/;

const inside =
  /\b(?:struct|class|typename|using|concept|int|bool|auto) (\w+)|^ +(?!return|throw|else)[\w:<>&*, ]+ (\w+)\([^)]*\)[^;]*\{/g;

const read = new Map();

/**
 * What lines that begin with a name tell of a file: the `names` it defines at namespace scope, which of them are `own`
 * (in an unnamed namespace), which are `types`; what it declares `anywhere`, in a class, as a template's parameter, as a
 * lambda; the project's `headers` that it includes, others' includes and all.
 */
export function facts(path) {
  const known = read.get(path);
  if (known) return known;
  const result = { names: new Set(), own: new Set(), types: new Set(), anywhere: new Set(), headers: new Set() };
  read.set(path, result);
  const spaces = [];
  for (const whole of readFileSync(`${root}/${path}`, 'utf8').split('\n')) {
    const line = whole.replace(/^\[\[[^\]]*\]\] /, '');
    const include = /^#include "([^"]+)"/.exec(line)?.[1];
    const header = include && ['src', 'tests', dirname(path)].map((folder) => join(folder, include)).find(isFile);
    if (header) [header, ...facts(header).headers].forEach((one) => result.headers.add(one));
    const space = /^namespace (?:([\w:]+) )?\{/.exec(line);
    if (space) spaces.push(space[1] ?? '');
    else if (/^\} {2}\/\/ namespace/.test(line)) spaces.pop();
    for (const [, one, other] of line.matchAll(inside)) result.anywhere.add(one ?? other);
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
