#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/train/history.h"

namespace vitrine {

/// The batches' points as CSV, one line each, numbers so that they read back the same; NaN is an empty cell.
std::string batchesToCsv(const History& history, std::size_t count);
/// The epochs' points; the confusion matrix is one cell of numbers with blanks between.
std::string epochsToCsv(const History& history, std::size_t count);
/// Both back. Errors name file, line and column.
Result<std::shared_ptr<History>> historyFromCsv(std::string_view batches, std::string_view epochs, const std::string& file);

}  // namespace vitrine
