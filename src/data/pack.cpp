#include "data/pack.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <utility>

namespace trainyard {
namespace {

class Packer {
 public:
  Packed pack(const Dataset& data) {
    Json columns = Json::array();
    for (const Column& c : data.stored_columns()) {
      Json entry =
          json_object("name", c.name, "shape", c.shape.dims(), "dtype", static_cast<std::int64_t>(c.dtype), "offset",
                      c.offset, "scale", c.map.scale, "shift", c.map.shift, "first", c.first, "stride", c.stride);
      if (c.tape) {
        entry["tape"] = once(c.tape.get(), [&] {
          Json blocks = Json::array();
          for (const Bytes& b : c.tape->blocks()) blocks.push_back(add(b.span()));
          return json_object("width", c.tape->width(), "size", c.tape->size(), "blocks", std::move(blocks));
        });
      } else if (c.shared) {
        entry["shared"] = once(c.shared.get(), [&] { return Json(add(c.shared->span())); });
      } else {
        entry["bytes"] = add(c.bytes.span());
      }
      columns.push_back(std::move(entry));
    }
    Json all = json_object("rows", data.stored_rows(), "inputs", data.inputs(), "columns", std::move(columns));
    if (const Bytes* weights = data.stored_weights()) all["weights"] = add(weights->span());
    if (data.picked() != nullptr) all["picked"] = add(std::as_bytes(std::span(*data.picked())));
    return {std::move(all), std::move(buffers_)};
  }

 private:
  std::size_t add(std::span<const std::byte> bytes) {
    buffers_.push_back(bytes);
    return buffers_.size() - 1;
  }
  /// What columns share is packed once.
  template <class F>
  const Json& once(const void* memory, F make) {
    const auto found = shared_.find(memory);
    return found != shared_.end() ? found->second : shared_.emplace(memory, make()).first->second;
  }

  std::vector<std::span<const std::byte>> buffers_;
  std::map<const void*, Json> shared_;
};

class Unpacker {
 public:
  explicit Unpacker(std::span<Bytes> buffers) : buffers_(buffers), taken_(buffers.size()) {}

  Dataset unpack(const Json& all) {
    DatasetParts parts;
    parts.rows = all.at("rows").get<Row>();
    for (const Json& entry : all.at("columns")) {
      auto& list = parts.inputs.size() < all.at("inputs").get<std::size_t>() ? parts.inputs : parts.targets;
      list.push_back(column(entry));
    }
    if (all.contains("weights")) parts.weights = take(all["weights"]);
    Dataset whole(std::move(parts));
    if (!all.contains("picked")) return whole;
    const Bytes bytes = take(all["picked"]);
    std::vector<Row> rows(bytes.size() / sizeof(Row));
    std::memcpy(rows.data(), bytes.data(), rows.size() * sizeof(Row));
    if (std::ranges::any_of(rows, [&](Row r) { return r >= whole.rows(); })) refuse("picked");
    return whole.subset(rows);
  }

 private:
  [[noreturn]] static void refuse(const char* what) { throw Error(ErrorCode::internal, "unpack", "", what); }

  Column column(const Json& entry) {
    Column c;
    c.name = entry.at("name").get<std::string>();
    c.shape = Shape(entry.at("shape").get<std::vector<std::int64_t>>());
    const auto dtype = entry.at("dtype").get<int>();
    if (dtype < 0 || dtype > static_cast<int>(DType::u8)) refuse("dtype");
    c.dtype = static_cast<DType>(dtype);
    c.offset = entry.at("offset").get<std::size_t>();
    c.map = {entry.at("scale").get<std::vector<double>>(), entry.at("shift").get<std::vector<double>>()};
    c.first = entry.at("first").get<std::int64_t>();
    c.stride = entry.at("stride").get<std::int64_t>();
    if (c.first < 0 || c.stride < 0) refuse("window");
    if (entry.contains("tape")) {
      c.tape = once(tapes_, entry["tape"], [&](const Json& tape) {
        std::vector<Bytes> blocks;
        for (const Json& index : tape.at("blocks")) blocks.push_back(take(index));
        return std::make_shared<const Tape>(tape.at("width").get<std::size_t>(), tape.at("size").get<std::int64_t>(),
                                            std::move(blocks));
      });
    } else if (entry.contains("shared")) {
      if (c.offset != 0) refuse("offset");
      c.shared = once(shared_, entry["shared"], [&](const Json& i) { return std::make_shared<const Bytes>(take(i)); });
    } else {
      c.bytes = take(entry.at("bytes"));
    }
    return c;
  }
  Bytes take(const Json& index) {
    const auto i = index.get<std::size_t>();
    if (i >= buffers_.size() || std::exchange(taken_[i], 1) != 0) refuse("buffer");
    return std::move(buffers_[i]);
  }
  template <class T, class F>
  static T once(std::vector<std::pair<Json, T>>& known, const Json& key, F make) {
    const auto found = std::ranges::find(known, key, &std::pair<Json, T>::first);
    if (found != known.end()) return found->second;
    known.emplace_back(key, make(key));
    return known.back().second;
  }

  std::span<Bytes> buffers_;
  std::vector<char> taken_;
  std::vector<std::pair<Json, std::shared_ptr<const Tape>>> tapes_;
  std::vector<std::pair<Json, std::shared_ptr<const Bytes>>> shared_;
};

}  // namespace

Packed pack(const Dataset& data) { return Packer().pack(data); }

Dataset unpack(const Json& description, std::span<Bytes> buffers) { return Unpacker(buffers).unpack(description); }

}  // namespace trainyard
