#pragma once

#include <QStringList>
#include <cstdint>
#include <vector>

#include "widgets/figure/figure.h"

namespace vitrine {

struct ConfusionData {
  QString title;
  QStringList classes;
  std::vector<std::int64_t> counts;  ///< [true class × predicted]
};

/// One pair of classes that are taken for each other.
struct Confused {
  int truth = 0;
  int predicted = 0;
  std::int64_t count = 0;
  std::int64_t outOf = 0;  ///< samples of the true class
  double share() const { return outOf > 0 ? static_cast<double>(count) / static_cast<double>(outOf) : 0; }
};

/// Wrong cells that are not 0, the largest share of its row first.
std::vector<Confused> mostConfused(const ConfusionData& data, int most);

/// Confusion matrix by row shares, with counts where they fit and the most confused pairs beside it.
class ConfusionView : public FigureWidget {
  Q_OBJECT
 public:
  explicit ConfusionView(QWidget* parent = nullptr);

  /// Shows nothing where there is not one count for each pair of classes.
  void setData(ConfusionData data);
  const ConfusionData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {120, 80}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: true class, then one a predicted class, then total, share right
  bool isEmpty() const override { return data_.counts.empty(); }
  QString readoutAt(QPointF position) const override;

 signals:
  void cellClicked(int truth, int predicted);

 protected:
  void mousePressEvent(QMouseEvent* event) override;

 private:
  struct Place {
    QRectF matrix, list, scale;
    double cell = 0;
    double titleTop = 0;
  };
  Place place(const QRectF& rect, const FigureStyle& style) const;
  std::int64_t rowTotal(int truth) const;
  /// Pairs that the list has room for.
  int listed(const Place& place, const FigureStyle& style) const;
  /// The whole name of what is named at a place beside the matrix.
  QString nameAt(QPointF position) const;
  bool cellAt(QPointF position, int& truth, int& predicted) const;

  ConfusionData data_;
};

}  // namespace vitrine
