// clang-format and Prettier. Usage: node scripts/checks/format.mjs [--fix]
import { files } from '../lib/files.mjs';
import { run } from '../lib/run.mjs';

const fix = process.argv.includes('--fix');
const sources = files(/^(src|bindings|tests|benchmarks)\/.*\.(cpp|hpp)$/);
const results = await Promise.allSettled([
  run(['clang-format-19', ...(fix ? ['-i'] : ['--dry-run', '-Werror']), ...sources], { quiet: true }),
  run(['node_modules/.bin/prettier', fix ? '--write' : '--check', '--log-level', 'warn', '.'], { quiet: true }),
]);
const failed = results.filter(({ status }) => status === 'rejected');
failed.forEach(({ reason }) => console.error(reason.output ?? reason.message));
console.log(
  `format: ${sources.length} C++ files and all that Prettier knows; ${failed.length === 0 ? 'clean' : 'run npm run format'}`,
);
process.exit(failed.length === 0 ? 0 : 1);
