#pragma once

#include <QMetaObject>
#include <QObject>
#include <atomic>

namespace vitrine {

/// What one thread wrote before post() is there for the other. Qt's queue sees to that with a lock of its own, in code that
/// ThreadSanitizer does not know; this says the same in code that it does. Moved into the message as its last part.
struct Handover {
  Handover() = default;
  Handover(Handover&&) noexcept { count.fetch_add(1, std::memory_order_release); }
  static void take() { (void)count.load(std::memory_order_acquire); }
  static inline std::atomic<unsigned> count{0};
};

/// Has `does()` done on the thread of `object`, when it comes to it; not at all when the object goes before. From any thread.
template <class F>
void post(QObject* object, F does) {
  QMetaObject::invokeMethod(
      object,
      [does = std::move(does), handover = Handover()]() mutable {
        Handover::take();
        does();
      },
      Qt::QueuedConnection);
}

}  // namespace vitrine
