// Random small networks: however a plan places, fuses, cuts and shares them, the numbers stay.
#include <gtest/gtest.h>

#include "core/random.hpp"
#include "ops/affine.hpp"
#include "ops/all.hpp"
#include "ops/case_graph.hpp"
#include "ops/conv2d.hpp"
#include "ops/dropout.hpp"
#include "ops/norm.hpp"
#include "ops/pool.hpp"
#include "ops/shaping.hpp"

namespace trainyard::testing_ops {
namespace {

/// Grows a network from an image, op by op; every value may be read again later.
class RandomNetwork {
 public:
  RandomNetwork(Builder& b, std::uint64_t seed) : b_(b), g_(b.graph), random_(seed, "network") {}

  ValueId build() {
    values_.push_back(b_.image("x"));
    const int steps = 4 + below(10);
    for (int s = 0; s < steps; ++s) {
      const ValueId from = pick();
      values_.push_back(is_image(from) ? grow_image(from) : grow_features(from));
    }
    // Whatever nobody reads yet is read now, so that everything matters.
    std::vector<ValueId> ends;
    const auto readers = g_.readers();
    for (const ValueId v : values_) {
      if (readers[v.index()].empty() && ends.size() < max_inputs) ends.push_back(features(v));
    }
    return g_.add(ops::concat, std::span<const ValueId>(ends), Attributes(ops::AxisAttributes{0}));
  }

 private:
  int below(int n) { return static_cast<int>(random_.below(static_cast<std::uint32_t>(n))); }
  /// Later values more often.
  ValueId pick() {
    const int last = static_cast<int>(values_.size()) - 1;
    return values_[static_cast<std::size_t>(last - std::min(last, below(4) * below(2)))];
  }
  [[nodiscard]] bool is_image(ValueId v) const { return g_.type(v).layout == Layout::channels_last; }
  ValueId other_like(ValueId v) {
    for (int tries = 0; tries < 8; ++tries) {
      const ValueId other = values_[static_cast<std::size_t>(below(static_cast<int>(values_.size())))];
      if (g_.type(other) == g_.type(v)) return other;
    }
    return v;
  }
  ValueId features(ValueId v) {
    if (!is_image(v)) return v;
    const std::int64_t n = g_.type(v).shape.size();
    return g_.add(ops::reshape, {g_.channels_first(v)}, Attributes(ops::ReshapeAttributes{{n}}));
  }
  /// A parameter of its own, or one of that shape that is there already.
  ValueId parameter(const Sizes& shape, StoredOrder stored = as_is) {
    std::string name = "p" + Json(shape).dump();
    if (below(3) > 0) name += "#" + std::to_string(parameters_++);
    return b_.parameter(name, shape, stored);
  }

  ValueId anywhere(ValueId v) {
    static constexpr std::array activations{&ops::relu, &ops::tanh, &ops::sigmoid, &ops::gelu, &ops::silu};
    switch (below(5)) {
      case 0: return g_.add(ops::add, {v, other_like(v)});
      case 1: return g_.add(ops::mul, {v, other_like(v)});
      case 2: return g_.add(ops::affine, {v}, Attributes(ops::AffineAttributes{.factor = -0.5, .offset = 0.25}));
      case 3: return g_.add(ops::dropout, {v}, Attributes(ops::DropoutAttributes{.probability = 0.25}));
      default: return g_.add(*activations[static_cast<std::size_t>(below(5))], {v});
    }
  }

  ValueId batch_norm(ValueId v) {
    const std::int64_t c = ops::channels(g_.type(v));
    return ops::add_batch_norm(g_, {.x = v,
                                    .weight = parameter({c}),
                                    .bias = parameter({c}),
                                    .running_mean = {},
                                    .running_var = {},
                                    .num_batches_tracked = {}});
  }

