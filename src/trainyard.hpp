// Trainyard's C++ API: include this, link `trainyard`.
//
//   trainyard::ThreadPool pool(2);
//   trainyard::Model model(trainyard::parse_json(R"({"layers": [{"type": "linear", "out": 8}, …]})", "model"),
//                          {.inputs = {{.name = "x", .shape = {2}}}, .seed = 42});
//   trainyard::Trainer trainer(model, data, validation, options, pool);
//   while (trainer.state() == trainyard::Trainer::State::running) trainer.advance({.milliseconds = 100});
//
// Everything that can fail throws trainyard::Error. tests/example/native_test.cpp is a whole program.
#pragma once
#include "core/error.hpp"       // IWYU pragma: export
#include "core/json.hpp"        // IWYU pragma: export
#include "core/parallel.hpp"    // IWYU pragma: export
#include "data/build.hpp"       // IWYU pragma: export
#include "data/dataset.hpp"     // IWYU pragma: export
#include "data/split.hpp"       // IWYU pragma: export
#include "io/safetensors.hpp"   // IWYU pragma: export
#include "train/evaluator.hpp"  // IWYU pragma: export
#include "train/model.hpp"      // IWYU pragma: export
#include "train/trainer.hpp"    // IWYU pragma: export
