// Whether a run's steps are shared among the threads or done by the caller alone. The bits are the same either way, so
// the faster one is a question to the clock: whether two "cores" are two depends on the machine and on who else uses
// it. A run may also say (`shareSteps`).
#pragma once
#include <array>
#include <cstdint>

namespace trainyard {

class Sharing {
 public:
  enum Way : std::uint8_t { shared, alone };

  Sharing() = default;
  /// Always in this way, whatever the clock says.
  explicit Sharing(Way way) : way_(way), fixed_(true) {}

  /// How the next steps are to be done.
  [[nodiscard]] Way way() const { return way_; }
  /// Says how long the last steps took, all done in the present way. Times both ways in turn at first, `shortest_ms`
  /// and more each; then keeps to the faster one and tries the other for one in `probe_every` of such measurements.
  void measured(double milliseconds, std::int64_t steps);

 private:
  static constexpr double shortest_ms = 10;  ///< one step alone says little
  static constexpr int trials = 3;           ///< of each way before the first choice; the first of each is warm-up
  static constexpr int probe_every = 40;
  static constexpr double memory = 0.7;   ///< of the moving averages
  static constexpr double margin = 0.97;  ///< the other way must be this much faster: no swinging at equal speed
  [[nodiscard]] static Way other(Way way) { return way == shared ? alone : shared; }

  Way way_ = shared;
  Way chosen_ = shared;
  bool fixed_ = false;
  int count_ = 0;
  double milliseconds_ = 0;  ///< measured since the last judgement
  std::int64_t steps_ = 0;
  std::array<double, 2> per_step_{};  ///< ms of a step in each way, moving average; 0: not measured yet
};

}  // namespace trainyard
