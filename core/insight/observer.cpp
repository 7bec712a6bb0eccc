#include "core/insight/observer.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;
/// How often it asks for a new snapshot: as often as the trainer makes them.
constexpr std::chrono::milliseconds kPoll{33};
constexpr double kShortestRest = 0.1;

bool asksForSomething(const ObserverRequest& r) { return r.explain || r.featureMaps || r.decisionGrid > 0; }

}  // namespace

struct Observer::Impl {
  Impl(const LatestValue<Snapshot>& from, double part)
      : snapshots(from), share(std::clamp(part, 0.001, 1.0)), thread([this](std::stop_token s) { loop(s); }) {}

  void loop(std::stop_token stop) {
    std::uint64_t seen = 0, served = 0;
    std::shared_ptr<const Snapshot> latest;
    Clock::time_point restUntil{};
    bool looked = true;  // whether `latest` was looked at
    ObserverRequest wanted;
    while (!stop.stop_requested()) {
      const bool changed = waitForRequest(stop, wanted, served);
      if (stop.stop_requested()) return;
      if (std::shared_ptr<const Snapshot> s = snapshots.takeNewer(seen)) {
        latest = std::move(s);
        looked = false;
      }
      if (!latest || !latest->network || !latest->state || !asksForSomething(wanted)) continue;
      const bool resting = latest->run == RunState::Running && Clock::now() < restUntil;
      if (!changed && (looked || resting)) continue;
      std::shared_ptr<const Observation> observation = observe(latest, wanted, stop);
      if (!observation) return;  // stopped
      const double rest = std::max(kShortestRest, observation->seconds * (1 / share - 1));
      restUntil = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(rest));
      looked = true;
      slot.publish(std::move(observation));
    }
  }

  /// Sleeps until the request changes, or until it is time to ask for a snapshot. True when it changed.
  bool waitForRequest(std::stop_token stop, ObserverRequest& wanted, std::uint64_t& served) {
    std::unique_lock lock(mutex);
    auto isNew = [&] { return serial != served; };
    if (asksForSomething(wanted))
      wake.wait_until(lock, stop, Clock::now() + kPoll, isNew);
    else
      wake.wait(lock, stop, isNew);
    if (!isNew()) return false;
    served = serial;
    wanted = request;
    return true;
  }

  const LatestValue<Snapshot>& snapshots;
  const double share;
  LatestValue<Observation> slot;
  std::mutex mutex;
  std::condition_variable_any wake;
  ObserverRequest request;
  std::uint64_t serial = 0;
  std::jthread thread;  ///< last: stops and joins before the rest goes
};

Observer::Observer(const Trainer& trainer, double share) : impl_(std::make_unique<Impl>(trainer.snapshots(), share)) {}
Observer::~Observer() = default;

void Observer::setRequest(ObserverRequest request) {
  {
    std::lock_guard lock(impl_->mutex);
    if (request == impl_->request) return;
    impl_->request = std::move(request);
    ++impl_->serial;
  }
  impl_->wake.notify_all();
}

const LatestValue<Observation>& Observer::observations() const { return impl_->slot; }

}  // namespace vitrine
