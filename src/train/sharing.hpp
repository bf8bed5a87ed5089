// Whether a run's steps are shared among the threads or done by the caller alone. The bits are the same either way, so
// the faster one is a question to the clock: whether two "cores" are two depends on the machine and on who else uses
// it. A run may also say (`shareSteps`).
#pragma once
#include <array>
#include <cstdint>
#include <limits>

namespace trainyard {

class Sharing {
  static constexpr double never = std::numeric_limits<double>::infinity();

 public:
  enum Way : std::uint8_t { shared, alone };

  Sharing() = default;
  /// Always in this way, whatever the clock says.
  explicit Sharing(Way way) : way_(way), fixed_(true) {}

  /// How the next steps are to be done.
  [[nodiscard]] Way way() const { return way_; }
  /// Says how long the last steps took, all done in the present way. Times both ways in turn at first, `shortest_ms`
  /// and more each; then keeps to the faster one and tries the other now and then, soon at first: while a browser still
  /// compiles on the other core, two threads seem slower than they will be.
  void measured(double milliseconds, std::int64_t steps);

 private:
  static constexpr double shortest_ms = 10;  ///< one step alone says little
  static constexpr int trials = 3;           ///< of each way before the first choice; the first of each is warm-up
  static constexpr int soonest = 4;          ///< measurements from the first choice to the first try of the other way
  static constexpr int latest = 40;          ///< between two tries; what lies between doubles
  static constexpr double margin = 0.97;     ///< the other way must be this much faster: no swinging at equal speed
  [[nodiscard]] static Way other(Way way) { return way == shared ? alone : shared; }
  void judge(double now);

  Way way_ = shared;
  Way chosen_ = shared;
  bool fixed_ = false;
  int count_ = 0;            ///< measurements of the first trials
  int wait_ = soonest;       ///< measurements between two tries
  int left_ = soonest;       ///< of them
  double milliseconds_ = 0;  ///< measured since the last judgement
  std::int64_t steps_ = 0;
  /// ms of a step in each way, the least since the last try: whatever disturbs a measurement makes it longer.
  std::array<double, 2> least_{never, never};
};

}  // namespace trainyard
