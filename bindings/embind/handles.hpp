// What JavaScript holds: data sets, models and runs, each with what it needs kept alive.
#pragma once
#include <emscripten/val.h>

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "train/inspector.hpp"
#include "train/predictor.hpp"
#include "train/trainer.hpp"

namespace trainyard::bindings {

struct DatasetHandle {
  std::shared_ptr<const Dataset> data;
  std::vector<std::vector<float>> columns{};  ///< of the last read

  [[nodiscard]] std::string info() const { return data->info().dump(); }
  /// Reads all rows; [{name, target, shape, view}], the numbers by column(view) until forget().
  [[nodiscard]] std::string read();
  [[nodiscard]] emscripten::val column(std::uint32_t index) const;
  void forget() { columns = {}; }
};

struct ModelHandle {
  ModelHandle(Json description, ModelOptions options, ThreadPool& pool);

  [[nodiscard]] std::string summary() const { return model.summary().dump(); }
  [[nodiscard]] std::string parameters() const { return model.parameter_list().dump(); }
  [[nodiscard]] emscripten::val read(const std::string& name, const std::string& field);
  void write(const std::string& name, std::uint32_t pointer, std::uint32_t count);
  void write_one(const std::string& name, double index, double value);
  void freeze(const std::string& name, bool frozen) { model.freeze(model.find(name), frozen); }
  [[nodiscard]] std::string predict(const std::string& spec, const emscripten::val& pointers);
  void repeat(double times) { predictor.repeat(static_cast<std::int64_t>(times)); }
  [[nodiscard]] std::string inspect(const std::string& spec, const emscripten::val& pointers);
  [[nodiscard]] emscripten::val result(std::uint32_t index) const;
  /// Gives up what was made to be read: results, a file, a parameter.
  void forget();
  [[nodiscard]] std::string evaluate(const DatasetHandle& data, const std::string& options) const;
  [[nodiscard]] emscripten::val export_safetensors();
  [[nodiscard]] std::string load(std::uint32_t pointer, std::uint32_t bytes);
  [[nodiscard]] std::string graph_text(const std::string& options) const;

  Model model;
  ThreadPool& pool;
  Predictor predictor;
  Inspector inspector;
  Trainer* run = nullptr;  ///< the one that trains it now
  std::vector<std::vector<float>> results;
  std::vector<float> read_out;
  Bytes file;
};

struct RunHandle {
  RunHandle(std::shared_ptr<ModelHandle> trained, const DatasetHandle& train, const DatasetHandle* validation,
            const Json& options);
  ~RunHandle();
  RunHandle(const RunHandle&) = delete;
  RunHandle& operator=(const RunHandle&) = delete;

  [[nodiscard]] std::string advance(double milliseconds, double steps);
  void set(const std::string& changes) { trainer.set(parse_json(changes, "set")); }
  void stop() { trainer.stop(); }
  // A batch that several engines share (train/trainer.hpp).
  /// The data for another engine's unpackDataset: JSON; its buffers are packed(0), …, `buffers` of them.
  [[nodiscard]] std::string pack();
  [[nodiscard]] emscripten::val packed(std::uint32_t index) const;
  [[nodiscard]] double members(double most) {
    return static_cast<double>(trainer.members(static_cast<std::int64_t>(most)));
  }
  void join(double member, double members) {
    trainer.join(static_cast<std::int64_t>(member), static_cast<std::int64_t>(members));
  }
  void leave(const std::string& why) { trainer.leave(why); }
  [[nodiscard]] bool begin_part() { return trainer.begin_part(); }
  [[nodiscard]] emscripten::val part() const;
  [[nodiscard]] emscripten::val incoming() const;
  void add_part(double member) { trainer.add_part(static_cast<std::int64_t>(member)); }
  [[nodiscard]] std::string end_part();
  [[nodiscard]] std::string state() const { return trainer.status().dump(); }
  /// Works out the next step for the parameters of these names, a list in JSON; gradient(i) and update(i) have the
  /// numbers.
  void preview(const std::string& names);
  [[nodiscard]] emscripten::val gradient(std::uint32_t index) const;
  [[nodiscard]] emscripten::val update(std::uint32_t index) const;

  std::shared_ptr<ModelHandle> model;
  Trainer trainer;
  std::vector<Trainer::Preview> previews;
  std::shared_ptr<const Dataset> data;
  std::vector<std::span<const std::byte>> memory;  ///< of the last pack

 private:
  [[nodiscard]] std::string told(Json result) const;
};

}  // namespace trainyard::bindings
