// Parameters: what a model learns (and the running statistics that it keeps), apart from any graph or plan.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/shape.hpp"

namespace trainyard {

/// What a parameter is; optimizer groups, the ledger and the page go by it.
enum class ParameterKind : std::uint8_t {
  weight,  ///< decayed by default
  bias,    ///< not decayed
  norm,    ///< scale and shift of a norm: not decayed
  state    ///< running statistics: not trained, saved with the model
};
[[nodiscard]] std::string_view name(ParameterKind kind) noexcept;

/// How the executor stores a parameter: stored axis i is PyTorch's axis order[i].
struct StoredOrder {
  std::array<std::uint8_t, 4> order{0, 1, 2, 3};
  [[nodiscard]] bool operator==(const StoredOrder&) const = default;
};
inline constexpr StoredOrder as_is{};
inline constexpr StoredOrder input_major{{1, 0, 2, 3}};    ///< [out, in] is stored as [in, out]
inline constexpr StoredOrder spatial_major{{2, 3, 1, 0}};  ///< [out, in, kh, kw] is stored as [kh, kw, in, out]

struct Parameter {
  std::vector<std::string> names;  ///< state-dict names, PyTorch's; more than one if shared (tied)
  Shape shape;                     ///< PyTorch's
  StoredOrder stored;
  ParameterKind kind = ParameterKind::weight;
  DType dtype = DType::f32;
  std::string layer;        ///< path of the layer that made it
  std::string initializer;  ///< JSON of an initializer: {"type":"kaimingUniform", …}
  std::int64_t fan_in = 1;
  std::int64_t fan_out = 1;
  bool frozen = false;  ///< no gradient, no optimizer state

  [[nodiscard]] bool trained() const { return kind != ParameterKind::state && !frozen; }
  [[nodiscard]] Shape stored_shape() const;
};

/// The parameters of one model, shared by all its graphs and plans.
class ParameterTable {
 public:
  /// The parameter of this name, made at first sight. Throws PARAMETER_MISMATCH if it exists with another shape.
  ParamId get(const Parameter& wanted);
  /// A second name for a parameter (tied weights). Throws INVALID_GRAPH if the name is taken.
  void alias(ParamId id, const std::string& name);

  [[nodiscard]] ParamId find(std::string_view name) const;
  [[nodiscard]] const Parameter& operator[](ParamId id) const { return parameters_[id.index()]; }
  [[nodiscard]] Parameter& operator[](ParamId id) { return parameters_[id.index()]; }
  [[nodiscard]] const std::vector<Parameter>& all() const { return parameters_; }

 private:
  std::vector<Parameter> parameters_;
  std::map<std::string, ParamId, std::less<>> by_name_;
};

}  // namespace trainyard
