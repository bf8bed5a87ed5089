// Layers over images [channels, height, width].
#include "layers/layer_case.hpp"

namespace trainyard::testing_layers {
namespace {

constexpr auto missing = ErrorCode::missing_option;
constexpr auto shape = ErrorCode::shape_mismatch;
constexpr auto type = ErrorCode::type_mismatch;
constexpr auto value = ErrorCode::invalid_value;
const std::string an_image = "[*, channels, height, width]";
const std::string largest = "[1, 1048576]";

const Declare conv2d(
    {.layer = "conv2d",
     .good = {{{{"type", "conv2d"}, {"out", 8}, {"kernel", 3}},
               {{3, 10, 9}},
               {8, 8, 7},
               {{"0.weight", {8, 3, 3, 3}}, {"0.bias", {8}}},
               "(3 × 3 × 3 + 1) × 8"},
              {{{"type", "conv2d"}, {"out", 4}, {"kernel", {5, 1}}, {"padding", {2, 0}}, {"bias", false}},
               {{2, 6, 6}},
               {4, 6, 6},
               {{"0.weight", {4, 2, 5, 1}}},
               "1 × 5 × 2 × 4"},
              {{{"type", "conv2d"}, {"out", 6}, {"kernel", 3}, {"stride", 2}, {"dilation", 2}, {"groups", 3}},
               {{3, 11, 10}},
               {6, 4, 3},
               {{"0.weight", {6, 1, 3, 3}}, {"0.bias", {6}}},
               "(3 × 3 × 1 + 1) × 6"}},
     .bad = {
         {{{"type", "conv2d"}, {"kernel", 3}}, {{1, 4, 4}}, missing, "layers[0] conv2d.out", largest, ""},
         {{{"type", "conv2d"}, {"out", 2}}, {{1, 4, 4}}, missing, "layers[0] conv2d.kernel", largest, ""},
         {{{"type", "conv2d"}, {"out", -2}, {"kernel", 3}}, {{1, 4, 4}}, value, "layers[0] conv2d.out", largest, "-2"},
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", 0}}, {{1, 4, 4}}, value, "layers[0] conv2d.kernel", largest, "0"},
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", {3, 3, 3}}},
          {{1, 4, 4}},
          type,
          "layers[0] conv2d.kernel",
          "n | [n, n]",
          "[3,3,3]"},
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", "3"}},
          {{1, 4, 4}},
          type,
          "layers[0] conv2d.kernel",
          "n | [n, n]",
          "3"},
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", 3}, {"stride", 0}},
          {{1, 4, 4}},
          value,
          "layers[0] conv2d.stride",
          largest,
          "0"},
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", 3}, {"padding", -1}},
          {{1, 4, 4}},
          value,
          "layers[0] conv2d.padding",
          "[0, 1048576]",
          "-1"},
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", 3}, {"groups", 0}},
          {{1, 4, 4}},
          value,
          "layers[0] conv2d.groups",
          ">= 1",
          "0"},
         {{{"type", "conv2d"}, {"out", 4}, {"kernel", 3}, {"groups", 2}},
          {{3, 4, 4}},
          value,
          "layers[0] conv2d.groups",
          "3 % groups = 0, 4 % groups = 0",
          "2",
          "1"},
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", 5}},
          {{1, 4, 4}},
          shape,
          "layers[0] conv2d",
          "[*, 1, >= 5, >= 5]",
          "[*, 1, 4, 4]"},
         // the window spans 2^40 positions
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", 1048576}, {"dilation", 1048576}},
          {{1, 4, 4}},
          shape,
          "layers[0] conv2d",
          "[*, 1, >= 1099510579201, >= 1099510579201]",
          "[*, 1, 4, 4]"},
         // more positions than 32 bits number
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", 1}, {"padding", 1048576}},
          {{1, 4, 4}},
          value,
          "layers[0] conv2d",
          "<= 2147483647",
          "[*, 1, 4, 4]"},
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", 1}},
          {{1, 4294967296, 4}},
          value,
          "layers[0] conv2d",
          "<= 2147483647",
          "[*, 1, 4294967296, 4]"},
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", 3}}, {{784}}, shape, "layers[0] conv2d", an_image, "[*, 784]"},
         {{{"type", "conv2d"}, {"out", 2}, {"kernel", 3}},
          {{28, 28}},
          shape,
          "layers[0] conv2d",
          an_image,
          "[*, 28, 28]"}}});

/// What max and average pools refuse alike.
std::vector<Bad> bad_pools(const std::string& name) {
  const std::string path = "layers[0] " + name;
  return {
      {{{"type", name}}, {{1, 4, 4}}, missing, path + ".kernel", largest, ""},
      {{{"type", name}, {"kernel", 2}, {"stride", 0}}, {{1, 4, 4}}, value, path + ".stride", largest, "0"},
      {{{"type", name}, {"kernel", 2}, {"padding", 2}}, {{1, 4, 4}}, value, path, "0 <= padding <= 1", "2"},
      {{{"type", name}, {"kernel", 5}}, {{1, 4, 4}}, shape, path, "[*, 1, >= 5, >= 5]", "[*, 1, 4, 4]"},
      {{{"type", name}, {"kernel", 1}}, {{1, 1, 2147483648}}, value, path, "<= 2147483647", "[*, 1, 1, 2147483648]"},
      {{{"type", name}, {"kernel", 2}}, {{16}}, shape, path, an_image, "[*, 16]"}};
}

