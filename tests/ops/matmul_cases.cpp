#include "ops/matmul.hpp"

#include "ops/all.hpp"
#include "ops/op_case.hpp"

namespace trainyard::testing_ops {
namespace {

/// Two axes: matrices without a batch, as in PyTorch's file. More: one or several products a row.
ValueId build(Builder& b) {
  const ops::MatmulAttributes a{b.options().value("transposeA", false), b.options().value("transposeB", false)};
  const bool batched = b.shape("a", false).rank() > 2;
  const auto input = [&](const char* name) { return batched ? b.input(name) : b.unbatched(name); };
  return b.graph.add(ops::matmul, {input("a"), input("b")}, Attributes(a));
}

/// Products of every orientation, of sizes around the kernel's tile.
std::vector<Instance> instances() {
  std::vector<Instance> list;
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      for (const auto& [m, n, k] : {std::tuple{1, 1, 1}, {3, 5, 2}, {13, 17, 9}}) {
        const Sizes a = ta ? Sizes{k, m} : Sizes{m, k};
        const Sizes b = tb ? Sizes{n, k} : Sizes{k, n};
        const Json options{{"transposeA", ta}, {"transposeB", tb}};
        list.push_back({{{"a", a}, {"b", b}}, options});
        list.push_back({{{"a", {2, a[0], a[1]}}, {"b", {2, b[0], b[1]}}}, options});
        if (m == 3) list.push_back({{{"a", {2, 3, a[0], a[1]}}, {"b", {2, 3, b[0], b[1]}}}, options});
      }
    }
  }
  return list;
}

const Declare matmul({.name = "matmul", .build = build, .instances = instances(), .golden = {"matmul"}});

}  // namespace
}  // namespace trainyard::testing_ops
