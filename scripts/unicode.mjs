// Writes src/text/unicode_runs.hpp from the Unicode tables of this Node: run it again for a newer Unicode.
import { writeFileSync } from 'node:fs';
import { root } from './lib/files.mjs';

const classes = [/\p{L}/u, /\p{N}/u, /\p{White_Space}/u]; // 1, 2, 3 of CharClass; 0 is all else
const bytes = [];
const isSurrogate = (code) => code >= 0xd800 && code < 0xe000;
const classOf = (code) => (isSurrogate(code) ? 0 : 1 + classes.findIndex((c) => c.test(String.fromCodePoint(code))));

let start = 0;
let runs = 0;
for (let code = 1; code <= 0x110000; code++) {
  if (code < 0x110000 && classOf(code) === classOf(start)) continue;
  runs++;
  let value = (code - start) * 4 + classOf(start);
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  bytes.push(value);
  start = code;
}

const lines = [];
for (let i = 0; i < bytes.length; i += 28) lines.push(`    ${bytes.slice(i, i + 28).join(', ')},`);
writeFileSync(
  `${root}/src/text/unicode_runs.hpp`,
  `// Written by scripts/unicode.mjs: the classes of all code points of Unicode ${process.versions.unicode}, in runs.
#pragma once
#include <cstdint>

namespace trainyard {

inline constexpr int unicode_run_count = ${runs};
/// For each run 4 × its length + its class (CharClass), seven bits a byte, the lowest first.
inline constexpr std::uint8_t unicode_runs[] = {
    // clang-format off
${lines.join('\n')}
    // clang-format on
};

}  // namespace trainyard
`,
);
