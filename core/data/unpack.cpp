#include "core/data/unpack.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace vitrine {

struct UnpackedBytes::Inflate {
  z_stream z{};
  bool memberDone = false, ended = false;
};

UnpackedBytes::UnpackedBytes(std::string_view bytes, std::string file) : bytes_(bytes), file_(std::move(file)) {
  if (bytes.size() < 2 || bytes.substr(0, 2) != "\x1f\x8b") return;
  inflate_ = std::make_unique<Inflate>();
  if (inflateInit2(&inflate_->z, 15 + 16) != Z_OK) throw std::bad_alloc();
  // zlib's interface is not const; it does not write there.
  inflate_->z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

UnpackedBytes::~UnpackedBytes() {
  if (inflate_) inflateEnd(&inflate_->z);
}

bool UnpackedBytes::isGzip() const { return inflate_ != nullptr; }

std::int64_t UnpackedBytes::atMost() const {
  constexpr std::int64_t kRatio = 1032;  // deflate: at most 258 bytes from 2 bits
  return static_cast<std::int64_t>(bytes_.size()) * (inflate_ ? kRatio : 1);
}

double UnpackedBytes::progress() const {
  const std::size_t used =
      inflate_ ? static_cast<std::size_t>(reinterpret_cast<const char*>(inflate_->z.next_in) - bytes_.data()) : at_;
  return bytes_.empty() ? 1 : static_cast<double>(used) / static_cast<double>(bytes_.size());
}

Result<std::size_t> UnpackedBytes::read(std::uint8_t* out, std::size_t n) {
  if (!inflate_) {
    const std::size_t take = std::min(n, bytes_.size() - at_);
    if (take > 0) std::memcpy(out, bytes_.data() + at_, take);
    at_ += take;
    return take;
  }
  z_stream& z = inflate_->z;
  std::size_t done = 0;
  while (done < n && !inflate_->ended) {
    const std::size_t used = static_cast<std::size_t>(reinterpret_cast<const char*>(z.next_in) - bytes_.data());
    const std::size_t left = bytes_.size() - used;
    if (inflate_->memberDone) {
      if (left == 0) {
        inflate_->ended = true;
        break;
      }
      if (bytes_.substr(used, 2) != "\x1f\x8b")
        return Error{file_, "packed byte " + std::to_string(used), "bytes after the end of the gzip data", "the end of the file", {}};
      inflateReset(&z);
      inflate_->memberDone = false;
    }
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    const uInt room = static_cast<uInt>(std::min(n - done, kMost));
    z.avail_in = static_cast<uInt>(std::min(left, kMost));
    z.next_out = out + done;
    z.avail_out = room;
    const int code = inflate(&z, Z_NO_FLUSH);
    done += room - z.avail_out;
    if (code == Z_STREAM_END) {
      inflate_->memberDone = true;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      const std::size_t at = static_cast<std::size_t>(reinterpret_cast<const char*>(z.next_in) - bytes_.data());
      return Error{file_, "packed byte " + std::to_string(at), "damaged gzip data" + (z.msg ? " (" + std::string(z.msg) + ")" : ""),
                   "data that unpack", {}};
    } else if (z.avail_in == 0 && z.avail_out > 0) {
      return Error{file_, "packed byte " + std::to_string(bytes_.size()), "the end of the file",
                   "more gzip data: the file is cut short", {}};
    }
  }
  return done;
}

}  // namespace vitrine
