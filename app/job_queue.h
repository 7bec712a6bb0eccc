#pragma once

#include <QObject>
#include <QString>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace vitrine {

/// Work done one after another on a thread of its own, delivered on the thread of this object. What was asked for before
/// start() or cancel() is stopped and never delivered.
class JobQueue : public QObject {
  Q_OBJECT
 public:
  using Progress = std::function<void(double)>;
  using Deliver = std::function<void()>;
  /// Runs on the queue's thread; looks at the stop often. What it returns (or nothing) runs on the object's thread.
  using Work = std::function<Deliver(std::stop_token, const Progress&)>;
  struct Job {
    QString what;
    Work work;
    double weight = 1;  ///< how long it takes beside the others, roughly: for the progress of all
  };

  explicit JobQueue(QObject* parent = nullptr);
  /// Stops and joins.
  ~JobQueue() override;

  /// In place of everything that was asked for.
  void start(std::vector<Job> jobs);
  /// After what was asked for.
  void append(std::vector<Job> jobs);
  /// Tells cancelled() when something was being done.
  void cancel();
  bool busy() const { return busy_; }
  /// How long the work since the last start() took; while it runs, so far.
  double seconds() const;

 signals:
  /// Share of all jobs since start(), and what is being done.
  void progressed(double share, const QString& what);
  void finished();
  void cancelled();

 private:
  void run(std::stop_token quit);
  void post(std::uint64_t serial, std::function<void()> does);

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Job> jobs_;
  double done_ = 0, all_ = 0;  ///< weights
  std::uint64_t serial_ = 0;
  std::stop_source stop_;
  bool busy_ = false;
  double begun_ = 0, took_ = 0;
  std::jthread thread_;
};

}  // namespace vitrine
