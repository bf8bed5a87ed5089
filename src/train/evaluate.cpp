#include "train/evaluate.hpp"

#include <string>
#include <utility>

#include "core/options.hpp"

namespace trainyard {
namespace {

struct EvaluateOptions {
  Json loss = "crossEntropy";
  Json metrics = Json::array();
  std::string target;

  template <class V>
  void visit(V& v) {
    if (const Json* value = v.raw("loss"); value != nullptr) loss = *value;
    if (const Json* value = v.raw("metrics"); value != nullptr) metrics = *value;
    v("target", target);
  }
};

}  // namespace

Json evaluate(const Model& model, std::shared_ptr<const Dataset> data, const Json& options, ThreadPool& pool) {
  const auto wanted = parse_options<EvaluateOptions>(options, "evaluate");
  const std::unique_ptr<Loss> loss = parse_loss(wanted.loss, "evaluate.loss");
  Evaluator evaluator(model, std::move(data), *loss, wanted.metrics, wanted.target, pool);
  evaluator.start();
  while (evaluator.advance()) {
  }
  return evaluator.result();
}

}  // namespace trainyard
