// Fails when a file is compiled with a flag that lets the compiler change what a*b+c means: the same bits everywhere
// rest on that, and clang 21 even computes c*a+b in relaxed SIMD builds (LLVM pull request 161355).
// Usage: node scripts/checks/flags.mjs BUILD/compile_commands.json
import { readFileSync } from 'node:fs';

const banned =
  /(?:^|\s)(-ffast-math|-Ofast|-Og|-ffp-contract=(?:fast|on)|-funsafe-math-optimizations|-fassociative-math)(?=\s|$)/;
const commands = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const ours = commands.filter(({ file }) => !file.includes('/googletest/'));
if (ours.length === 0) throw new Error(`no compile commands in ${process.argv[2]}`);
let failures = 0;
for (const { file, command } of commands) {
  const flag = banned.exec(command)?.[1] ?? (command.includes('-ffp-contract=off') ? null : 'no -ffp-contract=off');
  if (flag) {
    failures += 1;
    console.error(`${file}: ${flag}`);
  }
}
console.log(`${commands.length} compile commands, ${failures} with a banned flag`);
process.exit(failures === 0 ? 0 : 1);
