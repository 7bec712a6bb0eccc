#include "widgets/data/background.h"

#include <memory>

#include "widgets/post.h"

namespace vitrine {

Background::~Background() {
  ++serial_;
  worker_ = {};
}

void Background::run(Work work) {
  const std::uint64_t serial = ++serial_;
  if (!busy_) {
    busy_ = true;
    emit busyChanged(true);
  }
  worker_.request_stop();
  auto before = std::make_shared<std::jthread>(std::move(worker_));
  worker_ = std::jthread([this, serial, before, work = std::move(work)](std::stop_token stop) {
    // The older piece ends first, here and not in the window.
    if (before->joinable()) before->join();
    if (stop.stop_requested()) return;
    double told = 0;
    std::function<void()> finish = work(stop, [this, serial, &told](double share) {
      if (share < told + 0.01) return;
      told = share;
      post(this, [this, serial, share] {
        if (serial == serial_) emit progressed(share);
      });
    });
    post(this, [this, serial, finish = std::move(finish)] {
      if (serial != serial_) return;
      busy_ = false;
      finish();
      if (!busy_) emit busyChanged(false);
    });
  });
}

void Background::cancel() {
  if (!busy_) return;
  ++serial_;
  worker_.request_stop();
  busy_ = false;
  emit busyChanged(false);
}

}  // namespace vitrine
