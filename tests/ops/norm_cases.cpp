#include "ops/norm.hpp"

#include "ops/all.hpp"
#include "ops/op_case.hpp"

namespace trainyard::testing_ops {
namespace {

constexpr Fill spread{.low = -2, .high = 3};
constexpr Fill positive{.low = 0.5, .high = 2};

ValueId batch_norm(Builder& b) {
  const bool image = b.shape("x").rank() == 3;
  return ops::add_batch_norm(
      b.graph, {.x = image ? b.image("x", spread) : b.input("x", spread),
                .weight = b.parameter("weight"),
                .bias = b.parameter("bias"),
                .running_mean = b.state("running_mean"),
                .running_var = b.state("running_var", positive),
                .num_batches_tracked = b.state("num_batches_tracked", {.high = 7, .kind = Fill::Kind::ids}, DType::i32),
                .eps = b.options().value("eps", 1e-5),
                .momentum = b.options().value("momentum", 0.1),
                .training = b.options().value("training", true)});
}

/// With everything, without running statistics, without weights; images and plain features.
std::vector<Instance> batches(bool training) {
  std::vector<Instance> list;
  for (const Sizes& x : {Sizes{2, 1}, Sizes{5, 3}, Sizes{4, 8}, Sizes{3, 17}, Sizes{2, 3, 2, 3}, Sizes{2, 9, 1, 2}}) {
    const Sizes c{x[1]};
    Instance& i = list.emplace_back();
    i.shapes = {{"x", x}, {"weight", c}, {"bias", c}, {"running_mean", c}, {"running_var", c}};
    i.shapes["num_batches_tracked"] = {};
    i.options = {{"training", training}};
  }
  list[2].shapes.erase("weight");
  list[2].shapes.erase("bias");
  list[3].options["momentum"] = -1;
  if (training) {
    for (const char* name : {"running_mean", "running_var", "num_batches_tracked"}) list[4].shapes.erase(name);
  }
  return list;
}

/// In training a batch of two numbers has a difference that double hardly resolves: its result is always +-1.
std::vector<Instance> training_batches() {
  std::vector<Instance> list = batches(true);
  list[0].shapes["x"] = {7, 1};
  return list;
}

const Declare batch_norm_training({.name = "batch_norm",
                                   .build = batch_norm,
                                   .instances = training_batches(),
                                   .golden = {"batchNorm1d", "batchNorm2d"},
                                   .accepts = [](const Instance& i) { return i.options["training"].get<bool>(); },
                                   .couples_rows = true});
const Declare batch_norm_eval({.name = "batch_norm_eval",
                               .build = batch_norm,
                               .instances = batches(false),
                               .golden = {"batchNorm1d", "batchNorm2d"},
                               .accepts = [](const Instance& i) { return !i.options["training"].get<bool>(); }});

/// As one of several that share a batch, none of which has other rows.
const Declare batch_norm_shared({.name = "batch_norm_shared",
                                 .build =
                                     [](Builder& b) {
                                       b.graph.shared = true;
                                       return batch_norm(b);
                                     },
                                 .instances = training_batches(),
                                 .golden = {"batchNorm1d", "batchNorm2d"},
                                 .accepts = [](const Instance& i) { return i.options["training"].get<bool>(); },
                                 .couples_rows = true});

ValueId layer_norm(Builder& b) {
  const ops::LayerNormAttributes a{.eps = b.options().value("eps", 1e-5), .axes = b.options().value("axes", 1)};
  return b.graph.add(ops::layer_norm, {b.input("x", spread), b.parameter("weight"), b.parameter("bias")},
                     Attributes(a));
}

const Declare layer_norm_case({.name = "layer_norm",
                               .build = layer_norm,
                               .instances = {{{{"x", {2, 3}}, {"weight", {3}}, {"bias", {3}}}},
                                             {{{"x", {2, 8}}}},
                                             {{{"x", {2, 17}}, {"weight", {17}}, {"bias", {17}}}},
                                             {{{"x", {2, 2, 9}}, {"weight", {9}}}},
                                             {{{"x", {2, 3, 2, 5}}, {"weight", {2, 5}}, {"bias", {2, 5}}},
                                              {{"axes", 2}}}},
                               .golden = {"layerNorm"}});

ValueId rms_norm(Builder& b) {
  const ops::LayerNormAttributes a{.eps = b.options().value("eps", 1e-6)};
  return b.graph.add(ops::rms_norm, {b.input("x", spread), b.parameter("weight")}, Attributes(a));
}

const Declare rms_norm_case(
    {.name = "rms_norm",
     .build = rms_norm,
     .instances = {{{{"x", {2, 3}}, {"weight", {3}}}}, {{{"x", {2, 8}}}}, {{{"x", {2, 2, 17}}, {"weight", {17}}}}},
     .golden = {"rmsNorm"}});

}  // namespace
}  // namespace trainyard::testing_ops
