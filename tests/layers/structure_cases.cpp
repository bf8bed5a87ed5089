// Layers that bring inputs together, give another shape, or hold other layers.
#include "layers/layer_case.hpp"

namespace trainyard::testing_layers {
namespace {

constexpr auto missing = ErrorCode::missing_option;
constexpr auto shape = ErrorCode::shape_mismatch;
constexpr auto type = ErrorCode::type_mismatch;
constexpr auto value = ErrorCode::invalid_value;

const Declare add({.layer = "add",
                   .good = {{"add", {{3}, {3}}, {3}}, {"add", {{2, 3, 4}, {2, 3, 4}, {2, 3, 4}}, {2, 3, 4}}},
                   .bad = {{"add", {{3}, {4}}, shape, "0 add", "f32[*, 3]", "f32[*, 4]"}}});
const Declare mul({.layer = "mul",
                   .good = {{"mul", {{3}, {3}}, {3}}},
                   .bad = {{"mul", {{3, 1}, {3}}, shape, "0 mul", "f32[*, 3, 1]", "f32[*, 3]"}}});

const Declare concat({.layer = "concat",
                      .good = {{"concat", {{3}, {4}}, {7}},
                               {"concat", {{2, 3, 4}, {5, 3, 4}}, {7, 3, 4}},
                               {{{"type", "concat"}, {"axis", -1}}, {{2, 3}, {2, 4}, {2, 1}}, {2, 8}},
                               {"concat", std::vector<Sizes>(19, Sizes{2}), {38}}},
                      .bad = {{{{"type", "concat"}, {"axis", 1}}, {{3}, {3}}, value, "0 concat.axis", "[-1, 1)", "1"},
                              {{{"type", "concat"}, {"axis", -2}}, {{3}, {3}}, value, "0 concat.axis", "[-1, 1)", "-2"},
                              {"concat", {{2, 3}, {2, 4}}, shape, "0 concat", "f32[*, 2, 3]", "f32[*, 2, 4]"}}});

const Declare matmul({.layer = "matmul",
                      .good = {{"matmul", {{3, 4}, {4, 5}}, {3, 5}},
                               {{{"type", "matmul"}, {"transposeB", true}}, {{2, 3, 4}, {2, 5, 4}}, {2, 3, 5}},
                               {{{"type", "matmul"}, {"transposeA", true}}, {{4, 3}, {4, 5}}, {3, 5}}},
                      .bad = {{"matmul", {{3, 4}, {5, 4}}, shape, "0 matmul", "f32[*, 4, n]", "f32[*, 5, 4]"},
                              {"matmul", {{4}, {4}}, shape, "0 matmul", "[*, m, k]", "f32[*, 4]"}}});

const Declare flatten({.layer = "flatten",
                       .good = {{"flatten", {{2, 3, 4}}, {24}}, {"flatten", {{}}, {1}}},
                       .bad = {{{{"type", "flatten"}, {"axis", 1}},
                                {{4}},
                                ErrorCode::unknown_option,
                                "layers[0] flatten.axis",
                                "",
                                "axis"}}});

const Declare transpose({.layer = "transpose",
                         .good = {{"transpose", {{2, 3}}, {3, 2}}, {"transpose", {{4, 2, 3}}, {4, 3, 2}}},
                         .bad = {{"transpose", {{4}}, shape, "layers[0] transpose", "[*, m, n]", "[*, 4]"},
                                 {{{"type", "transpose"}, {"axis", 1}},
                                  {{4, 2}},
                                  ErrorCode::unknown_option,
                                  "layers[0] transpose.axis",
                                  "",
                                  "axis"}}});

const Declare reshape(
    {.layer = "reshape",
     .good = {{{{"type", "reshape"}, {"shape", {3, 4}}}, {{2, 6}}, {3, 4}},
              {{{"type", "reshape"}, {"shape", {1, 2, 2}}}, {{4}}, {1, 2, 2}}},
     .bad = {
         {"reshape", {{4}}, missing, "layers[0] reshape.shape", ">= 1", ""},
         {{{"type", "reshape"}, {"shape", {3}}}, {{4}}, shape, "layers[0] reshape", "4", "[*, 3]"},
         {{{"type", "reshape"}, {"shape", {-1, 2}}}, {{4}}, value, "layers[0] reshape.shape", ">= 1", "-1"},
         {{{"type", "reshape"}, {"shape", 4}}, {{4}}, type, "layers[0] reshape.shape", "integers", "4"},
         {{{"type", "reshape"}, {"shape", {1, 1, 1, 1, 1, 1, 4}}}, {{4}}, value, "layers[0] reshape", "<= 6 axes", "7"},
         {{{"type", "reshape"}, {"shape", {4294967296, 4294967296}}},
          {{4}},
          value,
          "layers[0] reshape",
          "<= 2^53 elements",
          "> 2^53 elements"}}});

const Declare slice(
    {.layer = "slice",
     .good = {{{{"type", "slice"}, {"start", 1}, {"end", 3}}, {{4}}, {2}},
              {{{"type", "slice"}, {"axis", -1}, {"start", 2}}, {{3, 4}}, {3, 2}}},
     .bad = {{{{"type", "slice"}, {"start", 2}, {"end", 2}},
              {{4}},
              value,
              "layers[0] slice",
              "0 <= start < end <= 4",
              "2 … 2"},
             {{{"type", "slice"}, {"end", 5}}, {{4}}, value, "layers[0] slice", "0 <= start < end <= 4", "0 … 5"},
             {{{"type", "slice"}, {"start", -1}}, {{4}}, value, "layers[0] slice.start", ">= 0", "-1"},
             {{{"type", "slice"}, {"axis", 1}}, {{4}}, value, "layers[0] slice.axis", "[-1, 1)", "1"}}});

LayerCase reduction(const std::string& name) {
  return {
      .layer = name,
      .good = {{name, {{3, 4}}, {3}},
               {{{"type", name}, {"axis", 0}}, {{3, 4}}, {4}},
               {{{"type", name}, {"axis", -2}, {"keepDim", true}}, {{2, 3, 4}}, {2, 1, 4}}},
      .bad = {{{{"type", name}, {"axis", 2}}, {{3, 4}}, value, "layers[0] " + name + ".axis", "[-2, 2)", "2"},
              {{{"type", name}, {"axis", "last"}}, {{3, 4}}, type, "layers[0] " + name + ".axis", "integer", "last"}}};
}
const Declare mean(reduction("mean"));
const Declare sum(reduction("sum"));

const Json linear3{{"type", "linear"}, {"out", 3}};
const Json linear4{{"type", "linear"}, {"out", 4}};

const Declare sequential(
    {.layer = "sequential",
     .good = {{{{"type", "sequential"}, {"layers", {linear3, "tanh", linear4}}},
               {{2}},
               {4},
               {{"0.0.weight", {3, 2}}, {"0.0.bias", {3}}, {"0.2.weight", {4, 3}}, {"0.2.bias", {4}}}}},
     .bad = {{{{"type", "sequential"}, {"layers", "tanh"}}, {{2}}, type, "layers[0] sequential.layers", "[…]", "tanh"},
             {{{"type", "sequential"}, {"layers", {linear3, "conv2d"}}},
              {{2}},
              missing,
              "layers[0] sequential.layers[1] conv2d.out",
              "[1, 1048576]",
              ""}}});

const Declare residual(
    {.layer = "residual",
     .good = {{{{"type", "residual"}, {"layers", {linear3, "tanh"}}},
               {{3}},
               {3},
               {{"0.layers.0.weight", {3, 3}}, {"0.layers.0.bias", {3}}}},
              {{{"type", "residual"}, {"layers", {linear4}}, {"shortcut", {linear4}}},
               {{3}},
               {4},
               {{"0.layers.0.weight", {4, 3}},
                {"0.layers.0.bias", {4}},
                {"0.shortcut.0.weight", {4, 3}},
                {"0.shortcut.0.bias", {4}}}}},
     .bad = {
         {{{"type", "residual"}, {"layers", {linear4}}}, {{3}}, shape, "layers[0] residual", "f32[*, 4]", "f32[*, 3]"},
         {{{"type", "residual"}, {"layers", {linear4}}, {"shortcut", {"linear"}}},
          {{3}},
          missing,
          "layers[0] residual.shortcut[0] linear.out",
          ">= 1",
          ""}}});

}  // namespace
}  // namespace trainyard::testing_layers
