#pragma once

#include <QStringList>
#include <vector>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// One sample that may be chosen.
struct SampleItem {
  int row = 0;                ///< told back when it is clicked
  std::vector<Real> pixels;   ///< images: [height × width × channels], 0 black … 1 white; series: [steps]; tables: empty
  QStringList lines;          ///< tables: "petal_length  1.4" (two blanks between), as many as fit are shown
  QString truth;              ///< its class or target
  QString predicted;          ///< what the network takes it for; empty: not known
  bool right = false;
  bool chosen = false, pinned = false;
};

struct SampleGalleryData {
  QString title;
  int height = 0, width = 0, channels = 1;  ///< images; height 0: tables; channels 0: a series of `width` steps
  std::vector<SampleItem> items;
  qint64 all = 0;  ///< how many samples there are behind those shown
};

/// Small pictures of samples in columns; a click (or Space, Enter) chooses one or lets it go. Arrows move the keyboard's mark.
class SampleGallery : public FigureWidget {
  Q_OBJECT
 public:
  explicit SampleGallery(QWidget* parent = nullptr);

  void setData(SampleGalleryData data);
  const SampleGalleryData& data() const { return data_; }
  QRectF itemRect(int item) const;

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override;
  double heightFor(double width, const FigureStyle& style) const override;
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: sample, class, predicted, chosen
  bool isEmpty() const override { return data_.items.empty(); }
  QString readoutAt(QPointF position) const override;

 signals:
  void rowToggled(int row);
  /// The keyboard's mark went to another sample, which is drawn here.
  void focusMoved(QRectF item);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  QRectF itemRect(int item, const QRectF& rect, const FigureStyle& style) const;
  int columnsIn(double width) const;
  double itemHeight(double width, const FigureStyle& style) const;
  int itemAt(QPointF position) const;
  void refit();

  SampleGalleryData data_;
  QStringList names_;  ///< all truths and predictions, which must be told apart
  mutable std::vector<Raster> rasters_;  ///< of the items that were painted
  int focus_ = -1;
};

}  // namespace vitrine
