#pragma once

#include "core/data/open.h"

// The readers openData chooses from. A new format is a function here and a line in open.cpp.

namespace vitrine {

Result<DatasetPtr> readIdx(const std::filesystem::path& path, const OpenOptions& options, std::stop_token stop,
                           const Progress& progress);
/// CSV, TSV or ARFF by the usual recipe.
Result<DatasetPtr> readTable(const std::filesystem::path& path, const OpenOptions& options, std::stop_token stop,
                             const Progress& progress);

/// What reopen needs of the options, kept in Source::settings.
std::map<std::string, std::string> settingsOf(const OpenOptions& options);

}  // namespace vitrine
