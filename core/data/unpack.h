#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace vitrine {

/// Reads the bytes of a file held in memory, unpacked on the way when they are gzip (RFC 1952; several members in a row
/// are one text; checksums are verified).
class UnpackedBytes {
 public:
  /// `bytes` must outlive the object. `file` is for errors.
  UnpackedBytes(std::string_view bytes, std::string file);
  ~UnpackedBytes();

  bool isGzip() const;
  /// Fills up to `n` bytes and returns how many: fewer only at the end of the data.
  Result<std::size_t> read(std::uint8_t* out, std::size_t n);
  /// No more than this many bytes can come in all, by the packed size and the format's greatest ratio.
  std::int64_t atMost() const;
  /// Share of the packed bytes used up, 0 … 1.
  double progress() const;

 private:
  struct Inflate;
  std::string_view bytes_;
  std::string file_;
  std::size_t at_ = 0;  // of bytes_, when they are not packed
  std::unique_ptr<Inflate> inflate_;
};

}  // namespace vitrine
