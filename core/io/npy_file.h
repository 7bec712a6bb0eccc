#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "core/base/result.h"

namespace vitrine {

/// One array as numpy's NPY format 1.0: little-endian 32-bit floats in C order. Requires values of the shape's size.
std::string npyBytes(std::span<const std::int64_t> shape, std::span<const float> values);
/// Writes the whole file, or leaves what was there.
Status writeNpy(const std::filesystem::path& path, std::span<const std::int64_t> shape, std::span<const float> values);

}  // namespace vitrine
