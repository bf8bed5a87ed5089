// Batch norm, as torch.nn.BatchNorm1d and BatchNorm2d (Ioffe and Szegedy 2015, arXiv:1502.03167).
// Parameters: weight and bias [channels]; state: running_mean, running_var [channels], num_batches_tracked [].
#include "layers/all.hpp"
#include "layers/window.hpp"
#include "ops/all.hpp"
#include "ops/norm.hpp"

namespace trainyard::layers {
namespace {

struct BatchNorm {
  double eps = 1e-5;
  double momentum = 0.1;
  bool affine = true;

  template <class V>
  void visit(V& v) {
    v("eps", eps, positive);
    v("momentum", momentum, share);
    v("affine", affine);
  }

  ValueId write(LayerBuilder& b, ValueId x) const {
    const std::int64_t channels = ops::channels(b.graph().type(x));
    const auto make = [&](const char* name, ParameterKind kind, const char* initial) {
      return b.parameter({.name = name, .shape = {channels}, .kind = kind, .initializer = initial});
    };
    ops::BatchNorm norm;
    norm.x = x;
    if (affine) {
      norm.weight = make("weight", ParameterKind::norm, "ones");
      norm.bias = make("bias", ParameterKind::norm, "zeros");
    }
    norm.running_mean = make("running_mean", ParameterKind::state, "zeros");
    norm.running_var = make("running_var", ParameterKind::state, "ones");
    norm.num_batches_tracked = b.parameter({.name = "num_batches_tracked",
                                            .shape = {},
                                            .kind = ParameterKind::state,
                                            .initializer = "zeros",
                                            .dtype = DType::i32});
    norm.eps = eps;
    norm.momentum = momentum;
    norm.training = b.training();
    return ops::add_batch_norm(b.graph(), norm);
  }
};

struct BatchNorm1d : BatchNorm {
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const {
    const Shape& shape = b.graph().type(inputs[0]).shape;
    Inference::require(shape.rank() == 1, "[*, features]", text(shape, true));
    return write(b, inputs[0]);
  }
};

struct BatchNorm2d : BatchNorm {
  ValueId build(LayerBuilder& b, std::span<const ValueId> inputs) const { return write(b, image(b, inputs[0])); }
};

}  // namespace

const LayerKind batchNorm1d = make_layer<BatchNorm1d>("batchNorm1d");
const LayerKind batchNorm2d = make_layer<BatchNorm2d>("batchNorm2d");

}  // namespace trainyard::layers
