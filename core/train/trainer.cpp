#include "core/train/trainer.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <thread>

#include "core/train/fits.h"
#include "core/train/run.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

double seconds(Clock::duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace

struct Trainer::Impl {
  explicit Impl(int threads) : pool(threads > 0 ? threads : machineThreads()), thread([this](std::stop_token s) { loop(s); }) {}

  using Command = std::function<void(Impl&)>;

  void post(Command command) {
    {
      std::lock_guard lock(mutex);
      commands.push_back(std::move(command));
      idle = false;
    }
    wake.notify_all();
  }

  void loop(std::stop_token stop) {
    while (!stop.stop_requested()) {
      if (takeCommands(stop)) publish();
      if (running) trainOne(stop);
    }
  }

  /// Carries out what is queued; with nothing to train waits for more. True when any was carried out.
  bool takeCommands(std::stop_token stop) {
    std::deque<Command> taken;
    {
      std::unique_lock lock(mutex);
      if (commands.empty() && !running) {
        idle = true;
        settled.notify_all();
        wake.wait(lock, stop, [&] { return !commands.empty(); });
      }
      taken.swap(commands);
    }
    for (Command& c : taken) c(*this);
    return !taken.empty();
  }

  void trainOne(std::stop_token stop) {
    const std::int64_t before = run->state().step, rows = run->nextRows();
    const Run::Outcome outcome = run->batch([&] { return stop.stop_requested() || pausing; });
    if (outcome == Run::Outcome::Stopped) return;
    if (run->state().step > before) countSpeed(rows);
    const TrainState& s = run->state();
    const std::int64_t limit = run->settings().epochs;
    if (outcome == Run::Outcome::Failed) {
      halt(RunState::Failed);
    } else if (outcome == Run::Outcome::Finished || (outcome == Run::Outcome::EpochEnded && limit > 0 && s.epoch >= limit)) {
      halt(RunState::Finished);
    } else if (s.step >= stopStep || s.epoch >= stopEpoch) {
      halt(RunState::Paused);
    } else if (Clock::now() >= nextPublish) {
      publish();
    }
  }

  void halt(RunState why) {
    running = false;
    runState = why;
    publish();
  }

  void start(std::int64_t untilStep, std::int64_t untilEpoch) {
    if (!run) return;
    const std::int64_t limit = run->settings().epochs;
    if (limit > 0 && run->state().epoch >= limit && untilStep == kForever && untilEpoch == kForever) {
      runState = RunState::Finished;
      return;
    }
    run->goOn();
    stopStep = untilStep;
    stopEpoch = untilEpoch;
    running = true;
    runState = RunState::Running;
    speedSince = Clock::now();
    speedSamples = 0;
  }

  void countSpeed(std::int64_t samples) {
    speedSamples += samples;
    const double passed = seconds(Clock::now() - speedSince);
    if (passed < 0.5 && samplesPerSecond > 0) return;
    if (passed > 0) samplesPerSecond = static_cast<double>(speedSamples) / passed;
    if (passed < 0.5) return;
    speedSince = Clock::now();
    speedSamples = 0;
  }

  void publish() {
    const Clock::time_point begun = Clock::now();
    auto snapshot = std::make_shared<Snapshot>();
    if (run) {
      snapshot->network = run->network();
      snapshot->data = run->data();
      auto state = std::make_shared<const TrainState>(run->state());
      run->keep(state);
      snapshot->state = std::move(state);
      snapshot->history = run->history();
      snapshot->batchPoints = run->history()->batches.size();
      snapshot->epochPoints = run->history()->epochs.size();
      snapshot->settings = run->settings();
      snapshot->failure = run->failure();
      snapshot->finish = runState == RunState::Finished ? run->finish() : std::string();
    }
    snapshot->run = runState;
    snapshot->samplesPerSecond = samplesPerSecond;
    snapshot->remade = remade;
    snapshot->generation = generation;
    slot.publish(std::move(snapshot));
    // Copying a large network's state must not eat the training time: at most a twentieth of it.
    const Clock::time_point end = Clock::now();
    nextPublish = end + std::max<Clock::duration>(std::chrono::milliseconds(33), 20 * (end - begun));
  }

  ThreadPool pool;
  LatestValue<Snapshot> slot;
  std::mutex mutex;
  std::condition_variable_any wake, settled;
  std::deque<Command> commands;
  bool idle = true;
  DatasetPtr data;  ///< what was loaded last, for the thread that gives the commands
  std::atomic<bool> pausing{false};

  // Only the trainer's thread touches what follows.
  std::unique_ptr<Run> run;
  bool running = false;
  RunState runState = RunState::Idle;
  std::int64_t stopStep = kForever, stopEpoch = kForever;
  std::vector<std::string> remade;
  std::uint64_t generation = 0;
  double samplesPerSecond = 0;
  Clock::time_point speedSince, nextPublish;
  std::int64_t speedSamples = 0;

  std::jthread thread;  ///< last: stops and joins before the rest goes
};

Trainer::Trainer(int threads) : impl_(std::make_unique<Impl>(threads)) {}
Trainer::~Trainer() = default;

int Trainer::threads() const { return impl_->pool.threads(); }
const LatestValue<Snapshot>& Trainer::snapshots() const { return impl_->slot; }

Status Trainer::load(std::shared_ptr<const Network> network, DatasetPtr data, TrainSettings settings,
                     std::shared_ptr<const TrainState> state, std::shared_ptr<History> history) {
  if (!network || !data) return problem("There is no network or no data to train with.");
  if (Status s = fits(*network, *data); !s) return s;
  if (state)
    if (Status s = fits(*network, *data, settings.optimiser, *state); !s) return s;
  impl_->data = data;
  impl_->post([=, settings = std::move(settings)](Impl& i) {
    i.run = std::make_unique<Run>(network, data, settings, i.pool);
    if (state) i.run->restore(*state, history);
    i.running = false;
    i.runState = i.run->state().step > 0 ? RunState::Paused : RunState::Idle;
    i.remade.clear();
    i.samplesPerSecond = 0;
    ++i.generation;
  });
  return {};
}

Status Trainer::edit(std::shared_ptr<const Network> network) {
  if (!network || !impl_->data) return problem("There is no network or no data to train with.");
  if (Status s = fits(*network, *impl_->data); !s) return s;
  impl_->post([=](Impl& i) {
    if (!i.run) return;
    i.remade = i.run->replace(network);
    if (i.runState == RunState::Failed) i.runState = RunState::Paused;
    ++i.generation;
  });
  return {};
}

void Trainer::play() {
  impl_->post([](Impl& i) { i.start(kForever, kForever); });
}

void Trainer::pause() {
  impl_->pausing = true;
  impl_->post([](Impl& i) {
    i.pausing = false;
    if (i.running) i.runState = RunState::Paused;
    i.running = false;
  });
}

void Trainer::stepBatch() {
  impl_->post([](Impl& i) {
    if (i.run) i.start(i.run->state().step + 1, kForever);
  });
}

void Trainer::stepEpoch() {
  impl_->post([](Impl& i) {
    if (i.run) i.start(kForever, i.run->state().epoch + 1);
  });
}

void Trainer::reset() {
  impl_->post([](Impl& i) {
    if (!i.run) return;
    i.run->reset();
    i.running = false;
    i.runState = RunState::Idle;
    i.remade.clear();
    i.samplesPerSecond = 0;
    ++i.generation;
  });
}

void Trainer::setSettings(TrainSettings settings) {
  impl_->post([settings = std::move(settings)](Impl& i) {
    if (i.run) i.run->setSettings(settings);
  });
}

void Trainer::unload() {
  impl_->data = nullptr;
  impl_->post([](Impl& i) {
    i.run = nullptr;
    i.running = false;
    i.runState = RunState::Idle;
    i.remade.clear();
    ++i.generation;
  });
}

void Trainer::waitIdle(const std::function<void(const Snapshot&)>& progress) {
  std::uint64_t seen = 0;
  std::unique_lock lock(impl_->mutex);
  while (!impl_->settled.wait_for(lock, std::chrono::milliseconds(100), [&] { return impl_->idle; })) {
    if (!progress) continue;
    lock.unlock();
    if (std::shared_ptr<const Snapshot> s = impl_->slot.takeNewer(seen)) progress(*s);
    lock.lock();
  }
}

}  // namespace vitrine
