#include "widgets/explain/wall_data.h"

#include <algorithm>

namespace vitrine {

std::vector<Real> shownValues(const WallData& data, const WallCell& cell, const WallLook& look) {
  if (cell.state != WallCell::State::Ready || cell.values.empty()) return {};
  AttributionLook map = look.map;
  // Neighbouring columns of a table are no neighbours in any sense that a blur could use.
  if (data.kind == WallKind::Table) map.blur = 0;
  if (!cell.isSigned && map.sign == SignShown::Absolute) map.sign = SignShown::Signed;
  return shownPlane(cell.values, cell.height, cell.width, cell.channels, map);
}

bool shownSigned(const WallData& data, int method, const WallLook& look) {
  if (look.map.sign != SignShown::Signed) return false;
  for (const WallSample& s : data.samples) {
    const WallCell& c = s.cells[static_cast<std::size_t>(method)];
    if (c.state == WallCell::State::Ready && c.isSigned) return true;
  }
  return false;
}

std::vector<std::vector<Real>> wallValues(const WallData& data, const WallLook& look) {
  std::vector<std::vector<Real>> shown;
  for (const WallSample& s : data.samples)
    for (const WallCell& c : s.cells) shown.push_back(shownValues(data, c, look));
  return shown;
}

std::vector<Range> wallRanges(const WallData& data, const WallLook& look, const std::vector<std::vector<Real>>& shown) {
  const std::size_t methods = data.methods.size();
  std::vector<Range> ranges(shown.size());
  std::vector<Real> together;
  for (std::size_t m = 0; m < methods; ++m) {
    const bool isSigned = shownSigned(data, static_cast<int>(m), look);
    if (look.scale != WallScale::Shared) together.clear();
    for (std::size_t k = m; k < shown.size(); k += methods) {
      if (look.scale == WallScale::EachMap)
        ranges[k] = attributionRange(shown[k], isSigned, look.map.percentile);
      else
        together.insert(together.end(), shown[k].begin(), shown[k].end());
    }
    if (look.scale != WallScale::EachMethod) continue;
    const Range one = attributionRange(together, isSigned, look.map.percentile);
    for (std::size_t k = m; k < shown.size(); k += methods) ranges[k] = one;
  }
  if (look.scale != WallScale::Shared) return ranges;
  const double top = attributionRange(together, false, look.map.percentile).high;
  for (std::size_t k = 0; k < shown.size(); ++k) ranges[k] = {shownSigned(data, static_cast<int>(k % methods), look) ? -top : 0, top};
  return ranges;
}

}  // namespace vitrine
