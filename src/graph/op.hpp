// What an op is. An op is one file in src/ops/: its shape rule, its kernels and its gradient side by side.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/shape.hpp"
#include "graph/fusion.hpp"

namespace trainyard {

class Inference;  // graph/graph.hpp: what a shape rule reads and writes
class Gradient;   // graph/autodiff.hpp: what a gradient rule reads and writes
class Stepping;   // graph/stepping.hpp: what a step rule reads and writes

inline constexpr std::size_t max_inputs = 8;
inline constexpr std::size_t max_outputs = 4;

/// An op's attributes: a trivially copyable struct of its own kept in a fixed number of bytes, so that a plan is flat
/// data. `op.print_attributes` shows it.
class Attributes {
 public:
  Attributes() = default;
  template <class A>
  explicit Attributes(const A& value) {
    static_assert(std::is_trivially_copyable_v<A> && sizeof(A) <= sizeof(bytes_));
    __builtin_memcpy(bytes_.data(), &value, sizeof(A));
  }
  template <class A>
  [[nodiscard]] const A& as() const {
    return *reinterpret_cast<const A*>(bytes_.data());
  }
  template <class A>
  [[nodiscard]] A& as() {
    return *reinterpret_cast<A*>(bytes_.data());
  }

 private:
  alignas(8) std::array<std::byte, 96> bytes_{};
};

/// What engines that share a batch hand each other amid a step, before a node that joins parts (Op::joins_parts): each
/// a block of the number of its rows, a double, and the node's first two inputs.
struct Parts {
  const std::byte* blocks = nullptr;  ///< in the order of the engines
  std::size_t block_bytes = 0;
  std::int64_t count = 0;

  [[nodiscard]] double rows(std::int64_t part) const { return *reinterpret_cast<const double*>(block(part)); }
  [[nodiscard]] double all_rows() const {
    double sum = 0;
    for (std::int64_t p = 0; p < count; ++p) sum += rows(p);
    return sum;
  }
  /// The two inputs, one behind the other. Not to be read where there are no rows.
  template <class T>
  [[nodiscard]] const T* numbers(std::int64_t part) const {
    return reinterpret_cast<const T*>(block(part) + sizeof(double));
  }

 private:
  [[nodiscard]] const std::byte* block(std::int64_t part) const {
    return blocks + static_cast<std::size_t>(part) * block_bytes;
  }
};

/// What changes from step to step; one block that every call of a plan points to.
struct StepContext {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;        ///< random numbers are f(seed, stream of the node, step, element of the whole batch)
  std::int64_t first_row = 0;    ///< place of row 0 in the whole batch (micro-batches)
  std::int64_t position = 0;     ///< generation, where rows are positions: that of row 0 in the sequence
  const Parts* parts = nullptr;  ///< null: the rows are the whole batch
};

/// What a kernel gets. Kernels cannot fail: everything was checked when the graph was built.
struct Call {
  std::array<const void*, max_inputs> in{};
  std::array<void*, max_outputs> out{};
  std::array<const ValueType*, max_inputs> in_type{};  ///< shapes without the rows axis; null where not given
  std::array<const ValueType*, max_outputs> out_type{};
  const Attributes* attributes = nullptr;
  const StepContext* context = nullptr;
  std::uint64_t stream = 0;             ///< random stream of this node
  std::int64_t rows = 0;                ///< run-time length of axis 0 of every batched value
  std::byte* scratch = nullptr;         ///< op.scratch(...).shared bytes, 64-byte aligned
  std::byte* thread_scratch = nullptr;  ///< op.scratch(...).per_thread bytes of the running thread, 64-byte aligned

