// Climbs the ladder. Natively it prints a table; in WebAssembly it exports the steps to ladder.mjs, which times them:
// a function must return to the event loop before the browser's optimised code takes over.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

#include "ladder.hpp"

namespace {

using trainyard::ladder::Bound;
using trainyard::ladder::Rung;

const std::vector<Rung>& all() {
  static const std::vector<Rung> rungs = trainyard::ladder::rungs();
  return rungs;
}

#ifndef __EMSCRIPTEN__
double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Seconds of one call: the best of many slices of 2 ms.
template <class F>
double best(const F& run, int slices) {
  int calls = 1;
  for (;;) {
    double time = 1e9;  // of two, so that a pause of the machine does not make a slice too short to time
    for (int twice = 0; twice < 2; ++twice) {
      const double start = seconds();
      for (int i = 0; i < calls; ++i) run();
      time = std::min(time, seconds() - start);
    }
    if (time > 2e-3 || calls > 1 << 24) break;
    calls *= 2;
  }
  double fastest = 1e9;
  for (int s = 0; s < slices; ++s) {
    const double start = seconds();
    for (int i = 0; i < calls; ++i) run();
    fastest = std::min(fastest, (seconds() - start) / calls);
  }
  return fastest;
}
#endif

}  // namespace

#ifdef __EMSCRIPTEN__
#include <emscripten.h>
extern "C" {
EMSCRIPTEN_KEEPALIVE int ladder_count() { return static_cast<int>(all().size()); }
EMSCRIPTEN_KEEPALIVE const char* ladder_name(int i) { return all()[static_cast<std::size_t>(i)].name.c_str(); }
EMSCRIPTEN_KEEPALIVE int ladder_bound(int i) { return static_cast<int>(all()[static_cast<std::size_t>(i)].bound); }
EMSCRIPTEN_KEEPALIVE double ladder_work(int i) { return all()[static_cast<std::size_t>(i)].work; }
EMSCRIPTEN_KEEPALIVE double ladder_referenced(int i) { return all()[static_cast<std::size_t>(i)].referenced; }
EMSCRIPTEN_KEEPALIVE double ladder_error(int i) {
  const Rung& rung = all()[static_cast<std::size_t>(i)];
  rung.reference();
  rung.shipped();
  return rung.error();
}
EMSCRIPTEN_KEEPALIVE void ladder_run(int i, int reference, int calls) {
  const Rung& rung = all()[static_cast<std::size_t>(i)];
  const auto& run = reference != 0 ? rung.reference : rung.shipped;
  for (int c = 0; c < calls; ++c) run();
}
EMSCRIPTEN_KEEPALIVE double ladder_peak(int iterations) { return trainyard::ladder::peak(iterations); }
EMSCRIPTEN_KEEPALIVE void ladder_copy(double bytes, int calls) {
  for (int c = 0; c < calls; ++c) trainyard::ladder::copy(bytes);
}
}
#else
/// Arguments: a part of the names to run.
int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";
  std::printf("%-46s %10s %10s %8s %9s  %s\n", "kernel", "us", "reference", "faster", "rate", "share of bound");
  for (const Rung& rung : all()) {
    if (rung.name.find(only) == std::string::npos) continue;
    rung.reference();
    rung.shipped();
    const double error = rung.error();
    const double reference = best(rung.reference, 1) / rung.referenced;
    double bound = 0;
    double time = 1e9;
    for (int round = 0; round < 5; ++round) {  // interleaved, so that a slow moment of the machine hits both
      time = std::min(time, best(rung.shipped, 10));
      if (rung.bound == Bound::peak) {
        bound = std::max(bound, 1 / best([] { (void)trainyard::ladder::peak(1000); }, 5));
      } else {
        bound = std::max(bound, 1 / best([&] { trainyard::ladder::copy(rung.work); }, 5));
      }
    }
    if (rung.bound == Bound::peak) bound *= trainyard::ladder::peak(1000);
    if (rung.bound == Bound::copy) bound *= rung.work;
    const double rate = rung.work / time;
    std::printf("%-46s %10.2f %10.2f %7.1fx %5.1f %s %5.0f %%%s\n", rung.name.c_str(), time * 1e6, reference * 1e6,
                reference / time, rate / 1e9, rung.bound == Bound::peak ? "GF/s" : "GB/s", 100 * rate / bound,
                error < 1e-3 ? "" : "  WRONG");
    std::fflush(stdout);
  }
}
#endif
