// Makes an entry of the list of optimizers from an options struct O:
//
//   struct Sgd {
//     double lr = 1e-3;                                   // and weightDecay, decayBiasAndNorm
//     template <class V> void visit(V& v);                // names each option once
//     void check(const std::string& path) const;          // optional: options that constrain each other
//     int slots() const;
//     template <class T> void update(const Update& u) const;
//   };
//   constinit const OptimizerKind optimizers::sgd = optimizer_kind<Sgd>("sgd", {"momentum_buffer"});
#pragma once
#include <cmath>
#include <cstring>

#include "core/kinds.hpp"
#include "optimizers/optimizer.hpp"

namespace trainyard {

namespace optimizer_detail {

template <class O>
[[nodiscard]] O unpack(const OptimizerOptions& bytes) {
  static_assert(std::is_trivially_copyable_v<O> && sizeof(O) <= sizeof(OptimizerOptions));
  O options;
  std::memcpy(&options, bytes.data(), sizeof(O));
  return options;
}

template <class O>
[[nodiscard]] OptimizerOptions pack(const O& options) {
  OptimizerOptions bytes{};
  std::memcpy(bytes.data(), &options, sizeof(O));
  return bytes;
}

}  // namespace optimizer_detail

template <class O>
[[nodiscard]] constexpr OptimizerKind optimizer_kind(std::string_view name,
                                                     const std::array<std::string_view, max_slots>& slot_names) {
  using optimizer_detail::pack;
  using optimizer_detail::unpack;
  OptimizerKind kind;
  kind.name = name;
  kind.slot_names = slot_names;
  kind.f32 = [](const OptimizerOptions& o, const Update& u) { unpack<O>(o).template update<float>(u); };
#if !defined(__EMSCRIPTEN__)
  kind.f64 = [](const OptimizerOptions& o, const Update& u) { unpack<O>(o).template update<double>(u); };
#endif
  kind.slots = [](const OptimizerOptions& o) { return unpack<O>(o).slots(); };
  kind.lr = [](const OptimizerOptions& o) { return unpack<O>(o).lr; };
  kind.set_lr = [](OptimizerOptions& o, double lr) {
    auto options = unpack<O>(o);
    options.lr = lr;
    o = pack(options);
  };
  kind.weight_decay = [](const OptimizerOptions& o, bool is_weight) {
    const auto options = unpack<O>(o);
    return is_weight || options.decayBiasAndNorm ? options.weightDecay : 0.0;
  };
  kind.parse = [](const Json& json, const std::string& path) { return pack(parse_checked<O>(json, path)); };
  kind.change = [](OptimizerOptions& o, const Json& json, const std::string& path) {
    auto options = unpack<O>(o);
    OptionReader reader(json, path);
    options.visit(reader);
    reader.finish();
    if constexpr (requires { options.check(path); }) options.check(path);
    o = pack(options);
  };
  kind.write = [](const OptimizerOptions& o) { return write_options(unpack<O>(o)); };
  kind.describe = describer<O>();
  return kind;
}

}  // namespace trainyard
