#pragma once

// A reader of numpy.savez archives: a zip with stored members <name>.npy of format 1.0, C order, little-endian float32
// or int64. Only for tests, on little-endian machines.

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace vitrine::test {

struct NpyArray {
  std::vector<std::int64_t> shape;
  std::vector<double> values;

  std::int64_t rows() const { return shape.empty() ? 1 : shape[0]; }
  std::size_t rowSize() const { return values.size() / static_cast<std::size_t>(rows()); }
  std::vector<double> row(std::int64_t r) const {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(r) * rowSize());
    return {begin, begin + static_cast<std::ptrdiff_t>(rowSize())};
  }
};

namespace detail {

template <class T>
T readAt(const std::string& bytes, std::size_t at) {
  if (at + sizeof(T) > bytes.size()) throw std::runtime_error("archive ends too early");
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

inline NpyArray parseNpy(const std::string& bytes) {
  if (bytes.compare(0, 6, "\x93NUMPY") != 0) throw std::runtime_error("not an npy array");
  const std::size_t length = readAt<std::uint16_t>(bytes, 8), start = 10 + length;
  const std::string header = bytes.substr(10, length);
  NpyArray a;
  std::size_t at = header.find('(', header.find("'shape'")) + 1, count = 1;
  while (header[at] != ')') {
    if (header[at] < '0' || header[at] > '9') {
      ++at;
      continue;
    }
    std::size_t used = 0;
    a.shape.push_back(std::stoll(header.substr(at), &used));
    count *= static_cast<std::size_t>(a.shape.back());
    at += used;
  }
  const bool isFloat = header.find("<f4") != std::string::npos;
  if (!isFloat && header.find("<i8") == std::string::npos) throw std::runtime_error("unexpected type: " + header);
  for (std::size_t i = 0; i < count; ++i)
    a.values.push_back(isFloat ? static_cast<double>(readAt<float>(bytes, start + 4 * i))
                               : static_cast<double>(readAt<std::int64_t>(bytes, start + 8 * i)));
  return a;
}

}  // namespace detail

/// Every array by name. Throws when the file is not as described.
inline std::map<std::string, NpyArray> readNpz(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::map<std::string, NpyArray> arrays;
  std::size_t at = 0;
  while (at + 30 <= bytes.size() && detail::readAt<std::uint32_t>(bytes, at) == 0x04034b50) {
    if (detail::readAt<std::uint16_t>(bytes, at + 8) != 0) throw std::runtime_error("compressed member");
    const std::size_t size = detail::readAt<std::uint32_t>(bytes, at + 18);
    const std::size_t name = detail::readAt<std::uint16_t>(bytes, at + 26), extra = detail::readAt<std::uint16_t>(bytes, at + 28);
    const std::string file = bytes.substr(at + 30, name);
    at += 30 + name + extra;
    arrays[file.substr(0, file.size() - 4)] = detail::parseNpy(bytes.substr(at, size));
    at += size;
  }
  if (arrays.empty()) throw std::runtime_error("no arrays in " + path);
  return arrays;
}

}  // namespace vitrine::test