const Declare max_pool({.layer = "maxPool2d",
                        .good = {{{{"type", "maxPool2d"}, {"kernel", 2}}, {{3, 7, 6}}, {3, 3, 3}},
                                 {{{"type", "maxPool2d"}, {"kernel", {3, 2}}, {"stride", {1, 2}}, {"padding", {1, 0}}},
                                  {{2, 5, 4}},
                                  {2, 5, 2}},
                                 {{{"type", "maxPool2d"}, {"kernel", 2}, {"dilation", 3}}, {{1, 7, 7}}, {1, 2, 2}}},
                        .bad = bad_pools("maxPool2d")});
const Declare avg_pool(
    {.layer = "avgPool2d",
     .good = {{{{"type", "avgPool2d"}, {"kernel", 2}}, {{3, 7, 6}}, {3, 3, 3}},
              {{{"type", "avgPool2d"}, {"kernel", 3}, {"stride", 2}, {"padding", 1}, {"countIncludePad", false}},
               {{2, 5, 4}},
               {2, 3, 2}}},
     .bad = bad_pools("avgPool2d")});

const Declare adaptive({.layer = "adaptiveAvgPool2d",
                        .good = {{{{"type", "adaptiveAvgPool2d"}, {"out", 7}}, {{3, 28, 28}}, {3, 7, 7}},
                                 {{{"type", "adaptiveAvgPool2d"}, {"out", 1}}, {{4, 5, 3}}, {4, 1, 1}},
                                 {{{"type", "adaptiveAvgPool2d"}, {"out", {3, 5}}}, {{2, 7, 2}}, {2, 3, 5}}},
                        .bad = {
                            {"adaptiveAvgPool2d", {{1, 4, 4}}, missing, "layers[0] adaptiveAvgPool2d.out", largest, ""},
                            {{{"type", "adaptiveAvgPool2d"}, {"out", {2, 0}}},
                             {{1, 4, 4}},
                             value,
                             "layers[0] adaptiveAvgPool2d.out",
                             largest,
                             "0"},
                            {{{"type", "adaptiveAvgPool2d"}, {"out", 1048576}},
                             {{1, 4, 4}},
                             value,
                             "layers[0] adaptiveAvgPool2d",
                             "1 <= numbers <= 2147483647",
                             "1099511627776"},
                            {{{"type", "adaptiveAvgPool2d"}, {"out", 2}},
                             {{65536, 65536, 65536}},
                             value,
                             "layers[0] adaptiveAvgPool2d",
                             "1 <= numbers <= 2147483647",
                             "281474976710656"},
                            {{{"type", "adaptiveAvgPool2d"}, {"out", 2}},
                             {{6}},
                             shape,
                             "layers[0] adaptiveAvgPool2d",
                             an_image,
                             "[*, 6]"}}});

const Declare global_avg({.layer = "globalAvgPool2d",
                          .good = {{"globalAvgPool2d", {{3, 7, 6}}, {3}}},
                          .bad = {{"globalAvgPool2d", {{3}}, shape, "layers[0] globalAvgPool2d", an_image, "[*, 3]"}}});
const Declare global_max({.layer = "globalMaxPool2d",
                          .good = {{"globalMaxPool2d", {{3, 7, 6}}, {3}}},
                          .bad = {
                              {"globalMaxPool2d", {{3, 2}}, shape, "layers[0] globalMaxPool2d", an_image, "[*, 3, 2]"},
                              {"globalMaxPool2d",
                               {{1, 4294967296, 1}},
                               value,
                               "layers[0] globalMaxPool2d",
                               "<= 1048576",
                               "[*, 1, 4294967296, 1]"}}});

const Declare batch_norm2d(
    {.layer = "batchNorm2d",
     .good = {{"batchNorm2d",
               {{3, 4, 5}},
               {3, 4, 5},
               {{"0.weight", {3}},
                {"0.bias", {3}},
                {"0.running_mean", {3}},
                {"0.running_var", {3}},
                {"0.num_batches_tracked", {}}},
               "3 + 3"},
              {{{"type", "batchNorm2d"}, {"affine", false}},
               {{3, 4, 5}},
               {3, 4, 5},
               {{"0.running_mean", {3}}, {"0.running_var", {3}}, {"0.num_batches_tracked", {}}}}},
     .bad = {{{{"type", "batchNorm2d"}, {"eps", 0}}, {{3, 2, 2}}, value, "layers[0] batchNorm2d.eps", "> 0", "0"},
             {{{"type", "batchNorm2d"}, {"momentum", 1.5}},
              {{3, 2, 2}},
              value,
              "layers[0] batchNorm2d.momentum",
              "[0, 1]",
              "1.5"},
             {"batchNorm2d", {{3}}, shape, "layers[0] batchNorm2d", an_image, "[*, 3]"}}});

}  // namespace
}  // namespace trainyard::testing_layers
