#pragma once

#include <QTableView>

#include "widgets/data/rows_model.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// The rows of a data set. A click on a head sorts; chosen rows are pinned with Enter or from the context menu. As a figure it is
/// what stands in the window; as data all rows that are shown, in their order (the chosen ones where several are chosen).
class RowsView : public QTableView, public Figure {
  Q_OBJECT
 public:
  explicit RowsView(QWidget* parent = nullptr);

  RowsModel* rows() const { return model_; }
  void setTable(SampleTablePtr table);
  /// Samples of the rows that are chosen, in the shown order; at most `most`.
  std::vector<std::int32_t> chosenSamples(std::size_t most) const;
  /// Rows that become no sample are among those chosen.
  bool anyChosen() const;
  void choose(std::int32_t row);

  QString figureTitle() const override { return tr("Table"); }
  QSizeF preferredMm() const override { return {140, 80}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;
  QString dataNote() const override;
  bool isEmpty() const override { return model_->rowCount() == 0; }

  /// Rows of figureData(): all of a million would take more memory than the data.
  static constexpr int kMostExported = 100000;

 signals:
  void pinRequested();
  void choiceChanged();
  void columnClicked(int column);  ///< of the table

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  void fitColumns();
  RowsModel* model_;
  std::vector<std::int32_t> kept_;  ///< rows chosen before an arrangement
};

}  // namespace vitrine
