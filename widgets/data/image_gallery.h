#pragma once

#include <QAbstractScrollArea>
#include <QImage>
#include <map>
#include <optional>
#include <set>

#include "core/insight/sample_table.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// The images of a data set with their labels. Only those in sight are made and drawn. A click chooses one, the arrow keys walk;
/// Enter, Space or a double click pins or unpins. Hovering reads the pixel's values. As a figure it is what is in sight.
class ImageGallery : public QAbstractScrollArea, public Figure {
  Q_OBJECT
 public:
  explicit ImageGallery(QWidget* parent = nullptr);

  void setTable(SampleTablePtr table);
  void setFilter(std::optional<Part> part, std::optional<std::int32_t> classOf);
  void setPinned(const std::vector<std::int32_t>& samples);
  /// Side of an image in pixels of the window.
  void setZoom(int side);
  int zoom() const { return side_; }
  /// The chosen sample, or -1.
  std::int32_t current() const { return current_; }
  /// Chooses it and brings it into sight; false when the filter hides it or there is none.
  bool setCurrent(std::int32_t sample);
  const std::vector<std::int32_t>& shown() const { return shown_; }
  /// Value under a point of the viewport: sample, row, column, channels.
  QString readoutAt(QPointF position) const;
  /// Where a shown image lies in the viewport.
  QRectF imageRect(int index) const;
  /// How many images were made into pixels so far; a test looks at it.
  std::int64_t made() const { return made_; }

  QString figureTitle() const override { return tr("Images"); }
  QSizeF preferredMm() const override { return {140, 100}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;
  bool isEmpty() const override { return shown_.empty(); }
  void setPlaceholder(const QString& text) { placeholder_ = text; }

  static constexpr int kLeastZoom = 16, kMostZoom = 320;

 signals:
  void pinToggled(int sample);
  void currentChanged(int sample);
  void zoomChanged(int side);
  void shownChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  bool viewportEvent(QEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  struct Grid {
    int columns = 1;
    double width = 0, height = 0;  ///< of a cell, label included
    double label = 0;
  };
  Grid grid() const;
  void refilter();
  void refreshScroll();
  int indexAt(QPointF position) const;
  int firstInSight() const;
  QImage image(std::int32_t sample) const;
  QImage imageOn(std::int32_t sample, const QRectF& picture, double ratio) const;
  QString labelOf(std::int32_t sample) const;
  void walk(int by);
  QSizeF imageSize(double side) const;
  void paintLabel(QCPPainter& painter, std::int32_t sample, const QRectF& label, const FigureStyle& style) const;

  SampleTablePtr table_;
  std::vector<std::int32_t> shown_;
  std::set<std::int32_t> pinned_;
  std::optional<Part> part_;
  std::optional<std::int32_t> class_;
  std::int32_t current_ = -1;
  int side_ = 64;
  QString placeholder_;
  std::map<std::int32_t, QImage> pictures_;  ///< what was drawn last, as large as it stands there
  double ratio_ = 1;
  mutable std::int64_t made_ = 0;
};

}  // namespace vitrine
