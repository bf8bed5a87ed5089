// Running other programs: output goes through as it comes, and is kept for whoever wants to read it.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { root } from './files.mjs';

export const jobs = String(availableParallelism());

/** A command that failed; what it had to say has been seen already, unless it ran quietly. */
class CommandFailed extends Error {
  constructor(message, output) {
    super(message);
    this.output = output;
  }
}

// A script that such an error ends says which command it was, and no more.
process.on('uncaughtException', (error) => {
  console.error(error instanceof CommandFailed ? `failed: ${error.message}` : error);
  process.exit(1);
});

/** Runs `command` (a program and its arguments); resolves to its output, rejects with the command when it fails. */
export function run(command, { cwd = root, env = {}, quiet = false } = {}) {
  const text = command.join(' ');
  if (!quiet) console.log(`$ ${cwd === root ? '' : `(cd ${cwd.slice(root.length)}) `}${text}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], command.slice(1), {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (stream) => (chunk) => {
      output += chunk;
      if (!quiet) stream.write(chunk);
    };
    child.stdout.on('data', take(process.stdout));
    child.stderr.on('data', take(process.stderr));
    child.on('error', (error) => reject(new CommandFailed(`${text}: ${error.message}`, '')));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new CommandFailed(`${text}: ${signal ?? `exit status ${code}`}`, output));
    });
  });
}

/** Runs `task(item)` for every item, as many at once as there are cores. */
export async function forEachParallel(items, task) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await task(item);
  };
  await Promise.all(Array.from({ length: Number(jobs) }, worker));
}
