#include "train/report.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/options.hpp"
#include "core/suggest.hpp"
#include "train/compile.hpp"

namespace trainyard {
namespace {

struct ReportOptions {
  std::string mode = "train";
  std::string stage;
  std::int64_t batch_size = 32;
  Json loss = "crossEntropy";
  bool recompute = false;

  template <class V>
  void visit(V& v) {
    v("mode", mode, Choices{"predict", "train"});
    v("stage", stage);
    v("batchSize", batch_size, at_least_one);
    if (const Json* value = v.raw("loss"); value != nullptr) loss = *value;
    v("recompute", recompute);
  }
};

/// The part of the text under the heading "# stage".
std::string section(const std::string& text, const std::string& stage) {
  std::vector<std::string_view> headings;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t line_end = text.find('\n', at);
    const std::size_t next = text.find("\n# ", at);
    const std::size_t end = next == std::string::npos ? text.size() : next + 1;
    const auto heading = std::string_view(text).substr(at + 2, line_end - at - 2);
    if (heading == stage) return text.substr(line_end + 1, end - line_end - 1);
    headings.push_back(heading);
    at = end;
  }
  throw unknown_name(ErrorCode::invalid_value, "graphText.stage", stage, headings);
}

}  // namespace

std::string report(const Model& model, const Json& options, ThreadPool& pool) {
  const auto wanted = parse_options<ReportOptions>(options, "graphText");
  std::string text;
  CompileOptions compiling;
  compiling.capacity = wanted.batch_size;
  compiling.report = &text;
  std::unique_ptr<Loss> loss;
  if (wanted.mode == "train") {
    loss = parse_loss(wanted.loss, "graphText.loss");
    compiling.mode = Mode::train;
    compiling.loss = loss.get();
    compiling.recompute = wanted.recompute;
    const ValueType& output = model.outputs().front().second;
    if (loss->classes(output) > 0) {  // an id at each place that has scores
      const auto axes = static_cast<std::size_t>(std::max(output.shape.rank() - 1, 0));
      compiling.target = {.shape = Shape(output.shape.dims().first(axes)), .dtype = DType::i32};
    } else {
      compiling.target = output;
    }
  }
  static_cast<void>(compile(model, compiling, pool));
  return wanted.stage.empty() ? text : section(text, wanted.stage);
}

}  // namespace trainyard
