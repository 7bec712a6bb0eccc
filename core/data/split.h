#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine {

struct Split {
  std::vector<std::int32_t> train, validation;  ///< row numbers, ascending
};

/// Holds about `share` of the rows 0 … count-1 back, drawn by Rng(seed, Stream::Split). With classes ([count], or empty)
/// each class keeps its share on both sides, to within a row, and `stays` of its rows are never held back: a class's only row trains.
/// At least one row stays for training; with share > 0 at least one is held back where one can be.
Split splitRows(std::int64_t count, std::span<const std::int32_t> classes, double share, std::uint64_t seed, std::int64_t stays = 1);

}  // namespace vitrine
