// The kernels' ladder: each rung is checked against a plain reference, then timed against a stated bound.
#pragma once
#include <functional>
#include <string>
#include <vector>

namespace trainyard::ladder {

/// What a rung's time is held against: the register-only peak of multiply-adds, or a copy of the bytes it must move.
enum class Bound { peak, copy };

struct Rung {
  std::string name;
  Bound bound = Bound::peak;
  double work = 0;                  ///< floating-point operations, or bytes read and written
  std::function<void()> reference;  ///< plain loops
  std::function<void()> shipped;
  std::function<double()> error;  ///< largest difference of the two results, after both ran
  double referenced = 1;          ///< part of the work that the reference does
};

/// All rungs. Their buffers live as long as the rungs.
[[nodiscard]] std::vector<Rung> rungs();

/// Appends attention's rungs: forward and gradient of one head as the character GPT's.
void attention(std::vector<Rung>& all);

/// 96 * lanes * iterations operations in registers.
[[nodiscard]] double peak(int iterations);
/// Copies `bytes` (half of them read, half written), at most 8 MiB.
void copy(double bytes);

}  // namespace trainyard::ladder
