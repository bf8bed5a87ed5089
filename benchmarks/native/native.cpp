// The native build as an engine of the benchmark. Answers every line of JSON on standard input with one on standard
// output (benchmarks/process.mjs has the other end): {method, …} with {…} or {error}.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/options.hpp"
#include "executors/peak.hpp"
#include "ops/instructions.hpp"
#include "train/evaluate.hpp"
#include "train/options.hpp"
#include "train/predictor.hpp"
#include "trainyard.hpp"

namespace trainyard {
namespace {

using Clock = std::chrono::steady_clock;

template <class F>
double milliseconds(F work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// The tensors of a job, in a file of raw numbers.
class Tensors {
 public:
  explicit Tensors(const std::string& path) : file_(path, std::ios::binary) {}

  /// `place`: {offset, bytes}.
  Bytes read(const Json& place) {
    Bytes bytes = Bytes::allocate(place.at("bytes").get<std::size_t>());
    file_.seekg(place.at("offset").get<std::streamoff>());
    file_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file_) throw Error(ErrorCode::bad_file, "tensors", "", "");
    return bytes;
  }
  Dataset dataset(const Json& asked) {
    std::vector<Bytes> buffers;
    for (const Json& place : asked.at("buffers")) buffers.push_back(read(place));
    return build_dataset(asked.at("data"), buffers);
  }

 private:
  std::ifstream file_;
};

class Session {
 public:
  Json answer(const Json& ask) {
    const auto method = ask.at("method").get<std::string>();
    if (method == "open") return open(ask);
    if (method == "train") return train(ask);
    if (method == "steps") return steps(ask.at("count").get<std::int64_t>());
    if (method == "firstLoss") return json_object("value", loss());
    if (method == "gemm") return gemm(ask);
    if (method == "products") return products(ask.at("count").get<std::int64_t>());
    if (method == "peak") return peak(ask);
    if (method == "copy") {
      return json_object("value", copy(ask.at("bytes").get<double>(), ask.at("milliseconds").get<double>()));
    }
    throw Error(ErrorCode::invalid_value, "method", "", method);
  }

 private:
  Json open(const Json& ask) {
    pool_ = std::make_unique<ThreadPool>(ask.at("threads").get<int>());
    return json_object("threads", pool_->size(), "variant", std::string(ops::instructions().name));
  }

  void make_model(const Json& ask) {
    model_ = std::make_unique<Model>(ask.at("description"), read_model_options(ask.at("options")));
  }

  Json train(const Json& ask) {
    Tensors tensors(ask.at("file").get<std::string>());
    auto data = std::make_shared<const Dataset>(tensors.dataset(ask.at("all")));
    first_ = std::make_shared<const Dataset>(tensors.dataset(ask.at("first")));
    std::vector<std::pair<std::string, Bytes>> weights;
    for (const Json& p : ask.at("parameters")) weights.emplace_back(p.at("parameter"), tensors.read(p));
    loss_ = ask.at("fit").at("loss");
    const double ms = milliseconds([&] {
      make_model(ask);
      for (const auto& [name, bytes] : weights) {
        model_->write(model_->find(name),
                      std::span(reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)));
      }
      freeze_second_bias();
      trainer_ = std::make_unique<Trainer>(*model_, data, nullptr, ask.at("fit"), *pool_);
      trainer_->advance({.steps = 1});
    });
    return json_object("ms", ms, "value", trainer_->loss());
  }

  /// The other engines' gates have one bias: PyTorch's second one stays zero.
  void freeze_second_bias() {
    for (const Json& p : model_->parameter_list()) {
      const auto name = p.at("name").get<std::string>();
      if (!name.ends_with(".bias_hh_l0")) continue;
      model_->write(model_->find(name), std::span<const float>(std::vector<float>(p.at("size").get<std::size_t>())));
      model_->freeze(model_->find(name), true);
    }
  }

  Json steps(std::int64_t count) {
    const double ms = milliseconds([&] { trainer_->advance({.steps = count}); });
    return json_object("ms", ms, "value", trainer_->loss());
  }

  double loss() { return evaluate(*model_, first_, json_object("loss", loss_), *pool_).at("loss").get<double>(); }

  Json gemm(const Json& ask) {
    Tensors tensors(ask.at("file").get<std::string>());
    const Dataset factors = tensors.dataset(ask.at("all"));
    float value = 0;
    const double ms = milliseconds([&] {
      predictor_.reset();
      make_model(ask);
      predictor_ = std::make_unique<Predictor>(*model_, *pool_);
      value = predictor_->predict(factors).front().numbers.at(ask.at("index").get<std::size_t>());
    });
    return json_object("ms", ms, "value", value);
  }

  Json products(std::int64_t count) {
    return json_object("ms", milliseconds([&] { predictor_->repeat(count); }));
  }

  /// GFLOP/s of one thread or of all.
  Json peak(const Json& ask) {
    const ops::Instructions& here = ops::instructions();
    ThreadPool* const pool = ask.at("allThreads").get<bool>() ? pool_.get() : nullptr;
    double spent = 0;
    double operations = 0;
    while (spent < ask.at("milliseconds").get<double>()) {
      spent += milliseconds([&] { operations += run_peak(here.peak, here.lanes, 100'000, pool); });
    }
    return json_object("value", operations / spent / 1e6);
  }

  /// GB read and written a second, one half of a buffer to the other; the best part of the time counts.
  double copy(double bytes, double wanted) {
    const auto half = std::max<std::size_t>(64, static_cast<std::size_t>(bytes / 2));
    copied_.resize(2 * half);
    double rate = 0;
    double spent = 0;
    for (int times = 1; spent < wanted || rate == 0;) {
      const double ms = milliseconds([&] {
        for (int i = 0; i < times; ++i) {
          std::memcpy(copied_.data() + half, copied_.data(), half);
          // The compiler must not see that nobody reads the copy.
          volatile char kept = copied_[half + half / 2];
          (void)kept;
        }
      });
      spent += ms;
      if (ms < wanted / 8) {
        times *= 2;
      } else {
        rate = std::max(rate, 2.0 * static_cast<double>(half) * times / ms / 1e6);
      }
    }
    return rate;
  }

  std::unique_ptr<ThreadPool> pool_;
  std::shared_ptr<const Dataset> first_;
  Json loss_;
  std::unique_ptr<Model> model_;
  std::unique_ptr<Trainer> trainer_;
  std::unique_ptr<Predictor> predictor_;
  std::vector<char> copied_;
};

}  // namespace
}  // namespace trainyard

int main() {
  trainyard::Session session;
  for (std::string line; std::getline(std::cin, line);) {
    trainyard::Json result;
    try {
      result = session.answer(trainyard::parse_json(line, "stdin"));
    } catch (const std::exception& error) {
      result = trainyard::json_object("error", std::string(error.what()));
    }
    std::cout << result.dump() << '\n' << std::flush;
  }
}
