// Layers over features: linear, norms, activations, dropout.
#include "layers/layer_case.hpp"

namespace trainyard::testing_layers {
namespace {

constexpr auto missing = ErrorCode::missing_option;
constexpr auto shape = ErrorCode::shape_mismatch;
constexpr auto type = ErrorCode::type_mismatch;
constexpr auto value = ErrorCode::invalid_value;

const Declare linear(
    {.layer = "linear",
     .good = {{{{"type", "linear"}, {"out", 8}}, {{2}}, {8}, {{"0.weight", {8, 2}}, {"0.bias", {8}}}, "(2 + 1) × 8"},
              {{{"type", "linear"}, {"out", 3}, {"bias", false}}, {{4, 5}}, {4, 3}, {{"0.weight", {3, 5}}}, "5 × 3"},
              {{{"type", "linear"}, {"out", 2}, {"weightInit", "zeros"}, {"biasInit", "ones"}},
               {{2, 3, 4}},
               {2, 3, 2},
               {{"0.weight", {2, 4}}, {"0.bias", {2}}},
               "(4 + 1) × 2"}},
     .bad = {{"linear", {{2}}, missing, "layers[0] linear.out", ">= 1", ""},
             {{{"type", "linear"}, {"out", 0}}, {{2}}, value, "layers[0] linear.out", ">= 1", "0"},
             {{{"type", "linear"}, {"out", -8}}, {{2}}, value, "layers[0] linear.out", ">= 1", "-8"},
             {{{"type", "linear"}, {"out", 1.5}}, {{2}}, type, "layers[0] linear.out", "integer", "1.5"},
             {{{"type", "linear"}, {"out", "8"}}, {{2}}, type, "layers[0] linear.out", "integer", "8"},
             {{{"type", "linear"}, {"out", nullptr}}, {{2}}, type, "layers[0] linear.out", "integer", "null"},
             {{{"type", "linear"}, {"out", 1e20}}, {{2}}, type, "layers[0] linear.out", "integer", "1e+20"},
             {{{"type", "linear"}, {"out", 9223372036854775808U}},
              {{2}},
              type,
              "layers[0] linear.out",
              "integer",
              "9223372036854775808"},
             // in × out does not fit 2^53
             {{{"type", "linear"}, {"out", 4503599627370496}},
              {{4096}},
              value,
              "layers[0] linear",
              "<= 2^53 elements",
              "> 2^53 elements"},
             {{{"type", "linear"}, {"out", 2}, {"bias", 1}}, {{2}}, type, "layers[0] linear.bias", "boolean", "1"},
             {{{"type", "linear"}, {"out", 2}, {"weightInit", "kaimingUnifrom"}},
              {{2}},
              ErrorCode::unknown_layer,
              "layers[0] linear.weightInit",
              "default, zeros, ones, constant, uniform, normal, truncatedNormal, kaimingUniform, kaimingNormal, "
              "xavierUniform, "
              "xavierNormal, lecunNormal, orthogonal",
              "kaimingUnifrom",
              "kaimingUniform"},
             {{{"type", "linear"}, {"out", 2}}, {{}}, shape, "layers[0] linear", "[*, features]", "[*]"}}});

const Declare batch_norm1d(
    {.layer = "batchNorm1d",
     .good = {{"batchNorm1d",
               {{5}},
               {5},
               {{"0.weight", {5}},
                {"0.bias", {5}},
                {"0.running_mean", {5}},
                {"0.running_var", {5}},
                {"0.num_batches_tracked", {}}},
               "5 + 5"}},
     .bad = {{{{"type", "batchNorm1d"}, {"eps", -1}}, {{3}}, value, "layers[0] batchNorm1d.eps", "> 0", "-1"},
             {"batchNorm1d", {{3, 4}}, shape, "layers[0] batchNorm1d", "[*, features]", "[*, 3, 4]"}}});

const Declare layer_norm(
    {.layer = "layerNorm",
     .good = {{"layerNorm", {{5}}, {5}, {{"0.weight", {5}}, {"0.bias", {5}}}, "5 + 5"},
              {{{"type", "layerNorm"}, {"axes", 2}},
               {{2, 3, 4}},
               {2, 3, 4},
               {{"0.weight", {3, 4}}, {"0.bias", {3, 4}}},
               "12 + 12"},
              {{{"type", "layerNorm"}, {"affine", false}}, {{5}}, {5}}},
     .bad = {{{{"type", "layerNorm"}, {"axes", 0}}, {{3}}, value, "layers[0] layerNorm.axes", "[1, 6]", "0"},
             {{{"type", "layerNorm"}, {"axes", 2}}, {{3}}, shape, "layers[0] layerNorm", ">= 2 axes", "[*, 3]"},
             {{{"type", "layerNorm"}, {"eps", 0}}, {{3}}, value, "layers[0] layerNorm.eps", "> 0", "0"}}});

/// An activation keeps any shape and has no parameters. Without options it refuses them all.
LayerCase activation(const std::string& name) {
  return {.layer = name,
          .good = {{name, {{5}}, {5}}, {name, {{2, 3, 4}}, {2, 3, 4}}},
          .bad = {{{{"type", name}, {"slop", 1}},
                   {{5}},
                   ErrorCode::unknown_option,
                   "layers[0] " + name + ".slop",
                   "",
                   "slop"}}};
}
const Declare relu(activation("relu"));
const Declare silu(activation("silu"));
const Declare tanh(activation("tanh"));
const Declare sigmoid(activation("sigmoid"));

const Declare leaky_relu(
    {.layer = "leakyRelu",
     .good = {{"leakyRelu", {{5}}, {5}}, {{{"type", "leakyRelu"}, {"slope", 0.2}}, {{2, 3, 4}}, {2, 3, 4}}},
     .bad = {{{{"type", "leakyRelu"}, {"slope", "0.2"}}, {{5}}, type, "layers[0] leakyRelu.slope", "number", "0.2"},
             {{{"type", "leakyRelu"}, {"slop", 0.2}},
              {{5}},
              ErrorCode::unknown_option,
              "layers[0] leakyRelu.slop",
              "slope",
              "slop",
              "slope"}}});

const Declare gelu({.layer = "gelu",
                    .good = {{"gelu", {{5}}, {5}}, {{{"type", "gelu"}, {"approximate", "tanh"}}, {{5}}, {5}}},
                    .bad = {{{{"type", "gelu"}, {"approximate", "tan"}},
                             {{5}},
                             value,
                             "layers[0] gelu.approximate",
                             "none, tanh",
                             "tan",
                             "tanh"}}});

const Declare softmax({.layer = "softmax",
                       .good = {{"softmax", {{5}}, {5}}, {"softmax", {{2, 3}}, {2, 3}}},
                       .bad = {{"softmax", {{}}, shape, "layers[0] softmax", "[*, classes]", "f32[*]"}}});

const Declare dropout({.layer = "dropout",
                       .good = {{"dropout", {{5}}, {5}}, {{{"type", "dropout"}, {"p", 0}}, {{2, 3, 4}}, {2, 3, 4}}},
                       .bad = {
                           {{{"type", "dropout"}, {"p", 1.5}}, {{5}}, value, "layers[0] dropout.p", "[0, 1]", "1.5"},
                           {{{"type", "dropout"}, {"p", -0.5}}, {{5}}, value, "layers[0] dropout.p", "[0, 1]", "-0.5"},
                           {{{"type", "dropout"}, {"p", "half"}}, {{5}}, type, "layers[0] dropout.p", "number", "half"},
                           {{{"type", "dropout"}, {"rate", 0.5}},
                            {{5}},
                            ErrorCode::unknown_option,
                            "layers[0] dropout.rate",
                            "p",
                            "rate"}}});

}  // namespace
}  // namespace trainyard::testing_layers
