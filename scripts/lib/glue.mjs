// Emscripten's JavaScript made fit to live inside one file beside ours: no imports, no addresses of other files.

/** Each pattern must be found as often as it says: a new Emscripten that writes otherwise is noticed here. */
const edits = [
  {
    what: 'Node’s require without an import that bundlers for browsers stumble on',
    find: /const\{createRequire\}=await import\("node:module"\);var require=createRequire\(import\.meta\.url\)/g,
    put: 'var require=(name)=>process.getBuiltinModule(name)',
  },
  {
    what: 'the address of the module: it comes compiled',
    find: /return new URL\("[^"]*\.wasm",import\.meta\.url\)\.href/g,
    put: 'throw Error("the module is handed in")',
  },
  {
    what: 'the worker of a thread: this very file',
    find: /new Worker\(new URL\("[^"]*",import\.meta\.url\),\{[^}]*\}\)/g,
    put: 'Module["newThread"]()',
    threads: true,
  },
  {
    what: 'whether this is a thread’s worker',
    find: /\(await import\("node:worker_threads"\)\)\.workerData/g,
    put: 'process.getBuiltinModule("node:worker_threads").workerData',
    threads: true,
  },
];

/** The factory of a build of the engine, as a module without imports. */
export function plainGlue(text, { threads }) {
  let plain = text;
  for (const { what, find, put, threads: onlyThreads = false } of edits) {
    const times = [...plain.matchAll(find)].length;
    const expected = onlyThreads && !threads ? 0 : 1;
    if (times !== expected) throw new Error(`Emscripten’s glue has ${times}, not ${expected}, of: ${what}`);
    plain = plain.replace(find, put);
  }
  const left = /import\(["'][^)]*\)|new URL\("[^"]*",\s*import\.meta\.url\)|\beval\(|new Function\(/.exec(plain);
  if (left) throw new Error(`Emscripten’s glue still has ${left[0]}`);
  return plain;
}
