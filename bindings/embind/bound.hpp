// How C++ errors cross into JavaScript: every bound function goes through `bound<&f>`, which turns an Error into an
// object with the same fields and throws it there. (An exception that leaves WebAssembly by itself carries nothing.)
#pragma once
#include <emscripten/val.h>

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/error.hpp"

namespace trainyard::bindings {

[[noreturn]] inline void throw_in_javascript(const Error& e) {
  namespace em = emscripten;
  em::val hint = em::val::object();
  hint.set("key", std::string(e.hint.key));
  hint.set("argument", e.hint.argument);
  em::val error = em::val::global("Error").new_(std::string(e.what()));
  error.set("code", std::string(name(e.code)));
  error.set("path", e.path);
  error.set("expected", e.expected);
  error.set("got", e.got);
  error.set("hint", hint);
  error.throw_();
}

/// For a catch block: the exception being handled becomes an error of JavaScript. Once for all bound functions, each of
/// which would have the handlers in it otherwise.
[[noreturn, gnu::noinline]] inline void rethrow_in_javascript() {
  try {
    throw;
  } catch (const Error& e) {
    throw_in_javascript(e);
  } catch (const std::bad_alloc&) {
    throw_in_javascript(Error(ErrorCode::out_of_memory, "", "", "", {"smaller", ""}));
  } catch (const std::length_error&) {  // more than a vector could hold
    throw_in_javascript(Error(ErrorCode::out_of_memory, "", "", "", {"smaller", ""}));
  } catch (const std::exception& e) {
    throw_in_javascript(Error(ErrorCode::internal, "", "", e.what()));
  }
}

/// Calls f; what it throws becomes an error of JavaScript.
template <class F>
decltype(auto) guarded(F&& f) {
  try {
    return std::forward<F>(f)();
  } catch (...) {
    rethrow_in_javascript();
  }
}

/// Text comes as a handle and is copied inside of the call: of one that Embind copies itself it frees the bytes only
/// where the call returns, so that each refused call would leave them behind.
template <class A>
struct Argument {
  using Type = A;
  static A&& read(A& a) { return std::forward<A>(a); }
};
template <>
struct Argument<const std::string&> {
  using Type = const emscripten::val&;
  static std::string read(Type a) { return a.as<std::string>(); }
};

template <auto F>
struct Bound;
template <class R, class... A, R (*F)(A...)>
struct Bound<F> {
  static R call(typename Argument<A>::Type... a) {
    return guarded([&]() -> R { return F(Argument<A>::read(a)...); });
  }
};
template <class C, class R, class... A, R (C::*F)(A...)>
struct Bound<F> {
  static R call(C& self, typename Argument<A>::Type... a) {
    return guarded([&]() -> R { return (self.*F)(Argument<A>::read(a)...); });
  }
};
template <class C, class R, class... A, R (C::*F)(A...) const>
struct Bound<F> {
  static R call(const C& self, typename Argument<A>::Type... a) {
    return guarded([&]() -> R { return (self.*F)(Argument<A>::read(a)...); });
  }
};

/// em::function("createModel", bound<&create_model>)
template <auto F>
inline constexpr auto bound = &Bound<F>::call;

}  // namespace trainyard::bindings
