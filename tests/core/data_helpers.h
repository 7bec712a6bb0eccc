#pragma once

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace vitrine::data_test {

/// A folder of its own that goes away with the test.
class Folder {
 public:
  explicit Folder(const std::string& name = "plain") {
    static int made = 0;
    root_ = std::filesystem::temp_directory_path() / ("vitrine_data_" + std::to_string(getpid()) + "_" + std::to_string(made++));
    path_ = root_ / name;
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(root_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path path = path_ / name;
    std::filesystem::remove(path);  // cutting an old file short may wait for the disk
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path root_, path_;
};

inline std::string word(std::uint32_t v) {
  return {static_cast<char>(v >> 24), static_cast<char>(v >> 16), static_cast<char>(v >> 8), static_cast<char>(v)};
}

inline std::string idxImages(std::uint32_t n, std::uint32_t rows, std::uint32_t columns, const std::string& pixels) {
  return word(0x803) + word(n) + word(rows) + word(columns) + pixels;
}

inline std::string idxLabels(const std::vector<int>& labels) {
  std::string bytes = word(0x801) + word(static_cast<std::uint32_t>(labels.size()));
  for (int l : labels) bytes += static_cast<char>(l);
  return bytes;
}

/// `n` bytes 0, 1, 2, … 255, 0, …
inline std::string ramp(std::size_t n) {
  std::string s;
  for (std::size_t i = 0; i < n; ++i) s += static_cast<char>(i);
  return s;
}

inline std::string gzip(const std::string& bytes) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, bytes.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

}  // namespace vitrine::data_test
