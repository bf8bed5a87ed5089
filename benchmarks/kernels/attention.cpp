#include "kernels/attention.hpp"

#include <algorithm>
#include <cmath>

#include "ladder.hpp"
#include "memory.hpp"

namespace trainyard::ladder {
namespace {

constexpr I places = 128, width = 32, heads = 4, step = heads * width;

/// One causal head among others, between whose rows it lies.
struct Head {
  Numbers q = random_numbers(places * step, 1), k = random_numbers(places * step, 2),
          v = random_numbers(places * step, 3), d_o = random_numbers(places * step, 4);
  Memory scratch{kernels::attention_scratch_bytes<float>(places, places, width)};

  [[nodiscard]] kernels::Attention<float> describe() const {
    kernels::Attention<float> h;
    h.queries = h.keys = places;
    h.width = width;
    h.scale = 1 / std::sqrt(static_cast<float>(width));
    h.causal = true;
    h.q = q->data();
    h.k = k->data();
    h.v = v->data();
    h.q_step = h.k_step = h.v_step = h.o_step = step;
    return h;
  }

  /// Calls f(query, keys that it sees, their weights) by plain loops.
  template <class F>
  void each_query(F f) const {
    const float scale = describe().scale;
    std::vector<float> weights(places);
    for (I i = 0; i < places; ++i) {
      float total = 0;
      for (I j = 0; j <= i; ++j) {
        weights[static_cast<std::size_t>(j)] = std::exp(dot(q->data() + i * step, k->data() + j * step) * scale);
        total += weights[static_cast<std::size_t>(j)];
      }
      for (float& w : weights) w /= total;
      f(i, i + 1, weights.data());
    }
  }
  void outputs(float* o) const {
    each_query([&](I i, I seen, const float* weights) {
      std::fill_n(o + i * step, width, 0.0F);
      for (I j = 0; j < seen; ++j) add(weights[j], v->data() + j * step, o + i * step);
    });
  }
  void gradients(float* dq, float* dk, float* dv) const {
    for (float* d : {dq, dk, dv}) std::fill_n(d, places * step, 0.0F);
    const float scale = describe().scale;
    std::vector<float> slopes(places);
    each_query([&](I i, I seen, const float* weights) {
      const float* d = d_o->data() + i * step;
      float mean = 0;
      for (I j = 0; j < seen; ++j) {
        add(weights[j], d, dv + j * step);
        slopes[static_cast<std::size_t>(j)] = dot(d, v->data() + j * step);
        mean += weights[j] * slopes[static_cast<std::size_t>(j)];
      }
      for (I j = 0; j < seen; ++j) {
        const float slope = weights[j] * (slopes[static_cast<std::size_t>(j)] - mean) * scale;
        add(slope, k->data() + j * step, dq + i * step);
        add(slope, q->data() + i * step, dk + j * step);
      }
    });
  }

 private:
  static float dot(const float* a, const float* b) {
    float sum = 0;
    for (I c = 0; c < width; ++c) sum += a[c] * b[c];
    return sum;
  }
  static void add(float factor, const float* x, float* to) {
    for (I c = 0; c < width; ++c) to[c] += factor * x[c];
  }
};

/// Multiply-adds of what the mask leaves, twice: products of the size queries × keys × width.
constexpr double work(int products) { return 2.0 * products * width * places * (places + 1) / 2.0; }

}  // namespace

void attention(std::vector<Rung>& all) {
  const Head head;
  const Numbers want = zeros(places * step), got = zeros(places * step), log_sums = zeros(places);
  Rung forward;
  forward.name = "attention 128x32 causal";
  forward.work = work(2);
  forward.reference = [=] { head.outputs(want->data()); };
  forward.shipped = [=] {
    kernels::attention<float>(head.describe(), got->data(), log_sums->data(), nullptr, head.scratch.start);
  };
  forward.error = [=] { return difference(want, got); };
  all.push_back(forward);

  struct Gradients {
    Numbers q = zeros(places * step), k = zeros(places * step), v = zeros(places * step);
  };
  const Gradients want_d, got_d;
  Rung gradient;
  gradient.name = "attention gradient 128x32 causal";
  gradient.work = work(5);
  gradient.reference = [=] { head.gradients(want_d.q->data(), want_d.k->data(), want_d.v->data()); };
  // dK and dV are added to: they begin anew each time.
  gradient.shipped = [=] {
    for (const Numbers& d : {got_d.k, got_d.v}) std::fill(d->begin(), d->end(), 0.0F);
    kernels::attention_gradient<float>(head.describe(), got->data(), log_sums->data(), head.d_o->data(),
                                       got_d.q->data(), got_d.k->data(), got_d.v->data(), head.scratch.start);
  };
  gradient.error = [=] {
    forward.shipped();
    gradient.shipped();
    return std::max({difference(want_d.q, got_d.q), difference(want_d.k, got_d.k), difference(want_d.v, got_d.v)});
  };
  all.push_back(gradient);
}

}  // namespace trainyard::ladder
