#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace vitrine {

/// "row 17, column 'age'".
std::string cellPlace(std::int64_t line, const std::string& column);
/// The cell as a number that is finite as a float too, which features become; or the error for its place, without the file's name.
Result<double> numberCell(std::string_view cell, std::int64_t line, const std::string& column);
/// Whether the cell is written as a number, be it too large for a float or not finite.
bool looksNumeric(std::string_view cell);
/// Without spaces and tabs around.
std::string_view trimmed(std::string_view cell);
/// "'abc'", cut when long; "an empty cell".
std::string shownCell(std::string_view cell);

}  // namespace vitrine
