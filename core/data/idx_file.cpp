#include "core/data/idx_file.h"

#include <algorithm>
#include <cstdio>
#include <future>

#include "core/base/sha256.h"
#include "core/data/file_bytes.h"
#include "core/data/unpack.h"

namespace vitrine {
namespace {

constexpr std::int64_t kMostSamples = 2147483647, kMostSide = 65535;

std::uint32_t bigEndian(const std::uint8_t* p) {
  return std::uint32_t(p[0]) << 24 | std::uint32_t(p[1]) << 16 | std::uint32_t(p[2]) << 8 | p[3];
}

std::string magicText(std::uint32_t magic) {
  char text[32];
  std::snprintf(text, sizeof(text), "magic number 0x%08X", magic);
  return text;
}

std::string kindOf(int rank) { return rank == 3 ? "images" : "labels"; }

class Reader {
 public:
  Reader(std::string_view bytes, std::string file, int rank) : in_(bytes, file), file_(std::move(file)), rank_(rank) {}

  Status header() {
    std::uint8_t head[16];
    const std::size_t size = 4 + 4 * static_cast<std::size_t>(rank_);
    const Result<std::size_t> got = in_.read(head, size);
    if (!got) return got.error();
    const std::uint32_t wanted = 0x0800 + static_cast<std::uint32_t>(rank_);
    if (*got >= 4 && bigEndian(head) != wanted)
      return Error{file_, "byte 0", magicText(bigEndian(head)), magicText(wanted) + " (" + kindOf(rank_) + " of unsigned bytes)", {}};
    if (*got < size) return Error{file_, "byte " + std::to_string(*got), "the end of the data", "a header of " + std::to_string(size) + " bytes", {}};
    for (int i = 0; i < rank_; ++i) {
      const std::int64_t extent = bigEndian(head + 4 + 4 * i);
      const std::int64_t most = i == 0 ? kMostSamples : kMostSide;
      if (extent < 1 || extent > most)
        return Error{file_, "byte " + std::to_string(4 + 4 * i), std::to_string(extent) + (i == 0 ? " " + kindOf(rank_) : i == 1 ? " rows" : " columns"),
                     "1 to " + std::to_string(most), {}};
      file.dims.push_back(extent);
    }
    headerSize_ = static_cast<std::int64_t>(size);
    expected_ = 1;
    for (std::int64_t d : file.dims) expected_ *= d;  // below 2^31 · 2^16 · 2^16
    if (expected_ > in_.atMost()) return tooShort(in_.isGzip() ? "too few packed bytes for so many" : foundBytes(in_.atMost() - headerSize_));
    if (expected_ > memoryCap())
      return Error{file_, "header", bytesText(expected_) + " of data", "at most " + bytesText(memoryCap()) + ", a quarter of this machine's memory", {}};
    return {};
  }

  Status body(std::int64_t spare, std::stop_token stop, const std::function<void(double)>& progress) {
    constexpr std::int64_t kPiece = 1 << 20;
    std::vector<std::uint8_t>& data = file.data;
    data.reserve(static_cast<std::size_t>(expected_ + spare));  // address space only, until it is written to
    while (static_cast<std::int64_t>(data.size()) < expected_) {
      if (stop.stop_requested()) return stopped(file_);
      const std::size_t at = data.size(), want = static_cast<std::size_t>(std::min(kPiece, expected_ - static_cast<std::int64_t>(at)));
      data.resize(at + want);
      const Result<std::size_t> got = in_.read(data.data() + at, want);
      if (!got) return got.error();
      if (*got < want) return tooShort(foundBytes(static_cast<std::int64_t>(at + *got)));
      progress(in_.progress());
    }
    // Past the last byte: proves that nothing follows, and has gzip check its sum.
    std::uint8_t more = 0;
    const Result<std::size_t> got = in_.read(&more, 1);
    if (!got) return got.error();
    if (*got > 0) return Error{file_, "byte " + std::to_string(headerSize_ + expected_), "more data", "the end: the header tells of " + describe(), {}};
    progress(1);
    return {};
  }

  IdxFile file;

 private:
  static std::string foundBytes(std::int64_t n) { return std::to_string(n) + " bytes of data"; }
  std::string describe() const {
    std::string text = std::to_string(file.dims[0]) + " " + kindOf(rank_);
    if (rank_ == 3) text += " of " + std::to_string(file.dims[1]) + " × " + std::to_string(file.dims[2]);
    return text + " (" + std::to_string(expected_) + " bytes)";
  }
  Error tooShort(std::string found) const { return {file_, "byte " + std::to_string(headerSize_), std::move(found), describe(), {}}; }

  UnpackedBytes in_;
  std::string file_;
  int rank_;
  std::int64_t headerSize_ = 0, expected_ = 0;
};

}  // namespace

Result<IdxFile> readIdxFile(const std::filesystem::path& path, int rank, std::int64_t spare, std::stop_token stop,
                            const std::function<void(double)>& progress) {
  const Result<std::string> bytes = readFileBytes(path, stop);
  if (!bytes) return bytes.error();
  if (bytes->empty()) return Error{shownName(path), {}, "an empty file", "an IDX file of " + kindOf(rank), {}};
  Reader reader(*bytes, shownName(path), rank);
  if (const Status status = reader.header(); !status) return status.error();
  // Beside unpacking, which takes as long.
  std::future<std::string> hash = std::async(std::launch::async, [&] { return sha256(*bytes); });
  if (const Status status = reader.body(spare, stop, progress); !status) return status.error();
  reader.file.sha256 = hash.get();
  return std::move(reader.file);
}

}  // namespace vitrine
