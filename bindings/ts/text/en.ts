// Every sentence of the package in English. zh.ts has the same keys: a missing one is a type error.
import type { ErrorCode } from '../errorData.js';
import type { HintKey, ReasonKey } from './keys.js';

/** With `{}` in place of what it speaks of. */
type Sentence = string;

export interface Table {
  codes: Record<ErrorCode, string>;
  hints: Record<HintKey, Sentence>;
  reasons: Record<ReasonKey, Sentence>;
  join(path: string, what: string, expected: string, got: string, hint: string): string;
}

export const en: Table = {
  codes: {
    SHAPE_MISMATCH: 'The sizes do not fit each other.',
    TYPE_MISMATCH: 'This is of another type than needed.',
    UNKNOWN_LAYER: 'There is nothing of this name.',
    UNKNOWN_OPTION: 'This option is not known here.',
    MISSING_OPTION: 'An option that has no default is missing.',
    INVALID_VALUE: 'This value is not allowed.',
    INVALID_GRAPH: 'The nodes do not make a network.',
    INVALID_LABEL: 'A label is outside the classes.',
    INVALID_DATA: 'The data hold something that is not a finite number.',
    EMPTY_DATA: 'There are no data, or too few.',
    BATCH_TOO_LARGE: 'The batch is larger than the data set.',
    OUT_OF_MEMORY: 'This does not fit into memory; nothing was allocated.',
    BAD_FILE: 'The file is damaged or not of the kind that was expected.',
    PARAMETER_MISMATCH: 'These parameters belong to another model.',
    DIVERGED: 'Numbers became infinite or not a number.',
    NOT_SUPPORTED: 'This cannot be done here.',
    DISPOSED: 'This was disposed of already.',
    BUSY: 'The model is training already.',
    ENGINE_LOST: 'The engine stopped working; what it held is lost.',
    ENGINE_LOAD: 'The engine could not be loaded.',
    INTERNAL: 'A defect of Trainyard itself.',
  },
  hints: {
    needs_class_ids: 'This needs a target that holds class ids.',
    all_ignored: 'Every label is the one that does not count: ignoreIndex.',
    gzipped: 'It is in gzip: unpack it first.',
    at_byte: 'The trouble begins at byte {}.',
    await_dispose: 'Make a new one, or dispose later.',
    bad_header: 'This is no safetensors file.',
    bad_metadata: 'Metadata are texts under names.',
    bad_offsets: 'data_offsets are where the tensor begins and where it ends.',
    bad_shape: 'A shape is a list of whole numbers from 0.',
    bad_tensor_entry: 'Each tensor of the header needs dtype, shape and data_offsets alone.',
    beyond_end: 'The tensor ends behind the file, which may be cut.',
    blocked_by_policy:
      "Allow it in the Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'.",
    cut: 'The file is cut: fetch or save it again.',
    cycle: '{} leads back to itself; take one of the edges away.',
    did_you_mean: 'Did you mean {}?',
    duplicate_key: 'The key {} is there twice; keep one.',
    duplicate_name: 'Two are called {}; rename one.',
    fetch_it_yourself: 'Fetch the bytes yourself: the package talks to its own origin.',
    file_not_found: 'Copy {} from the package next to its JavaScript, or pass its address to load().',
    fixed_while_training: '{} cannot change during a run: stop it and begin another.',
    heads_divide: 'heads must divide the width, and kvHeads the heads; here it can be {}.',
    longer_context: 'The sequence is longer than the context, {}: cut it, or make context larger.',
    groups_divide: 'groups must divide the channels, in and out; here it can be {}.',
    header_too_large: 'This is no safetensors file.',
    hole: 'Bytes between two tensors belong to none.',
    inflated_too_large: 'It unpacks to more than {} bytes; raise maxBytes if meant.',
    load_again: 'Call load() for a new engine and load the saved weights.',
    looks_ahead: 'This layer looks ahead: make it causal, or let it read left to right.',
    lower_rate: 'Lower the learning rate, scale the inputs to about −1 to 1, or set clipNorm.',
    missing_tensor: 'The file has no tensor {}: it was saved from another model.',
    name_taken: 'Give it another name than {}.',
    needed_by: '{} needs it.',
    needs_dense_targets: 'With this loss targets are numbers of the output’s shape, not class ids.',
    newer_version: 'It was written by a newer version: update the package.',
    no_gradient: '{} cannot be trained through; freeze what lies before it.',
    no_simd: 'Update the browser (Chrome 91, Firefox 89, Safari 16.4 or newer): WebAssembly SIMD is needed.',
    not_gzip: 'The gzip data are cut or damaged.',
    other_engine: 'These data live in another engine: make them in this one.',
    other_version: 'Two versions are mixed: reload without cache or install anew.',
    overlap: 'Two tensors lie in the same place.',
    server_sent_html: 'The server answered with a page: the file is not there.',
    shape_of_data: 'The shape’s product must be the number of elements.',
    sequence_length: 'Lengths count steps without padding, 1 to {}: leave out what is all padding, cut what is longer.',
    size_mismatch: 'The place of the tensor is not as large as its shape says.',
    smaller: 'Make the model, the batch or the data smaller.',
    stop_first: 'Stop its run first, or wait for run.done.',
    target_shape: 'Give each example a target of the output’s shape.',
    too_many_elements: 'No memory could hold a tensor of this shape.',
    trailing_bytes: 'Bytes behind the last tensor belong to none.',
    typed_array: 'Pass a typed array, or { data, shape }.',
    unknown_dtype: 'The file has an unknown type of numbers.',
    unused_node: 'Nothing reads {}: connect it, name it as an output, or take it away.',
    use_nodes: 'A network with several inputs is described by nodes: nn.graph(…).',
    duplicate_id: 'The id {} belongs to two tokens; give each its own.',
    duplicate_token: 'The token {} is there twice; keep one.',
    merge_unknown: 'A merge needs {}, which the vocabulary lacks.',
    not_utf8: 'Save it as UTF-8, or take the damaged bytes out.',
    hold_out_more: 'No window fits into what is held out: hold out more, or nothing (val: 0).',
    shorter_window: 'No window fits: take a shorter one, more data, or hold out less.',
    token_gap: 'Ids count from 0 without a gap, but {} is no token’s.',
    tokenizer_kind: 'Byte-level BPE as GPT-2’s and vocabularies of characters can be read.',
    unknown_character: 'Train the tokenizer on a text with {}, or give it an unknown token.',
    window_too_large: 'The window does not fit: use fewer pools and strides, more padding or a smaller kernel.',
  },
  reasons: {
    simd_relaxed: 'Relaxed SIMD, the fastest: this browser has it.',
    simd_strict_asked: 'Strict SIMD, as asked for by deterministic: the same bits everywhere.',
    simd_strict_only: 'Strict SIMD: relaxed SIMD is not in this browser.',
    threads_asked_off: 'One thread, as asked for.',
    threads_main_thread: 'One thread: the page itself must not wait for others.',
    threads_not_isolated: 'One thread: the page is not cross-origin isolated (headers COOP and COEP).',
    threads_one_core: 'One thread: the machine has one core.',
    threads_on: '{} threads on shared memory.',
    threads_other_origin: 'One thread: the package comes from another origin.',
    threads_unsupported: 'One thread: no shared memory in this browser.',
    build_asked: 'The build {}, as asked for.',
    worker_off: 'Without a worker, as asked for.',
    worker_on: 'In a worker: the page stays free.',
  },
  join(path, what, expected, got, hint) {
    const found =
      expected && got
        ? ` Expected ${expected}, got ${got}.`
        : expected
          ? ` Expected ${expected}.`
          : got
            ? ` Got ${got}.`
            : '';
    return `${path ? `${path}: ` : ''}${what}${found}${hint ? ` ${hint}` : ''}`;
  },
};
