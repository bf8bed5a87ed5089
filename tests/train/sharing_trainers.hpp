// Trainers that share each batch, in one process.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>

#include "train/networks.hpp"

namespace trainyard {

class SharingTrainers {
 public:
  SharingTrainers(const Sort& sort, const std::shared_ptr<const Dataset>& data, const Json& options, std::int64_t count,
                  Precision precision = Precision::f32) {
    Json all{{"optimizer", {{"type", "sgd"}, {"lr", 0.05}, {"momentum", 0.9}}}, {"seed", 4}};
    all.update(sort.fit);
    all.update(options);
    for (std::int64_t i = 0; i < count; ++i) {
      models.push_back(std::make_unique<Model>(sort.description(), sort.options(precision)));
      trainers.push_back(std::make_unique<Trainer>(*models.back(), data, nullptr, all, pool_));
      trainers.back()->join(i, count);
    }
  }

  /// A step of all; the answers.
  std::vector<Json> step() {
    for (const auto& trainer : trainers) EXPECT_TRUE(trainer->begin_part());
    std::vector<Json> answers = exchange();
    while (answers[0].is_null()) answers = exchange();
    return answers;
  }

  /// One exchange of a step that was begun. The blocks cross as copies of bytes, as between engines.
  std::vector<Json> exchange() {
    std::vector<std::vector<std::byte>> parts;
    for (const auto& trainer : trainers) parts.emplace_back(trainer->part().begin(), trainer->part().end());
    std::vector<Json> answers;
    for (const auto& trainer : trainers) {
      for (std::size_t from = 0; from < trainers.size(); ++from) {
        std::ranges::copy(parts[from], trainer->incoming().begin());
        trainer->add_part(static_cast<std::int64_t>(from));
      }
      answers.push_back(trainer->end_part());
    }
    return answers;
  }

  [[nodiscard]] std::vector<double> numbers(std::size_t member) const {
    std::vector<double> all;
    for (const Parameter& p : models[member]->parameters().all()) {
      for (const Content content : {Content::value, Content::gradient}) {
        if (content == Content::gradient && !p.trained()) continue;
        const std::vector<double> some = numbers_of(*models[member], p.names.front(), content);
        all.insert(all.end(), some.begin(), some.end());
      }
    }
    return all;
  }

  std::vector<std::unique_ptr<Model>> models;
  std::vector<std::unique_ptr<Trainer>> trainers;

 private:
  ThreadPool pool_{1};
};

inline std::vector<Sort> sorts() {
  std::vector<Sort> list = sorts_of_networks();
  list.push_back({.name = "plain cnn",
                  .layers = R"([{"type":"conv2d","out":4,"kernel":3,"padding":1},"relu",{"type":"maxPool2d","kernel":2},
                                {"type":"conv2d","out":5,"kernel":2},"relu","flatten",{"type":"linear","out":3}])",
                  .input = {2, 6, 6},
                  .labels = {}});
  Sort gpt = *std::ranges::find(list, "gpt", &Sort::name);
  gpt.fit = {{"loss", {{"type", "crossEntropy"}, {"ignoreIndex", 2}}}};
  list.push_back(std::move(gpt));
  return list;
}

}  // namespace trainyard
