// ONNX models as bytes: as much of the format (protocol buffers, onnx.proto) as the models here need.

const text = new TextEncoder();

function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

function join(parts) {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Fields of a message; each is a whole number, or what has bytes: a text or another message. */
const whole = (field, value) => Uint8Array.from([...varint(field << 3), ...varint(value)]);
function bytes(field, value) {
  const content = typeof value === 'string' ? text.encode(value) : value;
  return join([Uint8Array.from([...varint((field << 3) | 2), ...varint(content.length)]), content]);
}
function real(field, value) {
  return join([Uint8Array.from(varint((field << 3) | 5)), new Uint8Array(Float32Array.of(value).buffer)]);
}
const each = (values, f) => values.map(f);

const FLOAT = 1;
const INT64 = 7;

/** A whole number, a list of them, a text; a real number as {real}. */
function attribute(name, value) {
  const of = (type, ...fields) => join([bytes(1, name), ...fields, whole(20, type)]);
  if (typeof value === 'string') return of(3, bytes(4, value));
  if (Array.isArray(value)) return of(7, ...each(value, (v) => whole(8, v)));
  if (typeof value === 'object') return of(1, real(2, value.real));
  return of(2, whole(3, value));
}

/** [op, inputs, outputs, attributes] */
const node = ([op, inputs, outputs, attributes = {}]) =>
  join([
    ...each(inputs, (name) => bytes(1, name)),
    ...each(outputs, (name) => bytes(2, name)),
    bytes(4, op),
    ...each(Object.entries(attributes), ([name, value]) => bytes(5, attribute(name, value))),
  ]);

/** {shape, data}: Float32Array, or BigInt64Array for shapes and indices. */
const tensor = ([name, { shape, data }]) =>
  join([
    ...each(shape, (n) => whole(1, n)),
    whole(2, data instanceof BigInt64Array ? INT64 : FLOAT),
    bytes(8, name),
    bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]);

/** {shape, int64?}; an axis may have a name instead of a size. */
function port([name, { shape, int64 }]) {
  const axis = (n) => bytes(1, typeof n === 'string' ? bytes(2, n) : whole(1, n));
  const type = join([whole(1, int64 ? INT64 : FLOAT), bytes(2, join(each(shape, axis)))]);
  return join([bytes(1, name), bytes(2, bytes(1, type))]);
}

/** A model file: nodes in order, constants, inputs and outputs by name. */
export function encodeModel({ nodes, tensors, inputs, outputs }) {
  const graph = join([
    ...each(nodes, (n) => bytes(1, node(n))),
    bytes(2, 'network'),
    ...each(Object.entries(tensors), (t) => bytes(5, tensor(t))),
    ...each(Object.entries(inputs), (p) => bytes(11, port(p))),
    ...each(Object.entries(outputs), (p) => bytes(12, port(p))),
  ]);
  const opset = join([bytes(1, ''), whole(2, 20)]);
  return join([whole(1, 9), bytes(7, graph), bytes(8, opset)]);
}
