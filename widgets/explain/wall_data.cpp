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

std::vector<Range> wallRanges(const WallData& data, const WallLook& look) {
  const std::size_t methods = data.methods.size();
  std::vector<Range> ranges(data.samples.size() * methods);
  std::vector<Real> everything;
  for (std::size_t m = 0; m < methods; ++m) {
    const bool isSigned = shownSigned(data, static_cast<int>(m), look);
    std::vector<Real> column;
    for (std::size_t i = 0; i < data.samples.size(); ++i) {
      const std::vector<Real> shown = shownValues(data, data.samples[i].cells[m], look);
      ranges[i * methods + m] = attributionRange(shown, isSigned, look.map.percentile);
      column.insert(column.end(), shown.begin(), shown.end());
    }
    const Range one = attributionRange(column, isSigned, look.map.percentile);
    if (look.scale == WallScale::EachMethod)
      for (std::size_t i = 0; i < data.samples.size(); ++i) ranges[i * methods + m] = one;
    everything.insert(everything.end(), column.begin(), column.end());
  }
  if (look.scale != WallScale::Shared) return ranges;
  const double top = attributionRange(everything, false, look.map.percentile).high;
  for (std::size_t m = 0; m < methods; ++m) {
    const bool isSigned = shownSigned(data, static_cast<int>(m), look);
    for (std::size_t i = 0; i < data.samples.size(); ++i) ranges[i * methods + m] = {isSigned ? -top : 0, top};
  }
  return ranges;
}

}  // namespace vitrine
