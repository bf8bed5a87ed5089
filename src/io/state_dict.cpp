#include "io/state_dict.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/suggest.hpp"
#include "io/safetensors.hpp"

namespace trainyard {
namespace {

std::vector<std::int64_t> dims_of(const Shape& shape) { return {shape.dims().begin(), shape.dims().end()}; }

std::string shape_text(const std::vector<std::int64_t>& dims) {
  std::string text = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(dims[i]);
  return text + "]";
}

/// Calls f(id, name) for every name of every parameter.
template <class F>
void each_name(const ParameterTable& table, F f) {
  for (std::size_t i = 0; i < table.all().size(); ++i) {
    for (const std::string& name : table.all()[i].names) f(ParamId{static_cast<std::int32_t>(i)}, name);
  }
}

void check(const Model& model, const Safetensors& file) {
  std::vector<std::string_view> names;
  each_name(model.parameters(), [&](ParamId id, const std::string& name) {
    names.push_back(name);
    const Parameter& p = model.parameters()[id];
    const TensorInfo* found = file.find(name);
    if (found == nullptr) {
      // Of names that layers share, safetensors keeps one (save_model).
      if (std::ranges::any_of(p.names, [&](const std::string& n) { return file.find(n) != nullptr; })) return;
      throw Error(ErrorCode::parameter_mismatch, name, text(p.shape), "", {"missing_tensor", name});
    }
    if (found->shape != dims_of(p.shape)) {
      throw Error(ErrorCode::parameter_mismatch, name, text(p.shape), shape_text(found->shape));
    }
    if (!readable(found->type)) {
      throw Error(ErrorCode::not_supported, name, "F32", std::string(trainyard::name(found->type)));
    }
  });
  for (const TensorInfo& tensor : file.tensors()) {
    if (std::ranges::find(names, tensor.name) == names.end()) {
      throw unknown_name(ErrorCode::parameter_mismatch, tensor.name, tensor.name, names);
    }
  }
}

}  // namespace

Bytes write_state_dict(const Model& model) {
  std::vector<TensorInfo> tensors;
  each_name(model.parameters(), [&](ParamId id, const std::string& name) {
    const Parameter& p = model.parameters()[id];
    TensorInfo info;
    info.name = name;
    info.type = p.dtype == DType::f32 ? TensorType::f32 : TensorType::i64;
    info.shape = dims_of(p.shape);
    tensors.push_back(std::move(info));
  });
  SafetensorsWriter writer(std::move(tensors));
  std::vector<double> numbers;
  for (std::size_t i = 0; i < writer.tensors().size(); ++i) {
    const TensorInfo& info = writer.tensors()[i];
    numbers.resize(info.count());
    model.read(model.find(info.name), std::span<double>(numbers));
    if (info.type == TensorType::f32) {
      std::ranges::transform(numbers, writer.values<float>(i).begin(), [](double x) { return static_cast<float>(x); });
    } else {
      const auto to_integer = [](double x) { return static_cast<std::int64_t>(x); };
      std::ranges::transform(numbers, writer.values<std::int64_t>(i).begin(), to_integer);
    }
  }
  return writer.take();
}

Json read_state_dict(Model& model, std::span<const std::byte> bytes) {
  const Safetensors file(bytes);
  check(model, file);
  Json loaded = Json::array();
  Json not_finite = Json::array();
  // What may fail comes before the first change: room for the largest.
  std::size_t most = 0;
  for (const TensorInfo& info : file.tensors()) most = std::max(most, info.count());
  require_memory(std::uint64_t{most} * sizeof(double), "load");
  std::vector<double> numbers;
  numbers.reserve(most);
  each_name(model.parameters(), [&](ParamId id, const std::string& name) {
    const TensorInfo* info = file.find(name);
    if (info == nullptr) return;
    numbers.resize(info->count());
    if (!file.read(*info, std::span<double>(numbers))) not_finite.push_back(name);
    model.write(id, std::span<const double>(numbers));
    loaded.push_back(name);
  });
  return json_object("loaded", std::move(loaded), "notFinite", std::move(not_finite));
}

}  // namespace trainyard
