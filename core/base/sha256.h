#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace vitrine {

/// SHA-256 (FIPS 180-4), fed in pieces.
class Sha256 {
 public:
  void add(std::string_view bytes);
  /// Lower-case hexadecimal of all that was added. Call once.
  std::string finish();

 private:
  void block(const unsigned char* p);

  std::array<std::uint32_t, 8> h_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> pending_{};
  std::size_t pendingSize_ = 0;
  std::uint64_t length_ = 0;
};

std::string sha256(std::string_view bytes);

}  // namespace vitrine
