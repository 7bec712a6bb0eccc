#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

#include "core/view/attribution_map.h"

namespace vitrine {

/// What a trust check says of one map.
enum class TrustMark { None, Pending, Passes, Doubtful, Fails };

/// One method's map of one sample.
struct WallCell {
  enum class State { Waiting, Ready, Failed };
  State state = State::Waiting;
  QString note;              ///< Failed: why, as a sentence
  QString targetText;        ///< what is explained: "Boot"
  std::vector<Real> values;  ///< images and planes: [height × width × channels]; tables: one a feature; series: [steps × features]
  int height = 0, width = 0, channels = 1;
  bool isSigned = true;
  double seconds = 0;
  TrustMark mark = TrustMark::None;
  QString deletionArea;      ///< "0.21"; empty: none
  bool markOld = false;      ///< of an earlier map: drawn as a ring
  QString markWhy;           ///< one sentence
};

/// The head of a column.
struct WallMethod {
  QString name, settings;
  QString help;
  bool overInput = false;  ///< always drawn over the input (class activation maps)
  QString target = {};     ///< of this column's own: "second class"; empty: the wall's

  /// What its head says below the name.
  QString remark() const { return target.isEmpty() || settings.isEmpty() ? target + settings : target + QStringLiteral(" · ") + settings; }
  /// "Saliency", "Saliency (second class)".
  QString title() const { return target.isEmpty() ? name : QStringLiteral("%1 (%2)").arg(name, target); }
};

struct WallSample {
  QString name;                ///< "sample 17", "drawn"
  std::vector<Real> input;     ///< images: [height × width × channels] within inputRange; series: [steps × features]
  QStringList values;          ///< tables: each feature's value as the file has it
  std::vector<double> probabilities;  ///< what the network says: one number a class (WallData::shares); regression: the prediction alone
  int trueClass = -1;          ///< -1: not known
  std::optional<double> trueValue;
  QString problem;             ///< why this sample cannot be explained at all
  std::vector<WallCell> cells; ///< one a method
};

enum class WallKind { Image, Table, Series };

/// Samples by methods.
struct WallData {
  QString title;
  WallKind kind = WallKind::Image;
  int height = 0, width = 0, channels = 1;  ///< of an image's input; series: height steps, width features
  Range inputRange{0, 1};                   ///< black to white
  QStringList classes;                      ///< empty: regression
  bool shares = true;                       ///< a class's number is a probability, told as per cent; else an output, told as it is
  QStringList features;
  QString targetName;
  QString target = {};                      ///< what the columns explain that have no target of their own; empty: the predicted class
  std::vector<WallMethod> methods;
  std::vector<WallSample> samples;
};

/// How the wall is coloured.
struct WallLook {
  WallScale scale = WallScale::EachMethod;
  AttributionLook map;
  ColorMap colors = ColorMap::Diverging;  ///< for signed maps; what is never negative takes `sequential`
  ColorMap sequential = ColorMap::Viridis;
  double overlay = 0;  ///< 0: maps alone; else how much the gray input shows through, below 1
  bool operator==(const WallLook&) const = default;
};

/// What is drawn of a cell: empty when it is not ready.
std::vector<Real> shownValues(const WallData& data, const WallCell& cell, const WallLook& look);
/// Whether a method's maps may be negative as they are shown.
bool shownSigned(const WallData& data, int method, const WallLook& look);
/// shownValues() of every cell, [samples × methods].
std::vector<std::vector<Real>> wallValues(const WallData& data, const WallLook& look);
/// The scale of every cell by its wallValues(). Shared: one for all signed methods' and non-negative methods' magnitudes.
std::vector<Range> wallRanges(const WallData& data, const WallLook& look, const std::vector<std::vector<Real>>& shown);

}  // namespace vitrine
