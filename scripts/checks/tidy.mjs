// clang-tidy over the engine, with the compile commands of the strict128 build (clang does not know every -march that
// g++ calls native). Usage: node scripts/checks/tidy.mjs [PATH…]
import { readFileSync } from 'node:fs';
import { files, root } from '../lib/files.mjs';
import { forEachParallel, run } from '../lib/run.mjs';

await run(['cmake', '--preset', 'strict128'], { env: { CMAKE_GENERATOR: 'Ninja' }, quiet: true });
const build = `${root}/build/strict128`;
const known = new Set(JSON.parse(readFileSync(`${build}/compile_commands.json`, 'utf8')).map(({ file }) => file));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : files(/^(src|bindings)\/.*\.cpp$/);
const sources = wanted.filter((path) => known.has(`${root}/${path}`));
let failures = 0;
await forEachParallel(sources, async (path) => {
  try {
    await run(
      [
        'clang-tidy-19',
        '--quiet',
        '--extra-arg=-Wno-unknown-warning-option',
        '--extra-arg=-Wno-deprecated-declarations',
        '-p',
        build,
        path,
      ],
      {
        quiet: true,
      },
    );
  } catch (error) {
    failures += 1;
    console.error(
      error.output.replace(/^\d+ warnings.*\n|^Suppressed .*\n|^Use -header.*\n|^\d+ warnings treated.*\n/gm, ''),
    );
  }
});
console.log(`clang-tidy: ${sources.length} files, ${failures} with findings`);
process.exit(failures === 0 && sources.length > 0 ? 0 : 1);
