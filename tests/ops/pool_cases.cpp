#include "ops/pool.hpp"

#include "ops/adaptive_avg_pool2d.hpp"
#include "ops/all.hpp"
#include "ops/op_case.hpp"
#include "ops/shaping.hpp"

namespace trainyard::testing_ops {
namespace {

constexpr Fill distinct{.kind = Fill::Kind::distinct};

/// Kernel, stride (the kernel's size by default) and padding as PyTorch has them.
ops::Pool2dAttributes attributes(const Json& options) {
  const auto pair = [&](const char* key, const Json& usual) {
    const Json value = options.value(key, usual);
    return value.is_number() ? std::pair{value.get<std::int32_t>(), value.get<std::int32_t>()}
                             : std::pair{value[0].get<std::int32_t>(), value[1].get<std::int32_t>()};
  };
  ops::Pool2dAttributes a;
  std::tie(a.pool.kernel_h, a.pool.kernel_w) = pair("kernel", 1);
  std::tie(a.pool.stride_h, a.pool.stride_w) = pair("stride", options.at("kernel"));
  std::tie(a.pool.pad_h, a.pool.pad_w) = pair("padding", 0);
  std::tie(a.pool.dilation_h, a.pool.dilation_w) = pair("dilation", 1);
  a.pool.count_include_pad = options.value("countIncludePad", true);
  return a;
}

std::vector<Instance> windows() {
  return {{{{"x", {2, 1, 4, 4}}}, {{"kernel", 2}}},
          {{{"x", {1, 3, 5, 4}}}, {{"kernel", 3}, {"stride", 2}, {"padding", 1}}},
          {{{"x", {1, 9, 4, 3}}}, {{"kernel", {2, 3}}, {"stride", 1}}},
          {{{"x", {2, 17, 3, 3}}}, {{"kernel", 2}, {"stride", 2}}}};
}

std::vector<Instance> with(std::vector<Instance> list, const Instance& more) {
  list.push_back(more);
  return list;
}

const Declare max_pool2d({.name = "max_pool2d",
                          .build =
                              [](Builder& b) {
                                return b.graph.add(ops::max_pool2d, {b.image("x", distinct)},
                                                   Attributes(attributes(b.options())));
                              },
                          .instances = with(windows(),
                                            {{{"x", {2, 3, 6, 6}}}, {{"kernel", 2}, {"stride", 2}, {"dilation", 3}}}),
                          .golden = {"maxPool2d"}});

const Declare avg_pool2d(
    {.name = "avg_pool2d",
     .build =
         [](Builder& b) { return b.graph.add(ops::avg_pool2d, {b.image("x")}, Attributes(attributes(b.options()))); },
     .instances = with(windows(), {{{"x", {2, 3, 5, 5}}},
                                   {{"kernel", 3}, {"stride", 2}, {"padding", 1}, {"countIncludePad", false}}}),
     .golden = {"avgPool2d"}});

const std::vector<Instance> images{{{{"x", {2, 1, 2, 2}}}}, {{{"x", {1, 9, 3, 2}}}}, {{{"x", {2, 16, 1, 1}}}}};

const Declare global_avg_pool2d({.name = "global_avg_pool2d",
                                 .build =
                                     [](Builder& b) { return b.graph.add(ops::global_avg_pool2d, {b.image("x")}); },
                                 .instances = images,
                                 .golden = {"globalAvgPool2d"}});

const Declare adaptive_avg_pool2d({.name = "adaptive_avg_pool2d",
                                   .build =
                                       [](Builder& b) {
                                         ops::AdaptivePool2dAttributes a;
                                         a.pool.out_height = b.options().at("out")[0].get<std::int32_t>();
                                         a.pool.out_width = b.options().at("out")[1].get<std::int32_t>();
                                         return b.graph.add(ops::adaptive_avg_pool2d, {b.image("x")}, Attributes(a));
                                       },
                                   .instances = {{{{"x", {2, 1, 4, 4}}}, {{"out", {2, 2}}}},
                                                 {{{"x", {1, 3, 5, 4}}}, {{"out", {2, 3}}}},
                                                 {{{"x", {1, 9, 3, 7}}}, {{"out", {1, 7}}}},
                                                 {{{"x", {2, 17, 2, 3}}}, {{"out", {3, 5}}}}},
                                   .golden = {"adaptiveAvgPool2d"}});

/// A global maximum is one window, and its result without the axes of size one.
const Declare global_max_pool2d({.name = "global_max_pool2d",
                                 .build =
                                     [](Builder& b) {
                                       const ValueId x = b.image("x", distinct);
                                       const Shape image = b.graph.type(x).shape;
                                       const Json kernel{image[1], image[2]};
                                       const ValueId y = b.graph.add(ops::max_pool2d, {x},
                                                                     Attributes(attributes({{"kernel", kernel}})));
                                       return b.graph.add(ops::reshape, {b.graph.channels_first(y)},
                                                          Attributes(ops::ReshapeAttributes{{image[0]}}));
                                     },
                                 .instances = images,
                                 .golden = {"globalMaxPool2d"}});

}  // namespace
}  // namespace trainyard::testing_ops
