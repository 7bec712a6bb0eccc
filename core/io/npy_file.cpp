#include "core/io/npy_file.h"

#include <bit>
#include <cassert>
#include <cstring>

#include "core/io/atomic_file.h"

namespace vitrine {

std::string npyBytes(std::span<const std::int64_t> shape, std::span<const float> values) {
  static_assert(std::endian::native == std::endian::little);
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < shape.size(); ++i) header += std::to_string(shape[i]) + (i + 1 < shape.size() ? ", " : shape.size() == 1 ? "," : "");
  header += "), }";
  // Magic, version, length and header together fill blocks of 64 bytes; the header ends with a line feed.
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  const std::size_t at = bytes.size();
  bytes.resize(at + values.size() * sizeof(float));
  if (!values.empty()) std::memcpy(bytes.data() + at, values.data(), values.size() * sizeof(float));
  return bytes;
}

Status writeNpy(const std::filesystem::path& path, std::span<const std::int64_t> shape, std::span<const float> values) {
  AtomicFile file(path);
  if (Status s = file.open(); !s) return s;
  if (Status s = file.write(npyBytes(shape, values)); !s) return s;
  return file.commit();
}

}  // namespace vitrine
