#include "train/weights.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "optimizers/clip.hpp"

namespace trainyard {
namespace {

/// A range longer than this is shared between the threads.
constexpr std::size_t parallel_numbers = 8192;
constexpr std::size_t numbers_a_line = alignment / sizeof(float);

}  // namespace

Learner::Learner(const Model& model, const Optimizer& optimizer) : model_(model), optimizer_(optimizer) {
  for (int i = 0; i < optimizer_.slots(); ++i) {
    slots_[static_cast<std::size_t>(i)] = Arena(model.places().parameter_bytes, "optimizer state");
  }
  const auto numbers = model.places().parameter_bytes / element_size(DType::f32, model.precision());
  partial_.resize(static_cast<std::size_t>(norm_blocks(static_cast<std::int64_t>(numbers))));
  arrange();
}

void Learner::arrange(bool penalised) {
  const auto& all = model_.parameters().all();
  updates_.resize(all.size());
  read_updates(updates_);
  penalised_ = penalised;
  ranges_.clear();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].trained()) continue;
    const auto begin = static_cast<std::size_t>(model_.places().where[i].offset);
    const std::size_t bytes =
        aligned(static_cast<std::size_t>(all[i].shape.size()) * element_size(DType::f32, model_.precision()));
    ranges_.push_back({begin, begin + bytes, all[i].kind == ParameterKind::weight, updates_[i], {i}});
  }
  std::ranges::sort(ranges_, {}, &Range::begin);
  const bool alike = !penalised && optimizer_.weight_decay(true) == optimizer_.weight_decay(false);
  std::vector<Range> merged;
  for (Range& r : ranges_) {
    Range* last = merged.empty() ? nullptr : &merged.back();
    if (last != nullptr && last->end == r.begin && last->updates == r.updates &&
        (alike || last->is_weight == r.is_weight)) {
      last->end = r.end;
      last->params.push_back(r.params.front());
    } else {
      merged.push_back(std::move(r));
    }
  }
  ranges_ = std::move(merged);
}

void Learner::read_updates(std::span<std::uint64_t> to) const {
  if (to.data() != updates_.data()) std::ranges::copy(updates_, to.begin());
  for (const Range& range : ranges_) {
    for (const std::size_t i : range.params) to[i] = range.updates;
  }
}

void Learner::write_updates(std::span<const std::uint64_t> from) {
  ranges_.clear();
  updates_.assign(from.begin(), from.end());
  arrange(penalised_);
}

void Learner::update(double lr, double gradient_scale, double l1, double l2, ThreadPool& pool) {
  const std::size_t size = element_size(DType::f32, model_.precision());
  const ModelMemory memory = model_.memory();
  model_.touch();
  for (Range& range : ranges_) {
    ++range.updates;
    const auto piece = [&](std::size_t begin, std::size_t end) {
      Update u;
      u.parameter = memory.parameters + begin;
      u.gradient = memory.gradients + begin;
      for (int i = 0; i < optimizer_.slots(); ++i) u.slots[static_cast<std::size_t>(i)] = slot(i) + begin;
      u.count = static_cast<std::int64_t>((end - begin) / size);
      u.lr = lr;
      u.weight_decay = optimizer_.weight_decay(range.is_weight);
      u.gradient_scale = gradient_scale;
      u.l1 = range.is_weight ? l1 : 0;
      u.l2 = range.is_weight ? l2 : 0;
      u.step = range.updates;
      optimizer_.update(model_.precision(), u);
    };
    const std::size_t numbers = (range.end - range.begin) / size;
    if (pool.size() == 1 || numbers < parallel_numbers) {
      piece(range.begin, range.end);
      continue;
    }
    const auto threads = static_cast<std::size_t>(pool.size());
    pool.run([&](int me) {
      const std::size_t lines = numbers / numbers_a_line;
      const std::size_t begin = lines * static_cast<std::size_t>(me) / threads * numbers_a_line * size;
      const std::size_t end = static_cast<std::size_t>(me) + 1 == threads
                                  ? range.end - range.begin
                                  : lines * (static_cast<std::size_t>(me) + 1) / threads * numbers_a_line * size;
      piece(range.begin + begin, range.begin + end);
    });
  }
}

double Learner::squared_norm() {
  const auto bytes = model_.places().parameter_bytes;
  const std::byte* gradients = model_.memory().gradients;
  const auto count = static_cast<std::int64_t>(bytes / element_size(DType::f32, model_.precision()));
  const std::int64_t blocks = norm_blocks(count);
  if (model_.precision() == Precision::f64) {
    squared_norms(reinterpret_cast<const double*>(gradients), count, 0, blocks, partial_.data());
  } else {
    squared_norms(reinterpret_cast<const float*>(gradients), count, 0, blocks, partial_.data());
  }
  double sum = 0;
  for (const double p : partial_) sum += p;
  return sum;
}

std::size_t Learner::bytes() const {
  std::size_t sum = 0;
  for (const Arena& slot : slots_) sum += slot.size();
  return sum;
}

Snapshot::Snapshot(const Model& model, const Learner& learner)
    : memory_(model.places().parameter_bytes + aligned(model.places().state_bytes) + learner.bytes(), "snapshot"),
      updates_(model.parameters().all().size()) {
  take(model, learner);
}

template <class F>
void Snapshot::each(const Model& model, const Learner& learner, F f) const {
  std::byte* at = memory_.data();
  const auto block = [&](std::byte* live, std::size_t bytes) {
    if (bytes == 0) return;
    f(live, at, bytes);
    at += aligned(bytes);
  };
  block(model.memory().parameters, model.places().parameter_bytes);
  block(model.memory().state, model.places().state_bytes);
  for (int i = 0; i < learner.optimizer().slots(); ++i) block(learner.slot(i), model.places().parameter_bytes);
}

void Snapshot::take(const Model& model, const Learner& learner) {
  each(model, learner,
       [](const std::byte* live, std::byte* copy, std::size_t bytes) { std::memcpy(copy, live, bytes); });
  learner.read_updates(updates_);
}

void Snapshot::restore(const Model& model, Learner& learner) const {
  model.touch();
  each(model, learner,
       [](std::byte* live, const std::byte* copy, std::size_t bytes) { std::memcpy(live, copy, bytes); });
  learner.write_updates(updates_);
}

}  // namespace trainyard
