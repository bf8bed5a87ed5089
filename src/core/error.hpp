// Errors as data: a code, the place, what was expected, what was found, and how to mend it.
#pragma once
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace trainyard {

/// The one list of error codes: API, printed into the TypeScript types. Renaming one is a major version.
#define TRAINYARD_ERROR_CODES(X)                                                                        \
  X(shape_mismatch, "SHAPE_MISMATCH")         /* sizes that do not fit each other */                    \
  X(type_mismatch, "TYPE_MISMATCH")           /* a value of another type than needed */                 \
  X(unknown_layer, "UNKNOWN_LAYER")           /* no layer, loss, optimizer… of this name */             \
  X(unknown_option, "UNKNOWN_OPTION")         /* an option that its owner does not take */              \
  X(missing_option, "MISSING_OPTION")         /* an option without default left out */                  \
  X(invalid_value, "INVALID_VALUE")           /* a value outside its range */                           \
  X(invalid_graph, "INVALID_GRAPH")           /* a cycle, a dangling edge, a name twice */              \
  X(invalid_label, "INVALID_LABEL")           /* a class id outside [0, classes), or NaN */             \
  X(invalid_data, "INVALID_DATA")             /* NaN or infinity in inputs or targets */                \
  X(empty_data, "EMPTY_DATA")                 /* a data set without rows */                             \
  X(batch_too_large, "BATCH_TOO_LARGE")       /* a batch larger than the data */                        \
  X(out_of_memory, "OUT_OF_MEMORY")           /* said before allocating, with the bytes */              \
  X(bad_file, "BAD_FILE")                     /* a file that is cut, malformed or contradicts itself */ \
  X(parameter_mismatch, "PARAMETER_MISMATCH") /* a file or an array shaped for another model */         \
  X(diverged, "DIVERGED")                     /* a loss or scores became NaN or infinite */             \
  X(not_supported, "NOT_SUPPORTED")           /* what this build or browser cannot do */                \
  X(disposed, "DISPOSED")                     /* a handle used after dispose() */                       \
  X(busy, "BUSY")                             /* a model that is training already */                    \
  X(engine_lost, "ENGINE_LOST")               /* the worker died; every pending call gets it */         \
  X(engine_load, "ENGINE_LOAD")               /* the engine's files could not be loaded */              \
  X(internal, "INTERNAL")                     /* a defect of ours */

enum class ErrorCode : std::uint8_t {
#define X(id, text) id,
  TRAINYARD_ERROR_CODES(X)
#undef X
};

/// "SHAPE_MISMATCH" for ErrorCode::shape_mismatch.
[[nodiscard]] std::string_view name(ErrorCode code) noexcept;

/// The one list of hints. The package has a sentence for each in every language; a test walks this list.
inline constexpr std::string_view hint_keys[] = {
    "all_ignored",
    "at_byte",
    "bad_header",
    "bad_metadata",
    "bad_offsets",
    "bad_shape",
    "bad_tensor_entry",
    "beyond_end",
    "cut",
    "cycle",
    "did_you_mean",
    "duplicate_id",
    "duplicate_key",
    "duplicate_name",
    "duplicate_token",
    "fixed_while_training",
    "groups_divide",
    "gzipped",
    "header_too_large",
    "heads_divide",
    "hold_out_more",
    "hole",
    "longer_context",
    "looks_ahead",
    "lower_rate",
    "merge_unknown",
    "missing_tensor",
    "name_taken",
    "needed_by",
    "needs_class_ids",
    "needs_dense_targets",
    "newer_version",
    "no_gradient",
    "not_utf8",
    "overlap",
    "sequence_length",
    "shorter_window",
    "size_mismatch",
    "smaller",
    "target_shape",
    "token_gap",
    "tokenizer_kind",
    "too_many_elements",
    "trailing_bytes",
    "unknown_character",
    "unknown_dtype",
    "unused_node",
    "use_nodes",
    "window_too_large",
};

/// A key of the list: another does not compile.
class HintKey {
 public:
  constexpr HintKey() = default;
  template <std::size_t N>
  consteval HintKey(const char (&key)[N]) : key_(key, N - 1) {  // NOLINT(*-explicit-*): written as plain text
    for (const std::string_view known : hint_keys) {
      if (known == key_) return;
    }
    throw "a hint that is not in hint_keys";
  }
  constexpr operator std::string_view() const { return key_; }  // NOLINT(*-explicit-*)
  [[nodiscard]] constexpr bool empty() const { return key_.empty(); }
  friend constexpr bool operator==(const HintKey& a, std::string_view b) { return a.key_ == b; }

 private:
  std::string_view key_;
};

/// How to mend it: the key of a sentence and its argument. Example: {"did_you_mean", "linear"}.
struct Hint {
  HintKey key;
  std::string argument;
};

/// The one exception of the engine. `expected` and `got` are data without words of any language:
/// shapes ("[*, 64]"), ranges ("> 0"), names, numbers.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string path, std::string expected, std::string got, Hint hint = {});

  ErrorCode code;
  std::string path;  ///< which layer, option, column or row: "layers[3] linear", "optimizer.lr", "y[17]"
  std::string expected;
  std::string got;
  Hint hint;

  /// One English line: "SHAPE_MISMATCH at layers[3] linear: expected [*, 64], got [*, 128] (did_you_mean: …)".
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

}  // namespace trainyard
