// y = x / sqrt(mean(x^2) + eps) * weight over the last axis (Zhang and Sennrich 2019, arXiv:1910.07467): a layer norm
// that subtracts nothing, by the same kernels. x: [*, …, n], weight: [n], optional.
#include "ops/all.hpp"
#include "ops/norm.hpp"

namespace trainyard::ops {

const Op rms_norm{
    .name = "rms_norm",
    .infer =
        [](Inference& i) {
          i.attributes<LayerNormAttributes>().centred = false;
          layer_norm.infer(i);
        },
    .run = TRAINYARD_KERNELS(run_layer_norm),
    .work = [](const CallTypes& t) { return by_rows(t, 5); },
    .gradient = [](Gradient& g) { layer_norm.gradient(g); },
    .step = [](Stepping& s) { layer_norm.step(s); },
    .in_place = 0,
    .onnx = "RMSNormalization",
    .print_attributes = [](const Attributes& a, TextSink& sink) { layer_norm.print_attributes(a, sink); }};

}  // namespace trainyard::ops
