#pragma once

#include <QObject>
#include <functional>
#include <stop_token>
#include <thread>

namespace vitrine {

/// Work away from the window, one piece at a time: a newer one stops the older, whose result is dropped. The window never waits
/// for it, except in the destructor.
class Background : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  ~Background() override;

  /// Computes on a thread of its own and gives what is then done in the window's.
  using Work = std::function<std::function<void()>(std::stop_token, const std::function<void(double)>&)>;
  void run(Work work);
  /// Stops; what the work gives is not done.
  void cancel();
  bool isBusy() const { return busy_; }

 signals:
  void busyChanged(bool busy);
  void progressed(double share);

 private:
  std::uint64_t serial_ = 0;
  bool busy_ = false;
  std::jthread worker_;
};

}  // namespace vitrine
