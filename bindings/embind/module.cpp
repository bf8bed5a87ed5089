// What the WebAssembly module exports. bindings/ts/host/module.ts has the same list with types.
// Control crosses as JSON text, numbers as bytes; nothing is decided here.
#include <emscripten/bind.h>
#include <emscripten/heap.h>
#include <malloc.h>

#include "bound.hpp"
#include "data/build.hpp"
#include "data/pack.hpp"
#include "data/split.hpp"
#include "engine.hpp"
#include "executors/peak.hpp"
#include "handles.hpp"
#include "kernels/gemm/gemm.hpp"
#include "text.hpp"
#include "text/tokenizer_json.hpp"
#include "train/ledger.hpp"
#include "train/options.hpp"

namespace trainyard::bindings {
namespace {

namespace em = emscripten;

std::string engine_info() {
#ifdef __wasm_relaxed_simd__
  constexpr bool relaxed = true;
#else
  constexpr bool relaxed = false;
#endif
  return json_object("version", TRAINYARD_VERSION, "lanes", kernels::vector_lanes<float>(), "relaxed", relaxed,
                     "threads", engine().pool->size())
      .dump();
}

int set_threads(int threads) {
  engine().pool = std::make_unique<ThreadPool>(threads);
  return engine().pool->size();
}

std::string memory() {
  const auto used = static_cast<std::size_t>(mallinfo().uordblks);
  return json_object("heapBytes", emscripten_get_heap_size(), "usedBytes", used).dump();
}

double peak(double iterations, bool all_threads) {
  return run_peak(&kernels::peak<float>, kernels::vector_lanes<float>(), static_cast<std::int64_t>(iterations),
                  all_threads ? engine().pool.get() : nullptr);
}

Pointer allocate(std::uint32_t size) { return engine().buffers.allocate(size); }
void free_buffer(Pointer pointer) { engine().buffers.release(pointer); }

std::shared_ptr<DatasetHandle> create_dataset(const std::string& description, const em::val& pointers) {
  std::vector<Bytes> buffers;
  for (const auto p : em::vecFromJSArray<Pointer>(pointers)) buffers.push_back(engine().buffers.take(p));
  auto data = std::make_shared<const Dataset>(build_dataset(parse_json(description, "data"), buffers));
  return std::make_shared<DatasetHandle>(DatasetHandle{std::move(data)});
}

#ifndef __EMSCRIPTEN_PTHREADS__  // where there are threads, engines share no run: see below
std::shared_ptr<DatasetHandle> unpack_dataset(const std::string& description, const em::val& pointers) {
  std::vector<Bytes> buffers;
  for (const auto p : em::vecFromJSArray<Pointer>(pointers)) buffers.push_back(engine().buffers.take(p));
  return std::make_shared<DatasetHandle>(
      DatasetHandle{std::make_shared<const Dataset>(unpack(parse_json(description, "data"), buffers))});
}
#endif

em::val split_dataset(const DatasetHandle& dataset, const std::string& options) {
  auto [first, second] = split(*dataset.data, parse_options<SplitOptions>(parse_json(options, "split"), "split"));
  em::val parts = em::val::array();
  for (Dataset* part : {&first, &second}) {
    auto data = std::make_shared<const Dataset>(std::move(*part));
    parts.call<void>("push", std::make_shared<DatasetHandle>(DatasetHandle{std::move(data)}));
  }
  return parts;
}

std::string ledger_of(const std::string& description, const std::string& options) {
  return ledger(parse_json(description, "model"), parse_json(options, "ledger")).dump();
}

std::shared_ptr<ModelHandle> create_model(const std::string& description, const std::string& options) {
  return std::make_shared<ModelHandle>(parse_json(description, "model"),
                                       read_model_options(parse_json(options, "model")), *engine().pool);
}

std::shared_ptr<RunHandle> create_run(const std::shared_ptr<ModelHandle>& model, const DatasetHandle& train,
                                      const DatasetHandle* validation, const std::string& options) {
  return std::make_shared<RunHandle>(model, train, validation, parse_json(options, "fit"));
}

/// The file comes as bytes: Embind does not free a text when the call that got it throws.
std::shared_ptr<TokenizerHandle> load_tokenizer(Pointer pointer, std::uint32_t bytes) {
  const auto file = engine().buffers.read(pointer).first(bytes);
  const std::string_view json(reinterpret_cast<const char*>(file.data()), file.size());
  return std::make_shared<TokenizerHandle>(TokenizerHandle{read_tokenizer(json)});
}

/// Without a tokenizer the options are for learning one; with one they are those of windows, or null for ids alone.
std::shared_ptr<TextHandle> open_text(const std::string& options, const TokenizerHandle* tokenizer) {
  return std::make_shared<TextHandle>(parse_json(options, "text"), tokenizer);
}

}  // namespace

EMSCRIPTEN_BINDINGS(trainyard) {
  em::function("engineInfo", bound<&engine_info>);
  em::function("setThreads", bound<&set_threads>);
  em::function("memory", bound<&memory>);
  em::function("peak", bound<&peak>);
  em::function("allocate", bound<&allocate>);
  em::function("release", bound<&free_buffer>);
  em::function("createDataset", bound<&create_dataset>);
  em::function("splitDataset", bound<&split_dataset>);
  em::function("ledger", bound<&ledger_of>);
  em::function("createModel", bound<&create_model>);
  em::function("createRun", bound<&create_run>, em::allow_raw_pointers());

  em::function("loadTokenizer", bound<&load_tokenizer>);
  em::function("openText", bound<&open_text>, em::allow_raw_pointers());

  em::class_<TokenizerHandle>("Tokenizer")
      .smart_ptr<std::shared_ptr<TokenizerHandle>>("TokenizerPointer")
      .function("tokens", bound<&TokenizerHandle::tokens>)
      .function("ends", bound<&TokenizerHandle::ends>)
      .function("save", bound<&TokenizerHandle::save>);

  em::class_<TextHandle>("Text")
      .smart_ptr<std::shared_ptr<TextHandle>>("TextPointer")
      .function("feed", bound<&TextHandle::feed>)
      .function("tokenizer", bound<&TextHandle::tokenizer>)
      .function("ids", bound<&TextHandle::ids>)
      .function("windows", bound<&TextHandle::windows>);

  em::class_<DatasetHandle>("Dataset")
      .smart_ptr<std::shared_ptr<DatasetHandle>>("DatasetPointer")
      .function("info", bound<&DatasetHandle::info>)
      .function("read", bound<&DatasetHandle::read>)
      .function("column", bound<&DatasetHandle::column>)
      .function("forget", bound<&DatasetHandle::forget>);

  em::class_<ModelHandle>("Model")
      .smart_ptr<std::shared_ptr<ModelHandle>>("ModelPointer")
      .function("summary", bound<&ModelHandle::summary>)
      .function("parameters", bound<&ModelHandle::parameters>)
      .function("read", bound<&ModelHandle::read>)
      .function("write", bound<&ModelHandle::write>)
      .function("writeOne", bound<&ModelHandle::write_one>)
      .function("freeze", bound<&ModelHandle::freeze>)
      .function("predict", bound<&ModelHandle::predict>)
      .function("repeat", bound<&ModelHandle::repeat>)
      .function("inspect", bound<&ModelHandle::inspect>)
      .function("result", bound<&ModelHandle::result>)
      .function("forget", bound<&ModelHandle::forget>)
      .function("evaluate", bound<&ModelHandle::evaluate>)
      .function("exportSafetensors", bound<&ModelHandle::export_safetensors>)
      .function("load", bound<&ModelHandle::load>)
      .function("graphText", bound<&ModelHandle::graph_text>);

  em::class_<RunHandle> run("Run");
  run.smart_ptr<std::shared_ptr<RunHandle>>("RunPointer")
      .function("advance", bound<&RunHandle::advance>)
      .function("set", bound<&RunHandle::set>)
      .function("stop", bound<&RunHandle::stop>)
      .function("preview", bound<&RunHandle::preview>)
      .function("gradient", bound<&RunHandle::gradient>)
      .function("update", bound<&RunHandle::update>)
      .function("state", bound<&RunHandle::state>);
#ifndef __EMSCRIPTEN_PTHREADS__
  // What engines in several workers share a run with: a page has either these or threads.
  em::function("unpackDataset", bound<&unpack_dataset>);
  run.function("pack", bound<&RunHandle::pack>)
      .function("packed", bound<&RunHandle::packed>)
      .function("members", bound<&RunHandle::members>)
      .function("join", bound<&RunHandle::join>)
      .function("leave", bound<&RunHandle::leave>)
      .function("beginPart", bound<&RunHandle::begin_part>)
      .function("part", bound<&RunHandle::part>)
      .function("incoming", bound<&RunHandle::incoming>)
      .function("addPart", bound<&RunHandle::add_part>)
      .function("endPart", bound<&RunHandle::end_part>);
#endif
}

}  // namespace trainyard::bindings
