// The options of a run: what model.fit takes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/options.hpp"

namespace trainyard {

struct RunSettings {
  std::optional<std::int64_t> epochs;  ///< 1 if neither epochs nor steps are given
  std::optional<std::int64_t> steps;
  std::optional<std::int64_t> batch_size;  ///< 32, or all rows where there are fewer
  /// Rows run at once: a batch of more is run in pieces and their gradients are added (Keras:
  /// gradient_accumulation_steps, Lightning: accumulate_grad_batches), so that activations take the memory of a piece.
  /// Loss and gradient are the whole batch's, but batch norm's statistics are a piece's. Default: the whole batch.
  std::optional<std::int64_t> micro_batch_size;
  bool recompute = false;  ///< computes activations again for the gradient rather than keep them: graph/passes
  bool shuffle = true;
  bool drop_last = false;
  std::int64_t seed = 0;              ///< of shuffles and dropout
  double clip_norm = 0;               ///< largest global norm of the gradient; 0: no clipping
  double l1 = 0;                      ///< adds l1 sum |w| to the loss's gradient
  double l2 = 0;                      ///< adds l2 / 2 sum w^2
  std::int64_t val_every = 0;         ///< steps between validations; 0: after each epoch
  std::optional<bool> track_updates;  ///< keeps what the last step added to each parameter; default: in small models
  std::optional<bool> share_steps;    ///< among the threads; default: as the clock says
  std::optional<std::int64_t>
      workers;         ///< engines that share each batch, where this one can start others: Trainer::join
  std::string target;  ///< name of the target column; "": the first
  Json loss = "crossEntropy";
  Json optimizer = "adam";
  Json schedule = "constant";
  Json metrics = Json::array();
  Json early_stopping;

  template <class V>
  void visit(V& v) {
    v("epochs", epochs, at_least_one);
    v("steps", steps, at_least_one);
    v("batchSize", batch_size, at_least_one);
    v("microBatchSize", micro_batch_size, at_least_one);
    v("recompute", recompute);
    v("shuffle", shuffle);
    v("dropLast", drop_last);
    v("seed", seed, not_negative);
    v("clipNorm", clip_norm, not_negative);
    v("l1", l1, not_negative);
    v("l2", l2, not_negative);
    v("valEvery", val_every, not_negative);
    v("trackUpdates", track_updates);
    v("shareSteps", share_steps);
    v("workers", workers, Range{.min = 1, .max = 8});
    v("target", target);
    raw(v, "loss", loss);
    raw(v, "optimizer", optimizer);
    raw(v, "schedule", schedule);
    raw(v, "metrics", metrics);
    raw(v, "earlyStopping", early_stopping);
  }

 private:
  template <class V>
  static void raw(V& v, std::string_view key, Json& field) {
    if (const Json* value = v.raw(key); value != nullptr && !value->is_null()) field = *value;
  }
};

/// Stops a run whose validation no longer improves, and restores the best weights.
struct EarlyStopping {
  std::string monitor = "loss";  ///< "loss", or the name of one of the run's metrics, on the validation data
  std::int64_t patience = 5;     ///< stops at the so-manieth validation in a row without improvement, as Keras does
  double min_delta = 0;
  bool restore_best = true;

  template <class V>
  void visit(V& v) {
    v("monitor", monitor);
    v("patience", patience, not_negative);
    v("minDelta", min_delta, not_negative);
    v("restoreBest", restore_best);
  }
};

}  // namespace trainyard
