// npm start: sets up what is missing, builds the package and serves the demo. Usage: node scripts/start.mjs [--port N]
import { spawn } from 'node:child_process';
import { root } from './lib/files.mjs';
import { installPackages } from './lib/prepare.mjs';
import { run } from './lib/run.mjs';

await run(['node', 'scripts/build.mjs']);
await installPackages('web');
await run(['npm', 'run', 'build'], { cwd: `${root}/web` });
// The server is the page's own: it stays in the foreground and says where it listens.
const server = spawn('npm', ['run', 'preview', '--', ...process.argv.slice(2)], {
  cwd: `${root}/web`,
  stdio: 'inherit',
});
server.on('exit', (code) => process.exit(code ?? 1));
