#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "widgets/explain/wall_view.h"

// Walls of every kind, as small as can be.
namespace vitrine::test {

inline constexpr Real kNan = std::numeric_limits<Real>::quiet_NaN();

inline WallCell mapOf(std::vector<Real> values, int height, int width, bool isSigned = true) {
  WallCell c;
  c.state = WallCell::State::Ready;
  c.values = std::move(values);
  c.height = height;
  c.width = width;
  c.isSigned = isSigned;
  return c;
}

/// Two samples of 2 × 2 pixels by two methods; the second method's maps are never negative and ten times as large.
inline WallData smallWall() {
  WallData d;
  d.title = QStringLiteral("wall");
  d.height = d.width = 2;
  d.classes = {QStringLiteral("boot"), QStringLiteral("bag")};
  d.methods = {{QStringLiteral("first"), {}, {}, false}, {QStringLiteral("second"), {}, {}, false}};
  for (int i = 0; i < 2; ++i) {
    WallSample s;
    s.name = QStringLiteral("sample %1").arg(i);
    s.input = {0, 0.25, 0.5, 1};
    s.probabilities = {0.7, 0.3};
    s.trueClass = i;
    s.cells = {mapOf({Real(-1 - i), 0, 1, Real(0.5)}, 2, 2), mapOf({0, 10, Real(20 + 20 * i), 5}, 2, 2, false)};
    d.samples.push_back(s);
  }
  return d;
}

/// Two features over eight steps; the second method's map has half as many steps and one column.
inline WallData seriesWall() {
  WallData d;
  d.title = QStringLiteral("series");
  d.kind = WallKind::Series;
  d.height = 8;
  d.width = 2;
  d.targetName = QStringLiteral("next");
  d.features = {QStringLiteral("load"), QStringLiteral("heat")};
  d.methods = {{QStringLiteral("saliency"), {}, {}, false}, {QStringLiteral("coarse"), {}, {}, false}};
  WallSample s;
  s.name = QStringLiteral("sample 3");
  s.probabilities = {1.5};
  std::vector<Real> map;
  for (int i = 0; i < 16; ++i) {
    s.input.push_back(Real(i % 5));
    map.push_back(Real(i - 8));
  }
  s.input[4] = kNan;
  s.cells = {mapOf(map, 8, 2), mapOf({0, 1, 2, 3}, 4, 1, false)};
  d.samples = {s};
  return d;
}

inline WallData tableWall(int features) {
  WallData d;
  d.title = QStringLiteral("table");
  d.kind = WallKind::Table;
  d.classes = {QStringLiteral("u"), QStringLiteral("v")};
  d.methods = {{QStringLiteral("Shapley values"), QStringLiteral("10 samples"), {}, false}, {QStringLiteral("waiting"), {}, {}, false}};
  WallSample s;
  s.name = QStringLiteral("sample 0");
  s.probabilities = {0.25, 0.75};
  std::vector<Real> values;
  for (int f = 0; f < features; ++f) {
    d.features << QStringLiteral("feature_%1").arg(f);
    s.values << QString::number(f);
    values.push_back(f == 1 ? kNan : Real(f % 2 == 0 ? f : -f));
  }
  s.cells = {mapOf(values, 1, features), {}};
  s.cells[0].mark = TrustMark::Doubtful;
  d.samples = {s};
  return d;
}

/// One sample of `channels` channels with a map of as many.
inline WallData channelsWall(int channels) {
  WallData d = smallWall();
  d.channels = channels;
  d.samples.resize(1);
  std::vector<Real> values;
  for (int i = 0; i < 4 * channels; ++i) values.push_back(Real(i) / Real(4 * channels));
  d.samples[0].input = values;
  d.samples[0].cells[0].values = values;
  d.samples[0].cells[0].channels = channels;
  d.methods[1].overInput = true;
  return d;
}

inline std::unique_ptr<WallView> wallOf(WallData data) {
  auto view = std::make_unique<WallView>();
  view->setData(std::move(data));
  return view;
}

}  // namespace vitrine::test
