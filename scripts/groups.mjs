// For cmake/unity.cmake: prints for each of the C++ files named the number of the group that it is compiled in. No group
// has more files than the first argument says; several are made about as large as each other.
import { inGroups } from './lib/groups.mjs';

const [limit, ...paths] = process.argv.slice(2);
const most = Math.ceil(paths.length / Math.ceil(paths.length / Number(limit)));
const groups = inGroups(
  paths.map((file) => ({ file, command: '' })),
  most,
);
process.stdout.write(paths.map((path) => groups.findIndex(({ files }) => files.includes(path))).join(';'));
