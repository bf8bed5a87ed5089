#include "ops/activation.hpp"
#include "ops/all.hpp"
#include "ops/op_case.hpp"

namespace trainyard::testing_ops {
namespace {

constexpr Fill wide{.low = -6, .high = 6};

OpCase activation(const std::string& name, const Op& op, const std::string& golden) {
  return {.name = name,
          .build =
              [&op](Builder& b) {
                ActivationAttributes a;
                a.slope = b.options().value("slope", 0.01);
                return b.graph.add(op, {b.input("x", wide)}, Attributes(a));
              },
          .instances = elementwise_instances({"x"}),
          .golden = golden.empty() ? std::vector<std::string>{} : std::vector{golden}};
}

OpCase negative_slope() {
  OpCase c = activation("leaky_relu_negative", ops::leaky_relu, "");
  c.instances = elementwise_instances({"x"}, {{"slope", -0.5}});
  return c;
}

/// PyTorch's gelu has both forms under one name.
OpCase gelu(const std::string& name, const Op& op, const std::string& approximate) {
  OpCase c = activation(name, op, "gelu");
  c.accepts = [approximate](const Instance& s) { return s.options.value("approximate", "none") == approximate; };
  return c;
}

const Declare relu(activation("relu", ops::relu, "relu"));
const Declare leaky_relu(activation("leaky_relu", ops::leaky_relu, "leakyRelu"));
const Declare leaky_relu_negative(negative_slope());
const Declare hyperbolic_tangent(activation("tanh", ops::tanh, "tanh"));
const Declare sigmoid(activation("sigmoid", ops::sigmoid, "sigmoid"));
const Declare silu(activation("silu", ops::silu, "silu"));
const Declare gelu_erf(gelu("gelu", ops::gelu, "none"));
const Declare gelu_tanh(gelu("gelu_tanh", ops::gelu_tanh, "tanh"));

}  // namespace
}  // namespace trainyard::testing_ops
