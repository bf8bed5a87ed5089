// The WebAssembly memories of a page, whoever makes them; of engines that do not tell.

/** Call before an engine loads. Returns a function: bytes of all memories of this thread, or nothing without any. */
export function watchMemories() {
  const memories = new Set();
  const { Memory, Instance, instantiate, instantiateStreaming } = WebAssembly;
  const keep = (instance) => {
    for (const value of Object.values(instance.exports)) if (value instanceof Memory) memories.add(value);
  };
  const kept = (make) =>
    async function (...args) {
      const made = await make.apply(this, args);
      keep(made.instance ?? made); // of a compiled module the instance alone
      return made;
    };
  WebAssembly.instantiate = kept(instantiate);
  WebAssembly.instantiateStreaming = kept(instantiateStreaming);
  WebAssembly.Memory = new Proxy(Memory, {
    construct(...args) {
      const memory = Reflect.construct(...args);
      memories.add(memory);
      return memory;
    },
  });
  WebAssembly.Instance = new Proxy(Instance, {
    construct(...args) {
      const instance = Reflect.construct(...args);
      keep(instance);
      return instance;
    },
  });
  return () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0) || undefined;
}
