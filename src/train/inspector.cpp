#include "train/inspector.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "core/arena.hpp"
#include "core/error.hpp"
#include "ops/all.hpp"

namespace trainyard {
namespace {

/// A value's numbers with the rows' axis, channels first.
NamedArray read_value(const Compiled& c, ValueId id, std::int64_t rows, const std::string& name) {
  const ValueType& type = c.executor->plan().values[id.index()].type;
  NamedArray array{name, {}, std::vector<float>(static_cast<std::size_t>(type.elements(rows)))};
  if (type.batched) array.shape.push_back(rows);
  array.shape.insert(array.shape.end(), type.shape.dims().begin(), type.shape.dims().end());
  const float* from = c.executor->at<float>(id);
  if (type.layout == Layout::channels_first || type.shape.rank() != 3) {
    std::copy_n(from, array.numbers.size(), array.numbers.begin());
    return array;
  }
  const std::int64_t channels = type.shape[0];
  const std::int64_t pixels = type.shape[1] * type.shape[2];
  float* to = array.numbers.data();
  for (std::int64_t r = 0; r < rows; ++r, from += channels * pixels) {
    for (std::int64_t ch = 0; ch < channels; ++ch) {
      for (std::int64_t p = 0; p < pixels; ++p) *to++ = from[p * channels + ch];
    }
  }
  return array;
}

bool readable(const Compiled& c, ValueId id) {
  if (!id.valid()) return false;
  const PlanValue& value = c.executor->plan().values[id.index()];
  return value.type.dtype == DType::f32 && value.bytes > 0 && c.executor->at(id) != nullptr;
}

/// Running statistics as they are, put back at its end: whoever looks on moves none.
class Kept {
 public:
  explicit Kept(const Model& model)
      : state_(model.memory().state), bytes_(model.places().state_bytes), copy_(bytes_, "inspect") {
    if (bytes_ > 0) std::memcpy(copy_.data(), state_, bytes_);
  }
  ~Kept() {
    if (bytes_ > 0) std::memcpy(state_, copy_.data(), bytes_);
  }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  Kept(Kept&&) = delete;
  Kept& operator=(Kept&&) = delete;

 private:
  std::byte* state_;
  std::size_t bytes_;
  Arena copy_;
};

}  // namespace

std::vector<Inspected> Inspector::inspect(const Dataset& data, const Json& options) {
  const auto wanted = parse_options<InspectOptions>(options, "inspect");
  if (wanted.gradients && wanted.loss.is_null()) throw Error(ErrorCode::missing_option, "inspect.loss", "", "");
  const auto rows = static_cast<std::int64_t>(data.rows());
  Feed feed(model_, data);
  std::unique_ptr<Loss> loss;
  std::string key = options.dump() + std::to_string(rows) + "/" + std::to_string(model_.structure());
  if (!wanted.loss.is_null()) {
    feed.need_target();
    loss = parse_loss(wanted.loss, "inspect.loss");
    feed.check_target(*loss, model_.outputs().front().second);
    key += "/" + text(feed.target_type());
  }
  if (key != made_for_) {
    made_for_.clear();
    CompileOptions compiling;
    compiling.mode = Mode::inspect;
    compiling.capacity = rows;
    compiling.fuse = false;
    compiling.training = wanted.training;
    if (loss != nullptr) {
      loss_ = std::move(loss);
      compiling.loss = loss_.get();
      compiling.target = feed.target_type();
      compiling.input_gradients = wanted.gradients;
    }
    compiled_ = compile(model_, compiling, pool_);
    made_for_ = key;
  }

  std::vector<Row> all(data.rows());
  std::iota(all.begin(), all.end(), Row{0});
  feed.gather(all, compiled_);
  if (compiled_.target.valid()) {
    std::vector<double> weights(all.size());
    feed.seed(all, compiled_, *loss_, weights);
  }
  const Kept kept(model_);
  compiled_.executor->run(rows, {});

  std::vector<Inspected> result;
  const Plan& plan = compiled_.executor->plan();
  const auto add = [&](ValueId id, const std::string& name, const std::string& layer, std::string_view op,
                       std::string_view role) {
    const auto is_wanted = [&](const std::string& w) { return w == name || w == layer; };
    if (!wanted.values.empty() && std::ranges::none_of(wanted.values, is_wanted)) return;
    if (readable(compiled_, id)) {
      result.push_back({read_value(compiled_, id, rows, name), layer, std::string(op), role});
    }
    const bool has_gradient = wanted.gradients && id.index() < compiled_.gradients.size();
    if (has_gradient && readable(compiled_, compiled_.gradients[id.index()])) {
      result.push_back(
          {read_value(compiled_, compiled_.gradients[id.index()], rows, name), layer, std::string(op), "gradient"});
    }
  };
  for (std::size_t i = 0; i < compiled_.inputs.size(); ++i) {
    const std::string& name = model_.options().inputs[i].name;
    add(compiled_.inputs[i], name, name, "input", "input");
  }
  for (const PlanStep& step : plan.steps) {
    // Where an image lies in memory is nobody's concern here.
    if (step.backward || step.op == &ops::to_channels_last || step.op == &ops::to_channels_first) continue;
    for (std::size_t i = 0; i < step.outputs.size(); ++i) {
      const ValueId id = step.outputs[i];
      const bool attention = step.op == &ops::attention && i > 0;
      if (!id.valid() || (attention && i == 1)) continue;  // sums that only the gradient reads
      std::string_view role = id == compiled_.loss ? "loss" : "activation";
      if (attention) role = "attention";
      add(id, step.name, step.path, step.op->name, role);
    }
  }
  return result;
}

}  // namespace trainyard
