// Node as a place to measure in: our own engine alone, through the package as Node users load it.
import { createBench } from './bench.mjs';
import { folders } from './engines.mjs';

export function openNode() {
  return {
    name: `Node ${process.version}`,

    async open({ engine, options }) {
      const bench = createBench((url) => import(url));
      const place = new URL(options.package.replace('/trainyard/', ''), folders['/trainyard/']);
      const info = await bench.open(new URL(engine.entry, import.meta.url).href, { ...options, package: place.href });
      return { call: async (method, ...parameters) => bench[method](...parameters), info, close: () => bench.close() };
    },

    async close() {},
  };
}
