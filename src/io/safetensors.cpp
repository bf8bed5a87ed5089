#include "io/safetensors.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/suggest.hpp"

namespace trainyard {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little-endian and read as they lie");

struct TypeEntry {
  TensorType type;
  std::string_view name;
  std::size_t size;
  bool readable;
};
constexpr std::array types{
    TypeEntry{TensorType::f64, "F64", 8, true},          TypeEntry{TensorType::f32, "F32", 4, true},
    TypeEntry{TensorType::f16, "F16", 2, true},          TypeEntry{TensorType::bf16, "BF16", 2, true},
    TypeEntry{TensorType::i64, "I64", 8, true},          TypeEntry{TensorType::i32, "I32", 4, true},
    TypeEntry{TensorType::i16, "I16", 2, false},         TypeEntry{TensorType::i8, "I8", 1, false},
    TypeEntry{TensorType::u64, "U64", 8, false},         TypeEntry{TensorType::u32, "U32", 4, false},
    TypeEntry{TensorType::u16, "U16", 2, false},         TypeEntry{TensorType::u8, "U8", 1, true},
    TypeEntry{TensorType::boolean, "BOOL", 1, false},    TypeEntry{TensorType::f8_e4m3, "F8_E4M3", 1, false},
    TypeEntry{TensorType::f8_e5m2, "F8_E5M2", 1, false},
};
const TypeEntry& entry(TensorType type) { return types[static_cast<std::size_t>(type)]; }

constexpr std::string_view file_path = "safetensors";

[[noreturn]] void bad(std::string path, HintKey hint, std::string expected = "", std::string got = "") {
  throw Error(ErrorCode::bad_file, std::move(path), std::move(expected), std::move(got), {hint, ""});
}

/// A whole number below 2^63 as JSON writes it: no sign, no fraction, no exponent.
std::uint64_t read_count(const Json& value, const std::string& path, HintKey hint) {
  if (!value.is_number_unsigned()) bad(path, hint, "integer >= 0", short_text(value));
  const auto n = value.get<std::uint64_t>();
  if (n > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    bad(path, hint, "< 2^63", short_text(value));
  return n;
}

TensorType read_type(const Json& value, const std::string& path) {
  if (!value.is_string()) bad(path, "unknown_dtype", "string", short_text(value));
  const auto& text = value.get_ref<const std::string&>();
  for (const TypeEntry& entry : types) {
    if (entry.name == text) return entry.type;
  }
  std::array<std::string_view, types.size()> names;
  std::ranges::transform(types, names.begin(), &TypeEntry::name);
  bad(path, "unknown_dtype", list_text(names), short_text(value));
}

/// One entry of the header; offsets still count from the end of the header, `length` bytes of data follow it.
TensorInfo read_entry(const std::string& name, const Json& value, std::uint64_t length) {
  if (!value.is_object()) bad(name, "bad_tensor_entry", "{ dtype, shape, data_offsets }", short_text(value));
  for (const char* key : {"dtype", "shape", "data_offsets"}) {
    if (!value.contains(key)) bad(name, "bad_tensor_entry", key, "");
  }
  for (const auto& [key, field] : value.items()) {
    if (key != "dtype" && key != "shape" && key != "data_offsets")
      bad(name, "bad_tensor_entry", "{ dtype, shape, data_offsets }", key);
  }
  TensorInfo info;
  info.name = name;
  info.type = read_type(value["dtype"], name);
  const Json& shape = value["shape"];
  if (!shape.is_array()) bad(name, "bad_shape", "[…]", short_text(shape));
  std::uint64_t bytes = size_of(info.type);
  for (const Json& size : shape) {
    const std::uint64_t n = read_count(size, name, "bad_shape");
    if (n != 0 && bytes > std::numeric_limits<std::int64_t>::max() / n)
      bad(name, "too_many_elements", "", short_text(shape));
    bytes *= n;
    info.shape.push_back(static_cast<std::int64_t>(n));
  }
  const Json& offsets = value["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2) bad(name, "bad_offsets", "[begin, end]", short_text(offsets));
  const std::uint64_t begin = read_count(offsets[0], name, "bad_offsets");
  const std::uint64_t end = read_count(offsets[1], name, "bad_offsets");
  if (begin > end) bad(name, "bad_offsets", "begin <= end", short_text(offsets));
  if (end > length) bad(name, "beyond_end", "<= " + std::to_string(length), std::to_string(end));
  if (end - begin != bytes)
    bad(name, "size_mismatch", std::to_string(bytes) + " B", std::to_string(end - begin) + " B");
  info.begin = static_cast<std::size_t>(begin);
  info.end = static_cast<std::size_t>(end);
  return info;
}

/// Data must follow each other without holes or overlap, and fill the file.
void check_cover(std::span<const TensorInfo> sorted, std::uint64_t length) {
  std::uint64_t place = 0;
  for (const TensorInfo& t : sorted) {
    if (t.begin != place)
      bad(t.name, t.begin < place ? HintKey("overlap") : HintKey("hole"), std::to_string(place),
          std::to_string(t.begin));
    place = t.end;
  }
  if (place != length)
    bad(std::string(file_path), "trailing_bytes", std::to_string(place) + " B", std::to_string(length) + " B");
}

float from_half(std::uint16_t h) {
  const auto sign = static_cast<std::uint32_t>(h & 0x8000U) << 16;
  const std::uint32_t exponent = (h >> 10) & 0x1FU;
  const std::uint32_t mantissa = h & 0x3FFU;
  if (exponent == 0) {  // zero or denormal: mantissa 2^-24, exact in float
    const float size = static_cast<float>(mantissa) * 0x1p-24F;
    return sign != 0 ? -size : size;
  }
  const std::uint32_t wide = exponent == 31 ? 255U : exponent + 112U;
  return std::bit_cast<float>(sign | (wide << 23) | (mantissa << 13));
}

/// Converts numbers that may lie at any address.
template <class From, class T, class F>
bool convert(const std::byte* in, std::span<T> out, F to_number) {
  bool finite = true;
  for (std::size_t i = 0; i < out.size(); ++i) {
    From stored;
    std::memcpy(&stored, in + i * sizeof(From), sizeof(From));
    out[i] = static_cast<T>(to_number(stored));
    finite = finite && std::isfinite(out[i]);
  }
  return finite;
}

}  // namespace

std::string_view name(TensorType type) noexcept { return entry(type).name; }
std::size_t size_of(TensorType type) noexcept { return entry(type).size; }
bool readable(TensorType type) noexcept { return entry(type).readable; }

Safetensors::Safetensors(std::span<const std::byte> bytes) : bytes_(bytes) {
  const std::string path(file_path);
  if (bytes.size() < 8) bad(path, "cut", ">= 8 B", std::to_string(bytes.size()) + " B");
  std::uint64_t header_size = 0;
  std::memcpy(&header_size, bytes.data(), 8);
  if (header_size > max_safetensors_header) {
    bad(path, "header_too_large", "<= " + std::to_string(max_safetensors_header) + " B",
        std::to_string(header_size) + " B");
  }
  if (header_size > bytes.size() - 8) {
    bad(path, "cut", ">= " + std::to_string(8 + header_size) + " B", std::to_string(bytes.size()) + " B");
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + 8, static_cast<std::size_t>(header_size));
  if (text.empty() || text[0] != '{') bad(path, "bad_header", "{", std::string(text.substr(0, 1)));
  const Json header = parse_json(text, path);

  const auto data = static_cast<std::size_t>(8 + header_size);
  const std::uint64_t length = bytes.size() - data;
  for (const auto& [name, value] : header.items()) {
    if (name == "__metadata__") {
      if (!value.is_object()) bad(name, "bad_metadata", "{ string: string }", short_text(value));
      for (const auto& [key, field] : value.items()) {
        if (!field.is_string()) bad(name, "bad_metadata", "{ string: string }", short_text(field));
        metadata_.emplace(key, field.get<std::string>());
      }
    } else {
      tensors_.push_back(read_entry(name, value, length));
    }
  }
  std::ranges::sort(tensors_, {}, [](const TensorInfo& t) { return std::pair(t.begin, t.end); });
  check_cover(tensors_, length);
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    tensors_[i].begin += data;
    tensors_[i].end += data;
    by_name_.emplace(tensors_[i].name, i);
  }
}

const TensorInfo* Safetensors::find(std::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : &tensors_[it->second];
}

template <class T>
bool Safetensors::read_as(const TensorInfo& info, std::span<T> out) const {
  const std::byte* in = bytes_.data() + info.begin;
  const auto same = [](auto x) { return x; };
  switch (info.type) {
    case TensorType::f32: return convert<float>(in, out, same);
    case TensorType::f64: return convert<double>(in, out, same);
    case TensorType::f16: return convert<std::uint16_t>(in, out, from_half);
    case TensorType::bf16:
      return convert<std::uint16_t>(in, out,
                                    [](std::uint16_t b) { return std::bit_cast<float>(std::uint32_t{b} << 16); });
    case TensorType::i64: return convert<std::int64_t>(in, out, same);
    case TensorType::i32: return convert<std::int32_t>(in, out, same);
    case TensorType::u8: return convert<std::uint8_t>(in, out, same);
    default: break;
  }
  throw Error(ErrorCode::not_supported, info.name, "F64, F32, F16, BF16, I64, I32, U8",
              std::string(trainyard::name(info.type)));
}

bool Safetensors::read(const TensorInfo& info, std::span<float> out) const { return read_as(info, out); }
bool Safetensors::read(const TensorInfo& info, std::span<double> out) const { return read_as(info, out); }

SafetensorsWriter::SafetensorsWriter(std::vector<TensorInfo> tensors,
                                     const std::map<std::string, std::string, std::less<>>& metadata)
    : tensors_(std::move(tensors)) {
  for (const TensorInfo& t : tensors_) {
    if (t.type != TensorType::f32 && t.type != TensorType::i64) {
      throw Error(ErrorCode::not_supported, t.name, "F32, I64", std::string(name(t.type)));
    }
  }
  std::ranges::sort(tensors_, [](const TensorInfo& a, const TensorInfo& b) {
    return std::pair(size_of(b.type), std::string_view(a.name)) < std::pair(size_of(a.type), std::string_view(b.name));
  });
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t place = 0;
  for (TensorInfo& t : tensors_) {
    std::size_t bytes = size_of(t.type);
    for (const std::int64_t size : t.shape) bytes *= static_cast<std::size_t>(size);
    t.begin = place;
    t.end = place += bytes;
    if (header.contains(t.name)) throw Error(ErrorCode::invalid_value, t.name, "", t.name, {"duplicate_name", t.name});
    header[t.name] = json_object("dtype", name(t.type), "shape", t.shape, "data_offsets",
                                 std::array{static_cast<std::int64_t>(t.begin), static_cast<std::int64_t>(t.end)});
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the numbers are aligned
  const std::size_t data = 8 + text.size();
  bytes_ = Bytes::allocate(data + place);
  const std::uint64_t length = text.size();
  std::memcpy(bytes_.data(), &length, 8);
  std::memcpy(bytes_.data() + 8, text.data(), text.size());
  for (TensorInfo& t : tensors_) {
    t.begin += data;
    t.end += data;
  }
}

}  // namespace trainyard
