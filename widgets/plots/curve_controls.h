#pragma once

#include <QWidget>

namespace vitrine {

class CurvePlot;

/// Log scale and smoothing of one curve plot, small enough for its panel's head.
class CurveControls : public QWidget {
  Q_OBJECT
 public:
  explicit CurveControls(CurvePlot* plot, QWidget* parent = nullptr);
};

}  // namespace vitrine