  ValueId grow_image(ValueId v) {
    const Shape s = g_.type(v).shape;
    const bool roomy = s[1] >= 3 && s[2] >= 3;
    switch (below(8)) {
      case 0:
      case 1: {
        const std::int64_t out = 1 + below(9);
        const auto kernel = static_cast<std::int64_t>(roomy ? 1 + below(3) : 1);
        ops::Conv2dAttributes a;
        a.conv.stride_h = 1 + below(2);
        a.conv.pad_top = a.conv.pad_left = below(2);
        return g_.add(ops::conv2d, {v, parameter({out, s[0], kernel, kernel}, spatial_major), parameter({out})},
                      Attributes(a));
      }
      case 2: {
        if (!roomy) return anywhere(v);
        ops::Pool2dAttributes a;
        a.pool.kernel_h = a.pool.kernel_w = 2;
        a.pool.stride_h = a.pool.stride_w = 1 + below(2);
        return g_.add(below(2) == 0 ? ops::max_pool2d : ops::avg_pool2d, {v}, Attributes(a));
      }
      case 3: return batch_norm(v);
      case 4: return below(2) == 0 ? g_.add(ops::global_avg_pool2d, {v}) : features(v);
      case 5: return g_.add(ops::concat, {v, other_like(v)}, Attributes(ops::AxisAttributes{below(3)}));
      case 6: {
        const int axis = below(3);
        return g_.add(ops::slice, {v}, Attributes(ops::SliceAttributes{axis, s[axis] / 2, 1}));
      }
      default: return anywhere(v);
    }
  }

  ValueId grow_features(ValueId v) {
    const std::int64_t n = g_.type(v).shape.size();
    switch (below(7)) {
      case 0:
      case 1: {
        const std::int64_t out = below(2) == 0 ? n : 1 + below(9);
        return g_.add(ops::linear, {v, parameter({out, n}, input_major), below(2) == 0 ? parameter({out}) : ValueId{}});
      }
      case 2:
        return g_.add(ops::layer_norm, {v, parameter({n}), parameter({n})}, Attributes(ops::LayerNormAttributes{}));
      case 3: return g_.add(below(2) == 0 ? ops::softmax : ops::log_softmax, {v});
      case 4: return g_.add(ops::concat, {v, other_like(v)}, Attributes(ops::AxisAttributes{0}));
      case 5: return below(2) == 0 ? batch_norm(v) : g_.add(ops::sub, {v, parameter({n})});
      default: return anywhere(v);
    }
  }

  Builder& b_;
  Graph& g_;
  Random random_;
  std::vector<ValueId> values_;
  int parameters_ = 0;
};

class Fuzz : public testing::TestWithParam<int> {};

TEST_P(Fuzz, KeepsItsNumbers) {
  const Instance instance{.shapes = {{"x", {2, 3, 5, 4}}}};
  ThreadPool one(1), four(4);
  for (int k = 0; k < 25; ++k) {
    const auto seed = static_cast<std::uint64_t>(GetParam()) * 1000 + static_cast<std::uint64_t>(k);
    SCOPED_TRACE(seed);
    const OpCase network{.name = "fuzz", .build = [seed](Builder& b) { return RandomNetwork(b, seed).build(); }};
    const CaseGraph plain(network, instance, {.rows = 26});
    const CaseGraph optimized(network, instance, {.optimized = true, .rows = 26});
    const Results want = run_guarded(optimized, {});
    EXPECT_EQ(difference(optimized, want, run_guarded(optimized, {.cut = seed + 1, .in_place = true})), "")
        << "cut and in place";
    EXPECT_EQ(difference(optimized, want, run_planned(optimized, {}, one)), "") << "places reused";
    EXPECT_EQ(difference(optimized, want, run_planned(optimized, {}, one, true)), "") << "places kept";
    EXPECT_EQ(difference(optimized, want, run_planned(optimized, {}, four)), "") << "four threads";
    EXPECT_EQ(difference(optimized, want, run_planned(optimized, {.capacity = 40}, one)), "") << "larger capacity";
    const Results unfused = run_guarded(plain, {});
    EXPECT_EQ(want.at("output"), unfused.at("output"));
    for (const CaseGraph::Result& r : optimized.results) {
      double error = 0, size = 1e-12;
      for (std::size_t i = 0; i < want.at(r.name).size(); ++i) {
        const double e = want.at(r.name)[i] - unfused.at(r.name)[i];
        error += e * e;
        size += unfused.at(r.name)[i] * unfused.at(r.name)[i];
      }
      EXPECT_LE(error / size, 1e-8) << r.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Fuzz, testing::Range(0, 5));

}  // namespace
}  // namespace trainyard::testing_ops
