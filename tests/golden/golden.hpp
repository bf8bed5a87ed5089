// Reads the files of this folder: what PyTorch computed. README.md describes them.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"

namespace trainyard::golden {

/// A tensor in PyTorch's layout. All types are held as double, which is exact for f32, f64 and i32.
struct Tensor {
  std::vector<std::int64_t> shape;
  std::string dtype;  ///< "f32" (also a double that is exact in float32), "f64" or "i32"
  std::vector<double> values;
};

using Tensors = std::map<std::string, Tensor>;

struct Batch {
  std::vector<Tensor> inputs;  ///< in the order of the run's
  Tensor y;
};

struct Input {
  std::string name;
  std::vector<std::int64_t> shape;  ///< of one example
};

/// A network trained for losses32.size() steps; step i takes batches[i % batches.size()].
struct Run {
  std::string name;
  Json description;  ///< {trainyard: 1, layers | nodes: […]}
  Json train;        ///< {loss, optimizer, clipNorm?}
  std::vector<Input> inputs;
  std::vector<Batch> batches;
  Tensors start;                 ///< PyTorch's initial state dict, exact in float32
  std::vector<double> losses32;  ///< PyTorch's losses when it trains in float32
  std::vector<double> losses64;  ///< and in double
  Tensors final64;               ///< state dict after the last step in double, running statistics included
};

/// One operation's value and gradients in double.
struct OpCase {
  std::string name, torch, note;
  Json options;
  Tensors inputs;
  Tensor output, cotangent;
  Tensors gradients;  ///< by name of the input
  Tensors state;      ///< running statistics after the call (batch norm in training)
};

/// This folder; the build says where the repository is.
inline constexpr std::string_view folder = TRAINYARD_SOURCE_DIR "/tests/golden";

inline std::vector<std::byte> decode_base64(std::string_view text) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    if (c == '=') break;
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) throw std::runtime_error("golden file: bad base64");
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    have += 6;
    if (have >= 8) {
      have -= 8;
      bytes.push_back(static_cast<std::byte>((bits >> have) & 255u));
    }
  }
  return bytes;
}

template <class T>
std::vector<double> widen(const std::vector<std::byte>& bytes) {
  static_assert(std::endian::native == std::endian::little);
  std::vector<T> typed(bytes.size() / sizeof(T));
  if (!typed.empty()) std::memcpy(typed.data(), bytes.data(), typed.size() * sizeof(T));
  return {typed.begin(), typed.end()};
}

inline Tensor read_tensor(const Json& json) {
  Tensor tensor{json.at("shape").get<std::vector<std::int64_t>>(), json.at("dtype").get<std::string>(), {}};
  const std::vector<std::byte> bytes = decode_base64(json.at("data").get_ref<const std::string&>());
  if (tensor.dtype == "f32") {
    tensor.values = widen<float>(bytes);
  } else if (tensor.dtype == "f64") {
    tensor.values = widen<double>(bytes);
  } else if (tensor.dtype == "i32") {
    tensor.values = widen<std::int32_t>(bytes);
  } else {
    throw std::runtime_error("golden file: unknown dtype " + tensor.dtype);
  }
  std::int64_t size = 1;
  for (const std::int64_t extent : tensor.shape) size *= extent;
  if (static_cast<std::size_t>(size) != tensor.values.size()) {
    throw std::runtime_error("golden file: shape and data differ");
  }
  return tensor;
}

inline Tensors read_tensors(const Json& json) {
  Tensors tensors;
  for (const auto& [name, value] : json.items()) tensors.emplace(name, read_tensor(value));
  return tensors;
}

inline Json read_json(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("golden file not found: " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return parse_json(text.str(), path);
}

/// The run models/NAME.json.
inline Run read_run(const std::string& name) {
  const Json json = read_json(std::string(folder) + "/models/" + name + ".json");
  Run run{.name = name,
          .description = json.at("description"),
          .train = json.at("train"),
          .inputs = {},
          .batches = {},
          .start = read_tensors(json.at("start")),
          .losses32 = read_tensor(json.at("losses32")).values,
          .losses64 = read_tensor(json.at("losses64")).values,
          .final64 = read_tensors(json.at("final64"))};
  if (json.contains("inputs")) {
    for (const Json& input : json["inputs"]) run.inputs.push_back({input.at("name"), input.at("shape")});
  } else {
    run.inputs.push_back({"x", json.at("input")});
  }
  for (const Json& batch : json.at("batches")) {
    Batch& read = run.batches.emplace_back();
    for (const Input& input : run.inputs) read.inputs.push_back(read_tensor(batch.at(input.name)));
    read.y = read_tensor(batch.at("y"));
  }
  return run;
}

/// All cases of ops.json.
inline std::vector<OpCase> read_op_cases() {
  std::vector<OpCase> cases;
  const Json json = read_json(std::string(folder) + "/ops.json");
  for (const Json& one : json.at("cases")) {
    cases.push_back({.name = one.at("name"),
                     .torch = one.at("torch"),
                     .note = one.value("note", ""),
                     .options = one.at("options"),
                     .inputs = read_tensors(one.at("inputs")),
                     .output = read_tensor(one.at("output")),
                     .cotangent = read_tensor(one.at("cotangent")),
                     .gradients = read_tensors(one.at("gradients")),
                     .state = read_tensors(one.value("state", Json::object()))});
  }
  return cases;
}

}  // namespace trainyard::golden
