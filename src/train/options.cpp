#include "train/options.hpp"

#include <utility>

#include "core/error.hpp"
#include "core/options.hpp"

namespace trainyard {
namespace {

struct InputOptions {
  std::vector<std::int64_t> shape;
  std::string dtype = "f32";

  template <class V>
  void visit(V& v) {
    v.required("shape", shape, at_least_one);
    v("dtype", dtype, Choices{"f32", "i32", "u8"});
  }
};

struct Outer {
  std::int64_t seed = 0;
  const Json* input = nullptr;
  const Json* inputs = nullptr;

  template <class V>
  void visit(V& v) {
    v("seed", seed, not_negative);
    input = v.raw("input");
    inputs = v.raw("inputs");
  }
};

ModelInput read_input(const std::string& name, const Json& described, const std::string& path) {
  const Json object = described.is_object() ? described : json_object("shape", described);
  const auto options = parse_options<InputOptions>(object, path);
  const DType dtype = options.dtype == "f32" ? DType::f32 : options.dtype == "i32" ? DType::i32 : DType::u8;
  try {
    return {name, Shape(options.shape), dtype};
  } catch (const Error& e) {
    throw Error(e.code, path + ".shape", e.expected, e.got);
  }
}

}  // namespace

ModelOptions read_model_options(const Json& options) {
  const auto outer = parse_options<Outer>(options, "model");
  ModelOptions result;
  result.seed = static_cast<std::uint64_t>(outer.seed);
  if (outer.input != nullptr) result.inputs.push_back(read_input("x", *outer.input, "input"));
  if (outer.inputs != nullptr) {
    if (outer.input != nullptr) throw Error(ErrorCode::invalid_value, "inputs", "input | inputs", "input, inputs");
    if (!outer.inputs->is_object()) {
      throw Error(ErrorCode::type_mismatch, "inputs", "{name: […]}", short_text(*outer.inputs));
    }
    for (const auto& [name, described] : outer.inputs->items()) {
      result.inputs.push_back(read_input(name, described, "inputs." + name));
    }
  }
  if (result.inputs.empty()) throw Error(ErrorCode::missing_option, "input", "[…]", "");
  return result;
}

}  // namespace trainyard
