#pragma once

#include <QStringList>
#include <limits>
#include <vector>

#include "widgets/figure/figure.h"

namespace vitrine {

/// One number with how it comes about.
struct StepLine {
  QString label, formula, note;
  double value = 0;
  double difference = std::numeric_limits<double>::quiet_NaN();  ///< central differences of the loss; NaN: none
  bool corner = false;  ///< the loss has a corner there (the note says so): the difference need not be the gradient
};

/// Terms by name: inputs × weights and what else belongs together.
struct StepGrid {
  QString title, note;
  QStringList columns, names;
  std::vector<double> values;  ///< [names × columns]; NaN: none
};

struct StepPart {
  QString title;
  std::vector<StepLine> lines;
  std::vector<StepGrid> grids;
};

struct StepData {
  QString title;
  std::vector<StepPart> parts;
};

/// One step of one unit in its numbers: forward, backward, update, each with its formula, and the finite-difference value
/// beside the gradient.
class StepView : public FigureWidget {
  Q_OBJECT
 public:
  explicit StepView(QWidget* parent = nullptr);
  void setData(StepData data);
  const StepData& data() const { return data_; }
  /// Most rows of a term table that are shown; the table of the data has all.
  static constexpr int kMostTerms = 24;

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override;
  double heightFor(double width, const FigureStyle& style) const override { return layOut(nullptr, QRectF(0, 0, width, 1e6), style); }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: section, name, column, formula, value, difference
  bool isEmpty() const override { return data_.parts.empty(); }

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  double layOut(QCPPainter* painter, const QRectF& rect, const FigureStyle& style) const;
  double layOutPart(QCPPainter* painter, const QRectF& rect, const StepPart& part, const FigureStyle& style) const;
  void refit();
  StepData data_;
};

}  // namespace vitrine
