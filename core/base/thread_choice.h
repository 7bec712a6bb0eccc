#pragma once

#include <algorithm>
#include <array>
#include <limits>

namespace vitrine {

/// How many threads do work that comes again and again, such as batches, the quickest: known from its size where that is clear, found by
/// trying in its first turns where it is not. Waking a thread and waiting for it costs as much as some hundred thousand multiply-adds.
/// What the work computes may not depend on it.
class ThreadChoice {
 public:
  /// `multiplyAdds`: of one turn, roughly. `threads`: as many as there are.
  ThreadChoice(double multiplyAdds, int threads) : most_(std::max(threads, 1)) {
    if (most_ == 1 || multiplyAdds < kTooLittle)
      settle(1);
    else if (multiplyAdds > kEnough)
      settle(most_);
  }

  /// Threads for the next turn.
  int threads() const { return settled_ > 0 ? settled_ : at(turn_ % candidates()); }
  bool settled() const { return settled_ > 0; }
  /// Tells how long the turn took with threads().
  void took(double seconds) {
    if (settled_ > 0) return;
    const int candidate = turn_ % candidates();
    if (turn_ >= kUntold * candidates()) best_[static_cast<std::size_t>(candidate)] = std::min(best_[static_cast<std::size_t>(candidate)], seconds);
    if (++turn_ < kTurns * candidates()) return;
    // Of two that are about as quick the one with fewer threads leaves room for others.
    int choice = 0;
    for (int c = 1; c < candidates(); ++c)
      if (best_[static_cast<std::size_t>(c)] < kGain * best_[static_cast<std::size_t>(choice)]) choice = c;
    settle(at(choice));
  }

 private:
  static constexpr double kTooLittle = 1e5, kEnough = 1e8, kGain = 0.95;
  /// Turns of each candidate, and how many of these are too early to tell (cold memory, sleeping threads).
  static constexpr int kTurns = 10, kUntold = 2;
  /// 1, 2, 4, …, and all of them.
  int candidates() const {
    int n = 1;
    while (1 << n < most_) ++n;
    return most_ == 1 ? 1 : n + 1;
  }
  int at(int candidate) const { return std::min(1 << candidate, most_); }
  void settle(int threads) { settled_ = threads; }

  int most_, settled_ = 0, turn_ = 0;
  std::array<double, 16> best_ = [] {
    std::array<double, 16> none;
    none.fill(std::numeric_limits<double>::infinity());
    return none;
  }();
};

}  // namespace vitrine
