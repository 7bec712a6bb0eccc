#pragma once

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace vitrine {

/// SIGINT, SIGTERM and SIGHUP for work without a window: as long as there is nothing to keep they end the program at once; after keep()
/// the first one asks for a stop, and the next ends the program at once. Only one may stand at a time, made before the threads that
/// do the work, since they are to leave these signals to it. A SIGHUP that nohup(1) has switched off stays off; SIGINT is heeded even
/// where a shell started the program in the background. A reader that went away (SIGPIPE) ends nothing.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// From here on there is something to keep.
  void keep() { keeping_ = true; }
  std::stop_token token() const { return stop_.get_token(); }
  /// What the program is to end with: 128 and the signal's number; 0: none came.
  int exitCode() const { return signal_ ? 128 + signal_ : 0; }

 private:
  void watch();

  sigset_t signals_ = {}, before_ = {};
  struct sigaction pipeBefore_ = {};
  std::stop_source stop_;
  std::atomic<int> signal_{0};
  std::atomic<bool> keeping_{false}, over_{false};
  std::jthread watcher_;
};

}  // namespace vitrine
