#include "app/job_queue.h"

#include <chrono>
#include <utility>

#include "widgets/post.h"

namespace vitrine {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

JobQueue::JobQueue(QObject* parent) : QObject(parent), thread_([this](std::stop_token quit) { run(quit); }) {}

JobQueue::~JobQueue() {
  {
    std::lock_guard lock(mutex_);
    stop_.request_stop();
    jobs_.clear();
  }
  thread_.request_stop();
  thread_.join();
}

void JobQueue::start(std::vector<Job> jobs) {
  cancel();
  append(std::move(jobs));
}

void JobQueue::append(std::vector<Job> jobs) {
  if (jobs.empty()) return;
  {
    std::lock_guard lock(mutex_);
    if (!busy_) {
      done_ = all_ = 0;
      begun_ = now();
    }
    for (Job& j : jobs) {
      all_ += j.weight;
      jobs_.push_back(std::move(j));
    }
    busy_ = true;
  }
  wake_.notify_one();
}

void JobQueue::cancel() {
  bool was = false;
  {
    std::lock_guard lock(mutex_);
    ++serial_;
    stop_.request_stop();
    stop_ = std::stop_source();
    jobs_.clear();
    was = std::exchange(busy_, false);
    done_ = all_ = 0;
  }
  if (was) emit cancelled();
}

double JobQueue::seconds() const { return busy_ ? now() - begun_ : took_; }

void JobQueue::post(std::uint64_t serial, std::function<void()> does) {
  vitrine::post(this, [this, serial, does = std::move(does)] {
    {
      std::lock_guard lock(mutex_);
      if (serial != serial_) return;
    }
    does();
  });
}

void JobQueue::run(std::stop_token quit) {
  while (!quit.stop_requested()) {
    Job job;
    std::uint64_t serial = 0;
    std::stop_token stop;
    double done = 0, all = 1;
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, quit, [this] { return !jobs_.empty(); })) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
      serial = serial_;
      stop = stop_.get_token();
      done = done_;
      all = all_;
    }
    double told = -1;
    const Progress progress = [&](double share) {
      const double at = (done + share * job.weight) / all;
      if (at < told + 0.01) return;
      told = at;
      post(serial, [this, at, what = job.what] { emit progressed(at, what); });
    };
    progress(0);
    Deliver deliver = job.work(stop, progress);
    const double weight = job.weight;
    job = {};  // what it captured (a snapshot) goes before the next wait
    bool last = false;
    {
      std::lock_guard lock(mutex_);
      if (serial != serial_) continue;
      done_ += weight;
      last = jobs_.empty();
    }
    if (deliver) post(serial, std::move(deliver));
    if (last)
      post(serial, [this] {
        {
          std::lock_guard lock(mutex_);
          if (!jobs_.empty() || done_ != all_ || !busy_) return;
          busy_ = false;
          took_ = now() - begun_;
        }
        emit finished();
      });
  }
}

}  // namespace vitrine
