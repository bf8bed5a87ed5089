// Data sets from their description as data:
//
//   { kind: 'arrays', inputs: { x: column, … }, targets: { y: column, … }, weights: { buffer } }
//   { kind: 'idx', images: { buffer }, labels: { buffer }, scale? }
//   { kind: 'series', values: { buffer }, length, horizon?, stride?, features? }
//   { kind: 'synthetic', name, n?, noise?, seed?, labels? }
//   column: { shape: [rows, …], dtype?: 'f32' | 'i32' | 'u8', buffer, scale?, offset?, mean?: […], std?: […] }
//
// A gathered number is (stored * scale + offset - mean[c]) / std[c], c counting channels: the first axis of a row.
#pragma once
#include <span>
#include <string>

#include "data/dataset.hpp"

namespace trainyard {

/// Takes over the buffers that the description names by index; each may be named once. Throws as Dataset, read_idx and
/// the parsing of options do; SHAPE_MISMATCH (path: the column) for columns with different numbers of rows.
[[nodiscard]] Dataset build_dataset(const Json& description, std::span<Bytes> buffers,
                                    const std::string& path = "data");

/// Inputs alone, as `predict` gets them: { x: column, … }.
[[nodiscard]] Dataset build_inputs(const Json& columns, std::span<Bytes> buffers, const std::string& path = "inputs");

}  // namespace trainyard
