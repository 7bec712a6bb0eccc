#pragma once

#include <algorithm>
#include <vector>

#include "core/data/recipe.h"

namespace vitrine {

/// A recipe that is being decided, and the way it came there.
class RecipePast {
 public:
  const Recipe& now() const { return all_[at_]; }
  void begin(Recipe recipe) { all_ = {std::move(recipe)}, at_ = 0; }
  /// One step that can be taken back.
  void push(Recipe recipe) {
    all_.resize(at_ + 1);
    all_.push_back(std::move(recipe));
    if (all_.size() > kMost) all_.erase(all_.begin());
    at_ = all_.size() - 1;
  }
  /// Fills in what reading the file told; no step of its own.
  void amend(Recipe recipe) { all_[at_] = std::move(recipe); }
  /// Back (-1) or forth (1); false where there is no further.
  bool travel(int by) {
    if ((by < 0 && at_ == 0) || (by > 0 && at_ + 1 >= all_.size())) return false;
    at_ += static_cast<std::size_t>(by);
    return true;
  }

 private:
  static constexpr std::size_t kMost = 200;
  std::vector<Recipe> all_{Recipe()};
  std::size_t at_ = 0;
};

}  // namespace vitrine
