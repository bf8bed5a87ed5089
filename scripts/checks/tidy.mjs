// clang-tidy over the C++ sources. Usage: node scripts/checks/tidy.mjs [PATH…]
//
// Compile commands come from the strict128 build, which compiles file by file (nor does clang know every -march that g++
// calls native); so bindings/embind/ is left out, whose headers, Emscripten's, want a newer clang. Files that are compiled
// alike are included in one, as many as have no name in common.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { files, root } from '../lib/files.mjs';
import { inGroups } from '../lib/groups.mjs';
import { forEachParallel, run } from '../lib/run.mjs';

const work = `${root}/build/tidy`;

/** Findings as text; empty where there are none. */
async function check(file) {
  try {
    const quiet = ['--quiet', '--extra-arg=-Wno-unknown-warning-option', '--extra-arg=-Wno-deprecated-declarations'];
    await run(['clang-tidy-19', ...quiet, '-p', work, file], { quiet: true });
    return '';
  } catch (error) {
    return error.output.replace(/^\d+ warnings.*\n|^Suppressed .*\n|^Use -header.*\n/gm, '');
  }
}

const wanted = process.argv.slice(2);
const build = `${root}/build/strict128`;
await run(['cmake', '--preset', 'strict128'], { env: { CMAKE_GENERATOR: 'Ninja' }, quiet: true });
const entries = JSON.parse(readFileSync(`${build}/compile_commands.json`, 'utf8'))
  .map(({ file, command }) => ({
    path: file.slice(root.length + 1),
    file,
    command: command.replace(/ -o \S+ -c \S+$/, ''),
  }))
  .filter(({ path }) => (wanted.length > 0 ? wanted.includes(path) : /^(src|bindings|tests|benchmarks)\//.test(path)));
const expected = wanted.length > 0 ? wanted : files(/^(?!bindings\/embind\/).*\.cpp$/);
const missing = expected.filter((path) => !entries.some((entry) => entry.path === path));
if (missing.length > 0) throw new Error(`the strict128 build does not compile ${missing.join(', ')}`);

// The largest first: no core waits long for the other.
const groups = inGroups(entries)
  .sort((a, b) => b.files.length - a.files.length)
  .map((group, i) => ({ ...group, file: `${work}/${i}.cpp` }));
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
for (const { file, files } of groups) {
  const includes = files.map((path) => `#include "${path}"\n`).join('');
  writeFileSync(
    file,
    `// NOLINTBEGIN(bugprone-suspicious-include)\n${includes}// NOLINTEND(bugprone-suspicious-include)\n`,
  );
}
const commands = [...entries, ...groups].map(({ file, command }) => ({
  directory: work,
  file,
  command: `${command} -c ${file}`,
}));
writeFileSync(`${work}/compile_commands.json`, JSON.stringify(commands));

let failures = 0;
await forEachParallel(groups, async (group) => {
  const text = await check(group.file);
  if (text === '') return;
  failures += 1;
  console.error(text);
  if (!text.includes('clang-diagnostic-error') || group.files.length === 1) return;
  const names = group.files.map((file) => file.slice(root.length + 1)).join(' ');
  console.error(
    `Read as one, these do not compile: a name of two of them that scripts/lib/groups.mjs missed? ${names}`,
  );
});
console.log(`clang-tidy: ${entries.length} files in ${groups.length} groups, ${failures} with findings`);
process.exit(failures === 0 && entries.length > 0 ? 0 : 1);
