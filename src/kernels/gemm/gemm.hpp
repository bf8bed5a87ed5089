// Matrix product with fused epilogue: C = act(A B + bias) and its gradients' forms.
//
// One invariant carries the whole design: an element of C is computed from its row of A, its column of B and k alone,
// in one fixed order: blocks of `gemm_k_block` products are added up from zero, one after the other along k, and the
// blocks' sums are added in order to what C starts from: itself where it accumulates, else the bias, else zero. Tiles,
// packing, ranges and epilogues never change it. So any cut into rows and columns gives the same bits, and so do all
// builds with 128-bit lanes and without FMA.
//
// One exception is for callers to whom speed matters more (`by_lanes`): there a row alone may differ from the same row
// among others in its last bits.
#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/epilogue.hpp"

namespace trainyard::kernels {

/// How A and B lie in memory (row-major): what is transposed. The three forms a linear layer needs:
/// nn: Y = X W; nt: dX = dY W^T; tn: dW = X^T dY.
enum class Transpose : std::uint8_t { nn, nt, tn };

/// Number of products added up from zero before the sum goes to C.
inline constexpr int gemm_k_block = 256;

/// C[m, n] = op(A)[m, k] op(B)[k, n]. Matrices are row-major; a leading dimension of 0 means "tight". C must not
/// overlap A, B or the operands of the epilogue; those may overlap each other.
template <class T>
struct Gemm {
  Transpose transpose = Transpose::nn;
  std::int64_t m = 0, n = 0, k = 0;  ///< of the whole product, of which a call may compute a piece
  const T* a = nullptr;              ///< nn, nt: [m, k]; tn: [k, m]
  const T* b = nullptr;              ///< nn, tn: [k, n]; nt: [n, k]; not read where `packed` is given
  const T* packed = nullptr;         ///< what gemm_pack_b made of B: then all columns are computed
  T* c = nullptr;                    ///< [m, n]
  std::int64_t lda = 0, ldb = 0, ldc = 0;
  bool accumulate = false;  ///< adds to what C holds (before the epilogue, and before the bias)
  /// Of a product that has one row in all, against a B^T that is neither packed nor small: every lane adds up for
  /// itself, in an order just as fixed, and B need not be turned.
  bool by_lanes = false;

  // The epilogue, in this order: add bias (where C accumulates; else C has started from it), keep the sum, activate,
  // multiply by a derivative.
  const T* bias = nullptr;      ///< [n]
  T* pre_activation = nullptr;  ///< [m, n] with C's leading dimension: gets the activation's input
  Activation activation = Activation::none;
  T slope = T(0.01);                            ///< of leaky_relu, for both activations
  Activation derivative_of = Activation::none;  ///< C is multiplied by derivative<derivative_of>(x, y): dX becomes dZ
  const T* derivative_x = nullptr;              ///< [m, n] with C's leading dimension, as is
  const T* derivative_y = nullptr;

  /// Numbers from a row in memory to the next.
  [[nodiscard]] std::ptrdiff_t a_stride() const { return or_tight(lda, transpose == Transpose::tn ? m : k); }
  [[nodiscard]] std::ptrdiff_t b_stride() const { return or_tight(ldb, transpose == Transpose::nt ? k : n); }
  [[nodiscard]] std::ptrdiff_t c_stride() const { return or_tight(ldc, n); }
  [[nodiscard]] Epilogue<T> epilogue() const {
    return {bias, pre_activation, activation, slope, derivative_of, derivative_x, derivative_y};
  }

 private:
  [[nodiscard]] static std::ptrdiff_t or_tight(std::int64_t ld, std::int64_t tight) {
    return static_cast<std::ptrdiff_t>(ld == 0 ? tight : ld);
  }
};

/// Rows of the usual register tile: pieces that are multiples of it waste nothing there. Any cut is correct.
template <class T>
[[nodiscard]] int gemm_row_grain() noexcept;

/// Bytes of scratch each thread needs for any piece of such a product, or of one with smaller m, n or k.
template <class T>
[[nodiscard]] std::size_t gemm_scratch_bytes(Transpose transpose, std::int64_t m, std::int64_t n,
                                             std::int64_t k) noexcept;

/// Computes rows [row_begin, row_end) of C. `scratch`: gemm_scratch_bytes, 64-byte aligned, contents irrelevant.
template <class T>
void gemm(const Gemm<T>& g, std::int64_t row_begin, std::int64_t row_end, std::byte* scratch) noexcept;

/// Computes rows [row_begin, row_end) of columns [column_begin, column_end) of C.
template <class T>
void gemm(const Gemm<T>& g, std::int64_t row_begin, std::int64_t row_end, std::int64_t column_begin,
          std::int64_t column_end, std::byte* scratch) noexcept;

/// Numbers that B [k, n] takes as panels.
template <class T>
[[nodiscard]] std::int64_t gemm_packed_numbers(std::int64_t n, std::int64_t k) noexcept;

/// Copies B into panels once, for many products of few rows each: a recurrent layer's weights at every time step. Of g,
/// transpose (nn or nt), n, k, b and ldb count. The products' bits are the same as without.
template <class T>
void gemm_pack_b(const Gemm<T>& g, T* out) noexcept;

/// How many shapes of register tiles this build has, and which of them products take. No bit depends on it. It must not
/// change while a product runs, nor between gemm_pack_b and the products that read what it made.
[[nodiscard]] int gemm_shapes() noexcept;
[[nodiscard]] int gemm_shape() noexcept;
void gemm_choose(int shape) noexcept;

/// Multiply-adds in registers alone, p = p x + y in 12 chains of one vector each, x and y being p[0] and p[1]: the
/// bound that gemm is measured against. Does 96 * lanes * iterations floating-point operations on p[12 * lanes].
template <class T>
void peak(T* p, std::int64_t iterations) noexcept;
/// Numbers in a vector of this build.
template <class T>
[[nodiscard]] int vector_lanes() noexcept;

}  // namespace trainyard::kernels
