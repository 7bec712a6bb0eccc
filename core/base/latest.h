#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

namespace vitrine {

/// A slot that holds the newest value only. The writer never waits for a reader, a reader never sees half a value,
/// and values nobody took are dropped.
template <class T>
class LatestValue {
 public:
  void publish(std::shared_ptr<const T> value) {
    std::shared_ptr<const T> old;  // freed after the lock is given back
    std::lock_guard lock(mutex_);
    old = std::move(value_);
    value_ = std::move(value);
    ++serial_;
  }
  /// The value, when one newer than `serial` is there (which is then moved on); else null.
  std::shared_ptr<const T> takeNewer(std::uint64_t& serial) const {
    std::lock_guard lock(mutex_);
    if (serial_ == serial) return nullptr;
    serial = serial_;
    return value_;
  }
  std::shared_ptr<const T> get() const {
    std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
  std::uint64_t serial_ = 0;
};

}  // namespace vitrine
