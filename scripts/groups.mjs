// For cmake/unity.cmake: prints for each of the C++ files named the number of the group that it is compiled in.
import { inGroups } from './lib/groups.mjs';

const paths = process.argv.slice(2);
const groups = inGroups(
  paths.map((file) => ({ file, command: '' })),
  12,
);
process.stdout.write(paths.map((path) => groups.findIndex(({ files }) => files.includes(path))).join(';'));
