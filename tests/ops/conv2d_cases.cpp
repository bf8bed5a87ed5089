#include "ops/conv2d.hpp"

#include "ops/all.hpp"
#include "ops/op_case.hpp"

namespace trainyard::testing_ops {
namespace {

std::pair<std::int32_t, std::int32_t> pair(const Json& options, const char* key, std::int32_t usual) {
  if (!options.contains(key)) return {usual, usual};
  const Json& value = options[key];
  if (value.is_number()) return {value.get<std::int32_t>(), value.get<std::int32_t>()};
  return {value[0].get<std::int32_t>(), value[1].get<std::int32_t>()};
}

ValueId build(Builder& b) {
  ops::Conv2dAttributes a;
  std::tie(a.conv.stride_h, a.conv.stride_w) = pair(b.options(), "stride", 1);
  std::tie(a.conv.pad_top, a.conv.pad_left) = pair(b.options(), "padding", 0);
  std::tie(a.conv.pad_bottom, a.conv.pad_right) = pair(b.options(), "padding", 0);
  std::tie(a.conv.dilation_h, a.conv.dilation_w) = pair(b.options(), "dilation", 1);
  a.conv.groups = b.options().value("groups", 1);
  return b.graph.add(ops::conv2d, {b.image("x"), b.parameter("weight", spatial_major), b.parameter("bias")},
                     Attributes(a));
}

const Declare conv2d(
    {.name = "conv2d",
     .build = build,
     .instances = {{{{"x", {1, 1, 3, 3}}, {"weight", {1, 1, 3, 3}}, {"bias", {1}}}},
                   {{{"x", {2, 3, 4, 5}}, {"weight", {5, 3, 3, 3}}, {"bias", {5}}}, {{"padding", 1}}},
                   {{{"x", {2, 2, 5, 6}}, {"weight", {4, 2, 3, 2}}}, {{"stride", {2, 3}}, {"padding", {2, 0}}}},
                   {{{"x", {1, 4, 7, 5}}, {"weight", {6, 2, 3, 3}}, {"bias", {6}}},
                    {{"groups", 2}, {"dilation", {2, 1}}, {"padding", 1}}},
                   {{{"x", {2, 9, 4, 4}}, {"weight", {9, 1, 3, 3}}, {"bias", {9}}}, {{"groups", 9}, {"padding", 1}}},
                   {{{"x", {2, 5, 3, 3}}, {"weight", {17, 5, 1, 1}}, {"bias", {17}}}}},
     .golden = {"conv2d"}});

}  // namespace
}  // namespace trainyard::testing_ops
