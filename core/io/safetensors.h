#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/tensor/shape.h"

namespace vitrine {

/// A named array of 32-bit floats, as a safetensors file holds it.
struct NamedTensor {
  std::string name;
  Shape shape;
  std::vector<float> values;
};

/// The bytes of a safetensors file (Hugging Face's format: 8 bytes of header length, a JSON header, the data). Values
/// are stored exactly.
std::string encodeSafetensors(const std::vector<NamedTensor>& tensors);
/// Only F32. Refused: a header over 100 MB or not JSON, names that stand twice, offsets that overlap, leave gaps or reach
/// beyond the file, sizes that do not fit the shapes. `file` names it in errors.
Result<std::vector<NamedTensor>> decodeSafetensors(std::string_view bytes, const std::string& file);

}  // namespace vitrine
