#include "generate.hpp"

#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

#include "bound.hpp"
#include "engine.hpp"
#include "view.hpp"

namespace trainyard::bindings {

namespace em = emscripten;

GeneratorHandle::GeneratorHandle(std::shared_ptr<ModelHandle> writer, std::span<const std::int32_t> prompt,
                                 const Json& options)
    : model(std::move(writer)), generator(model->model, model->pool, prompt, options) {}

em::val GeneratorHandle::next(std::uint32_t count, double milliseconds) {
  numbers.clear();
  const double end = emscripten_get_now() + milliseconds;
  const auto tell = [this](const Candidate& c) {
    numbers.push_back(c.id);
    numbers.push_back(c.probability);
  };
  try {
    for (; count > 0 && !generator.done(); --count) {
      tell(generator.next());
      for (const Candidate& c : generator.candidates()) tell(c);
      if (emscripten_get_now() >= end) break;
    }
  } catch (const Error&) {
    if (numbers.empty()) throw;  // else it is told when somebody asks for more
  }
  return view(numbers);
}

std::shared_ptr<GeneratorHandle> create_generator(const std::shared_ptr<ModelHandle>& model, Pointer prompt,
                                                  const std::string& options) {
  const std::span<const std::byte> bytes = engine().buffers.read(prompt);
  const std::span ids(reinterpret_cast<const std::int32_t*>(bytes.data()), bytes.size() / sizeof(std::int32_t));
  return std::make_shared<GeneratorHandle>(model, ids, parse_json(options, "generate"));
}

EMSCRIPTEN_BINDINGS(generate) {
  em::function("createGenerator", bound<&create_generator>);
  em::class_<GeneratorHandle>("Generator")
      .smart_ptr<std::shared_ptr<GeneratorHandle>>("GeneratorPointer")
      .function("next", bound<&GeneratorHandle::next>)
      .function("candidates", bound<&GeneratorHandle::candidates>)
      .function("done", bound<&GeneratorHandle::done>);
}

}  // namespace trainyard::bindings