  template <class T>
  [[nodiscard]] const T* input(std::size_t i) const {
    return static_cast<const T*>(in[i]);
  }
  template <class T>
  [[nodiscard]] T* output(std::size_t i) const {
    return static_cast<T*>(out[i]);
  }
  template <class A>
  [[nodiscard]] const A& attributes_as() const {
    return attributes->as<A>();
  }
  [[nodiscard]] bool has(std::size_t i) const { return in[i] != nullptr; }
};

/// Rows a piece is a multiple of, where there are enough of them for every thread; few rows are cut evenly. Of the
/// usual register tiles (kernels::gemm_row_grain) it is a multiple; natively of those of several instruction sets.
#if defined(__wasm_relaxed_simd__)
inline constexpr std::int64_t row_grain = 6;
#elif defined(__wasm__)
inline constexpr std::int64_t row_grain = 4;
#else
inline constexpr std::int64_t row_grain = 12;
#endif
/// Columns a piece is a multiple of: whole panels of any register tile of the build.
#ifdef __wasm__
inline constexpr std::int64_t column_grain = 16;
#else
inline constexpr std::int64_t column_grain = 32;
#endif

/// How a call may be cut into pieces. `units` is what is cut: rows of the batch, blocks of the output, channels.
/// Pieces are whole multiples of `grain`, which follows from the shapes; how many there are follows from the threads.
/// So a kernel must give the same bits however [0, units) is cut into such pieces; a kernel that adds partial sums
/// across pieces writes one partial per grain into `scratch` and adds them in order in `finish`.
struct Work {
  std::int64_t units = 1;
  std::int64_t grain = 1;
  bool rows = false;  ///< unit i touches only row i of every batched input and output: neighbouring calls may run
                      ///< piece by piece on one thread without waiting for the others
  double flops = 0;   ///< of the whole call; an element read or written counts as one
};

/// Computes pieces [begin, end) of the call's units. The order of additions is fixed.
using Kernel = void (*)(const Call&, std::int64_t begin, std::int64_t end);

/// One kernel a precision. `f64` exists in native builds only: it is the oracle of gradients and golden runs.
struct Kernels {
  Kernel f32 = nullptr;
  Kernel f64 = nullptr;
  [[nodiscard]] Kernel operator[](Precision p) const { return p == Precision::f32 ? f32 : f64; }
  [[nodiscard]] explicit operator bool() const { return f32 != nullptr; }
};

struct Scratch {
  std::size_t shared = 0;      ///< bytes for the call (partial sums)
  std::size_t per_thread = 0;  ///< bytes for each thread (packed panels)
};

/// Sizes of a call as known when the plan is made: types and the capacity in rows.
struct CallTypes {
  std::span<const ValueType* const> in;  ///< null where an optional input is left out
  std::span<const ValueType* const> out;
  const Attributes* attributes = nullptr;
  std::int64_t rows = 0;
  Precision precision = Precision::f32;
};

struct Op {
  std::string_view name;
  /// Shape rule: reads the inputs' types, sets the outputs'; throws Error with path "" (the graph adds it).
  void (*infer)(Inference&) = nullptr;
  Kernels run;
  Work (*work)(const CallTypes&) = nullptr;
  /// Multiply-adds of a call, exactly, for the ledger: those of its products (of matrices, convolutions, attention,
  /// gates). Null: it has none; sums, scales and elementwise functions do not count. Forward ops alone.
  double (*multiply_adds)(const CallTypes&) = nullptr;
  /// After all pieces of `run` are done; null: nothing to do. Single piece.
  Kernels finish = {};
  Scratch (*scratch)(const CallTypes&) = nullptr;
  /// Gradient rule: emits nodes into the same graph. Null: no gradient passes through it.
  void (*gradient)(Gradient&) = nullptr;
  /// Step rule: emits what the op is over single positions, for generation. Null: it looks at other positions, and
  /// there is no such form.
  void (*step)(Stepping&) = nullptr;
  /// Input that output 0 may overwrite (same size, same index read before written); -1: none.
  int in_place = -1;
  /// Input whose value output 0 adds to (the output lies in its place); -1: none. Set by the accumulate pass's twin op.
  int accumulates = -1;
  /// The op that does the same and adds to one more, last input; the accumulate pass swaps it in. Null: none.
  const Op* accumulating = nullptr;
  /// Part in the epilogue pass.
  Fusion fusion = Fusion::none;
  /// Looks across rows (batch norm): what it gives for a micro-batch is not a part of what it gives for the batch.
  bool couples_rows = false;
  /// Makes what the whole batch gives of what parts of its rows gave (StepContext::parts): in plans of engines that
  /// share a batch alone. Its first two inputs are what a part gives.
  bool joins_parts = false;
  /// Writes to a state parameter (running statistics): never dead code.
  bool has_effect = false;
  /// ONNX operator of the same meaning; "" for backward companions, which are never exported.
  std::string_view onnx = "";
  /// Attributes as text for the printed graph ("stride 2, padding 1"); null: none.
  void (*print_attributes)(const Attributes&, class TextSink&) = nullptr;
};

/// The op as it is compiled for this processor (ops/instructions.hpp): its kernels, work and scratch are what runs.
#ifdef TRAINYARD_DISPATCH
[[nodiscard]] const Op* compiled(const Op* op);
#else
[[nodiscard]] inline const Op* compiled(const Op* op) { return op; }
#endif

/// Collects text; a std::string behind a small interface, so that op.hpp stays light.
class TextSink {
 public:
  virtual void put(std::string_view key, double value) = 0;
  virtual void put(std::string_view key, std::string_view value) = 0;
  TextSink() = default;
  TextSink(const TextSink&) = delete;
  TextSink& operator=(const TextSink&) = delete;

 protected:
  ~TextSink() = default;
};

/// The kernels of a `template <class T, …> void function(const Call&, begin, end)`; what follows its name stands after
/// T.
#if defined(__EMSCRIPTEN__)
#define TRAINYARD_KERNELS(function, ...) \
  ::trainyard::Kernels { &function<float __VA_OPT__(, ) __VA_ARGS__>, nullptr }
#else
#define TRAINYARD_KERNELS(function, ...) \
  ::trainyard::Kernels { &function<float __VA_OPT__(, ) __VA_ARGS__>, &function<double __VA_OPT__(, ) __VA_ARGS__> }
#endif

}  // namespace trainyard
