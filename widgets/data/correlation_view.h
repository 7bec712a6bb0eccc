#pragma once

#include <QStringList>
#include <optional>

#include "core/insight/data_statistics.h"
#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// Coefficients of a table's columns.
struct CorrelationData {
  QString title;
  QStringList names;
  Correlation matrix;
  CorrelationKind kind = CorrelationKind::Pearson;
  QString note;  ///< what it was computed of, when that is not all: "20 000 of 1 000 000 rows"
};

/// A square heatmap from -1 to 1. What is not defined is hatched. A click on a cell names its two columns.
class CorrelationView : public FigureWidget {
  Q_OBJECT
 public:
  explicit CorrelationView(QWidget* parent = nullptr);

  void setData(CorrelationData data);
  const CorrelationData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {110, 105}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< first column the row's name, then one a column
  bool isEmpty() const override { return data_.names.isEmpty() || data_.matrix.values.empty(); }
  QString readoutAt(QPointF position) const override;

 signals:
  void pairClicked(int row, int column);

 protected:
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  struct Place {
    QRectF matrix, names, columnNames, scale, note;
  };
  Place place(const QRectF& rect, const FigureStyle& style) const;
  std::optional<std::pair<int, int>> cellAt(QPointF position) const;

  CorrelationData data_;
};

}  // namespace vitrine
