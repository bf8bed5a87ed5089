// How fast this machine copies, measured in WebAssembly as it runs the engines: what memory traffic is held against.
// Nothing of Node here.

// (module
//   (memory (export "memory") 1)
//   (func (export "copy") (param $half i32) (param $times i32)
//     (loop
//       (memory.copy (local.get $half) (i32.const 0) (local.get $half))
//       (br_if 0 (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))))
const module = [
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x06, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x05, 0x03, 0x01, 0x00, 0x01],
  ...[0x07, 0x11, 0x02, 0x06, ...bytesOf('memory'), 0x02, 0x00, 0x04, ...bytesOf('copy'), 0x00, 0x00],
  ...[0x0a, 0x1a, 0x01, 0x18, 0x00, 0x03, 0x40],
  ...[0x20, 0x00, 0x41, 0x00, 0x20, 0x00, 0xfc, 0x0a, 0x00, 0x00],
  ...[0x20, 0x01, 0x41, 0x01, 0x6b, 0x22, 0x01, 0x0d, 0x00, 0x0b, 0x0b],
];

function bytesOf(text) {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Returns copy(bytes, milliseconds): GB read and written a second, one half of a buffer of `bytes` to the other. */
export function createCopy() {
  const { memory, copy } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module))).exports;
  return (bytes, milliseconds) => {
    const half = Math.max(64, 64 * Math.round(bytes / 128));
    const missing = Math.ceil((2 * half - memory.buffer.byteLength) / 65536);
    if (missing > 0) memory.grow(missing);
    const run = (times) => {
      const start = performance.now();
      copy(half, times);
      return performance.now() - start;
    };
    run(1); // the first one makes the pages
    // A page's clock ticks in tenths of a millisecond: a part of the time is several of them, and the best part counts.
    const least = Math.max(1, milliseconds / 8);
    let times = 1;
    let rate = 0;
    for (const end = performance.now() + milliseconds; ;) {
      const ms = run(times);
      if (ms < least) times = Math.ceil(times * Math.min(8, Math.max(1.2, (1.2 * least) / ms)));
      else rate = Math.max(rate, (2 * half * times) / ms / 1e6);
      if (rate && performance.now() >= end) return rate;
    }
  };
}
