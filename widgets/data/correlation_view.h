#pragma once

#include <QStringList>

#include "core/insight/data_statistics.h"
#include "widgets/maps/matrix_view.h"

namespace vitrine {

/// Coefficients of a table's columns.
struct CorrelationData {
  QString title;
  QStringList names;
  Correlation matrix;
  CorrelationKind kind = CorrelationKind::Pearson;
  QString note;  ///< what it was computed of, when that is not all: "20 000 of 1 000 000 rows"
};

/// A square matrix from -1 to 1. What is not defined is hatched. A click on a cell names its two columns.
class CorrelationView : public MatrixView {
  Q_OBJECT
 public:
  explicit CorrelationView(QWidget* parent = nullptr);

  void setData(CorrelationData data);
  const CorrelationData& data() const { return data_; }

  QSizeF preferredMm() const override { return {110, 105}; }

 signals:
  void pairClicked(int row, int column);

 protected:
  QString cellText(int row, int column) const override;
  QVariant exact(int row, int column) const override { return data_.matrix.value(row, column); }
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  CorrelationData data_;
};

}  // namespace vitrine
