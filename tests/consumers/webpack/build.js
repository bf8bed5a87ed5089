// webpack as it comes, through its own interface: its command line is another package.
import webpack from 'webpack';

const page = { mode: 'production', entry: './main.js', output: { path: `${process.cwd()}/dist`, filename: 'main.js' } };
webpack({ ...page, performance: { hints: false } }, (error, stats) => {
  const found = error ? [error] : [...stats.compilation.errors, ...stats.compilation.warnings];
  for (const problem of found) console.error(problem.message);
  process.exitCode = found.length;
});
