#include "data/readers/idx.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace trainyard {
namespace {

struct Header {
  int type = 0;
  std::size_t number = 1;  ///< bytes of one number
  std::vector<std::int64_t> sizes;
  std::size_t length = 0;  ///< bytes of the header
};

std::string hex(std::uint32_t byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {digits[byte >> 4], digits[byte & 15]};
}

[[noreturn]] void bad(const std::string& path, std::string expected, std::string got, std::size_t at) {
  throw Error(ErrorCode::bad_file, path, std::move(expected), std::move(got), {"at_byte", std::to_string(at)});
}

std::uint32_t big_endian(const std::byte* p) {
  std::uint32_t n = 0;
  for (int i = 0; i < 4; ++i) n = (n << 8) | static_cast<std::uint32_t>(p[i]);
  return n;
}

std::size_t size_of_type(std::uint32_t type) {
  switch (type) {
    case 0x08:
    case 0x09: return 1;
    case 0x0B: return 2;
    case 0x0C:
    case 0x0D: return 4;
    case 0x0E: return 8;
    default: return 0;
  }
}

/// Checks everything before anything is allocated.
Header read_header(std::span<const std::byte> file, const std::string& path) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(file[i]); };
  const auto need = [&](std::uint64_t bytes) {
    if (file.size() < bytes) {
      bad(path, ">= " + std::to_string(bytes) + " B", std::to_string(file.size()) + " B", file.size());
    }
  };
  need(4);
  if (byte(0) == 0x1F && byte(1) == 0x8B) throw Error(ErrorCode::bad_file, path, "00 00", "1f 8b", {"gzipped", ""});
  for (std::size_t i = 0; i < 2; ++i) {
    if (byte(i) != 0) bad(path, "00", hex(byte(i)), i);
  }
  Header header;
  header.type = static_cast<int>(byte(2));
  header.number = size_of_type(byte(2));
  if (header.number == 0) bad(path, "08, 09, 0b, 0c, 0d, 0e", hex(byte(2)), 2);
  const std::uint32_t rank = byte(3);
  if (rank < 1 || rank > 4) bad(path, "[1, 4]", std::to_string(rank), 3);
  header.length = 4 + 4 * std::size_t{rank};
  need(header.length);
  std::uint64_t bytes = header.number;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t at = 4 + 4 * i;
    const std::uint32_t size = big_endian(file.data() + at);
    if (size == 0 && i == 0) throw Error(ErrorCode::empty_data, path, ">= 1", "0");
    if (size == 0) bad(path, ">= 1", "0", at);
    // No file is so long: the product cannot wrap, as each factor has 32 bits.
    if (bytes > (std::uint64_t{1} << 31)) bad(path, "<= " + std::to_string(file.size()) + " B", "> 2147483648 B", at);
    bytes *= size;
    header.sizes.push_back(size);
  }
  need(header.length + bytes);
  if (file.size() > header.length + bytes) {
    bad(path, std::to_string(header.length + bytes) + " B", std::to_string(file.size()) + " B",
        header.length + static_cast<std::size_t>(bytes));
  }
  return header;
}

/// Big-endian numbers of type From as To.
template <class From, class To>
Bytes converted(std::span<const std::byte> data) {
  using Word =
      std::conditional_t<sizeof(From) == 1, std::uint8_t,
                         std::conditional_t<sizeof(From) == 2, std::uint16_t,
                                            std::conditional_t<sizeof(From) == 4, std::uint32_t, std::uint64_t>>>;
  const std::size_t count = data.size() / sizeof(From);
  Bytes out = Bytes::allocate(count * sizeof(To));
  auto* to = reinterpret_cast<To*>(out.data());
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t word = 0;
    for (std::size_t b = 0; b < sizeof(From); ++b)
      word = (word << 8) | static_cast<std::uint64_t>(data[i * sizeof(From) + b]);
    to[i] = static_cast<To>(std::bit_cast<From>(static_cast<Word>(word)));
  }
  return out;
}

}  // namespace

IdxColumn read_idx(Bytes file, const std::string& path) {
  const Header header = read_header(file.span(), path);
  IdxColumn result;
  result.rows = static_cast<Row>(header.sizes[0]);
  Column& column = result.column;
  column.name = path;
  column.shape = Shape(std::span(header.sizes).subspan(1));
  const auto data = std::as_const(file).span().subspan(header.length);
  switch (header.type) {
    case 0x08:
      column.dtype = DType::u8;
      column.offset = header.length;
      column.bytes = std::move(file);
      break;
    case 0x09:
      column.dtype = DType::i32;
      column.bytes = converted<std::int8_t, std::int32_t>(data);
      break;
    case 0x0B:
      column.dtype = DType::i32;
      column.bytes = converted<std::int16_t, std::int32_t>(data);
      break;
    case 0x0C:
      column.dtype = DType::i32;
      column.bytes = converted<std::int32_t, std::int32_t>(data);
      break;
    case 0x0D: column.bytes = converted<float, float>(data); break;
    default: column.bytes = converted<double, float>(data); break;
  }
  return result;
}

Dataset idx_dataset(Bytes images, Bytes labels, const IdxOptions& options) {
  IdxColumn x = read_idx(std::move(images), "images");
  IdxColumn y = read_idx(std::move(labels), "labels");
  if (y.column.shape.rank() != 0) throw Error(ErrorCode::shape_mismatch, "labels", "[*]", text(y.column.shape, true));
  if (x.rows != y.rows) {
    throw Error(ErrorCode::shape_mismatch, "labels", "[" + std::to_string(x.rows) + "]",
                "[" + std::to_string(y.rows) + "]");
  }
  x.column.name = "x";
  y.column.name = "y";
  if (x.column.shape.rank() == 2) x.column.shape = {1, x.column.shape[0], x.column.shape[1]};
  x.column.map.scale[0] = options.scale;
  DatasetParts parts;
  parts.rows = x.rows;
  parts.inputs.push_back(std::move(x.column));
  parts.targets.push_back(std::move(y.column));
  return Dataset(std::move(parts));
}

}  // namespace trainyard
