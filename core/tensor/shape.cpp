#include "core/tensor/shape.h"

namespace vitrine {

std::string Shape::text() const {
  std::string s;
  for (std::int64_t d : dims) s += (s.empty() ? "" : " × ") + std::to_string(d);
  return s.empty() ? "1" : s;
}

}  // namespace vitrine
