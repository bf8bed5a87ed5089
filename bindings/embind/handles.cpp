#include "handles.hpp"

#include <emscripten/bind.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/build.hpp"
#include "data/pack.hpp"
#include "engine.hpp"
#include "io/state_dict.hpp"
#include "train/evaluate.hpp"
#include "train/report.hpp"
#include "view.hpp"

namespace trainyard::bindings {
namespace {

namespace em = emscripten;

std::vector<Bytes> take_all(const em::val& pointers) {
  std::vector<Bytes> buffers;
  for (const auto pointer : em::vecFromJSArray<Pointer>(pointers)) buffers.push_back(engine().buffers.take(pointer));
  return buffers;
}

/// Splits a call's JSON into the data it carries and its other options.
Dataset data_of(const std::string& spec, const em::val& pointers, Json& options) {
  options = parse_json(spec, "inputs");
  Json data = json_object("kind", "arrays");
  for (const char* key : {"inputs", "targets"}) {
    if (const auto it = options.find(key); it != options.end()) {
      data[key] = std::move(*it);
      options.erase(key);
    }
  }
  std::vector<Bytes> buffers = take_all(pointers);
  return build_dataset(data, buffers);
}

Json place(const NamedArray& array, std::size_t index) {
  return json_object("name", array.name, "shape", array.shape, "view", index);
}

}  // namespace

ModelHandle::ModelHandle(Json description, ModelOptions options, ThreadPool& threads)
    : model(std::move(description), std::move(options)),
      pool(threads),
      predictor(model, threads),
      inspector(model, threads) {}

std::string DatasetHandle::read() {
  std::uint64_t numbers_in_all = 0;
  for (const ColumnInfo& column : data->columns()) numbers_in_all += static_cast<std::uint64_t>(column.shape.size());
  require_memory(data->rows() * numbers_in_all * sizeof(float), "data");
  columns.clear();
  std::vector<Row> rows(data->rows());
  std::iota(rows.begin(), rows.end(), Row{0});
  Json list = Json::array();
  for (const ColumnInfo& column : data->columns()) {
    std::vector<std::int64_t> shape{static_cast<std::int64_t>(rows.size())};
    shape.insert(shape.end(), column.shape.dims().begin(), column.shape.dims().end());
    list.push_back(
        json_object("name", column.name, "target", column.target, "shape", std::move(shape), "view", columns.size()));
    std::vector<float>& numbers = columns.emplace_back(rows.size() * static_cast<std::size_t>(column.shape.size()));
    data->gather(rows, columns.size() - 1, {numbers.data()});
  }
  return list.dump();
}

em::val DatasetHandle::column(std::uint32_t index) const { return view(columns.at(index)); }

em::val ModelHandle::read(const std::string& name, const std::string& field) {
  const ParamId id = model.find(name);
  read_out.resize(static_cast<std::size_t>(model.parameters()[id].shape.size()));
  const std::span<float> out(read_out);
  if (field == "value" || field == "gradient") {
    model.read(id, out, field == "value" ? Content::value : Content::gradient);
  } else if (field != "update") {
    throw Error(ErrorCode::invalid_value, name, "value, gradient, update", field);
  } else if (run != nullptr) {
    run->read_update(id, out);
  } else {
    std::ranges::fill(read_out, 0.0F);  // no run, no step
  }
  return view(read_out);
}

void ModelHandle::write(const std::string& name, Pointer pointer, std::uint32_t count) {
  const std::span<const std::byte> bytes = engine().buffers.read(pointer);
  model.write(model.find(name), std::span(reinterpret_cast<const float*>(bytes.data()), count));
}

void ModelHandle::write_one(const std::string& name, double index, double value) {
  const ParamId id = model.find(name);
  if (index != std::floor(index) || std::abs(index) > 0x1p53) {
    throw Error(ErrorCode::invalid_value, name, "integer", std::to_string(index));
  }
  model.write_one(id, static_cast<std::int64_t>(index), value);
}

std::string ModelHandle::predict(const std::string& spec, const em::val& pointers) {
  Json options;
  const Dataset data = data_of(spec, pointers, options);
  Json list = Json::array();
  results.clear();
  for (NamedArray& array : predictor.predict(data, parse_options<PredictOptions>(options, "predict"))) {
    list.push_back(place(array, results.size()));
    results.push_back(std::move(array.numbers));
  }
  return list.dump();
}

std::string ModelHandle::inspect(const std::string& spec, const em::val& pointers) {
  Json options;
  const Dataset data = data_of(spec, pointers, options);
  Json list = Json::array();
  results.clear();
  for (Inspected& value : inspector.inspect(data, options)) {
    Json entry = place(value.array, results.size());
    entry["layer"] = value.layer;
    entry["op"] = value.op;
    entry["role"] = value.role;
    list.push_back(std::move(entry));
    results.push_back(std::move(value.array.numbers));
  }
  return list.dump();
}

void ModelHandle::forget() {
  results = {};
  read_out = std::vector<float>();  // = {} would keep its room
  file = {};
}

em::val ModelHandle::result(std::uint32_t index) const { return view(results.at(index)); }

std::string ModelHandle::evaluate(const DatasetHandle& data, const std::string& options) const {
  return trainyard::evaluate(model, data.data, parse_json(options, "evaluate"), pool).dump();
}

em::val ModelHandle::export_safetensors() {
  file = write_state_dict(model);
  return view(file);
}

std::string ModelHandle::graph_text(const std::string& options) const {
  return report(model, parse_json(options, "graphText"), pool);
}

std::string ModelHandle::load(Pointer pointer, std::uint32_t bytes) {
  return read_state_dict(model, engine().buffers.read(pointer).first(bytes)).dump();
}

RunHandle::RunHandle(std::shared_ptr<ModelHandle> trained, const DatasetHandle& train, const DatasetHandle* validation,
                     const Json& options)
    : model(std::move(trained)),
      trainer(model->model, train.data, validation == nullptr ? nullptr : validation->data, options, model->pool),
      data(train.data) {
  model->run = &trainer;
}

RunHandle::~RunHandle() {
  if (model->run == &trainer) model->run = nullptr;
}

void RunHandle::preview(const std::string& names) {
  std::vector<ParamId> ids;
  for (const Json& name : parse_json(names, "preview")) ids.push_back(model->model.find(name.get<std::string>()));
  previews = trainer.preview(ids);
}

em::val RunHandle::gradient(std::uint32_t index) const { return view(previews.at(index).gradient); }
em::val RunHandle::update(std::uint32_t index) const { return view(previews.at(index).update); }

std::string RunHandle::advance(double milliseconds, double steps) {
  return told(trainer.advance({.milliseconds = milliseconds, .steps = static_cast<std::int64_t>(steps)}));
}

std::string RunHandle::pack() {
  Packed made = trainyard::pack(*data);
  memory = std::move(made.buffers);
  return json_object("description", std::move(made.description), "buffers", memory.size()).dump();
}

em::val RunHandle::packed(std::uint32_t index) const { return view(memory.at(index)); }
em::val RunHandle::part() const { return view(trainer.part()); }
em::val RunHandle::incoming() const { return view(trainer.incoming()); }
std::string RunHandle::end_part() {
  Json ended = trainer.end_part();
  return ended.is_null() ? std::string() : told(std::move(ended));
}

std::string RunHandle::told(Json result) const {
  result["step"] = trainer.step();
  return result.dump();
}

}  // namespace trainyard::bindings
