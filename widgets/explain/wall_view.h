#pragma once

#include <optional>
#include <vector>

#include "widgets/explain/wall_data.h"
#include "widgets/explain/wall_layout.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// The wall of attributions: each sample a row with its input and class probabilities, each method a column with its
/// scale, a trust badge under every map. The pointer reads the same place in all maps at once; a click (or the arrow
/// keys) chooses a map.
class WallView : public FigureWidget {
  Q_OBJECT
 public:
  explicit WallView(QWidget* parent = nullptr);

  void setData(WallData data);
  const WallData& data() const { return data_; }
  void setLook(const WallLook& look);
  const WallLook& look() const { return look_; }
  /// The chosen map; (-1, -1): none.
  void select(int sample, int method);
  int selectedSample() const { return sample_; }
  int selectedMethod() const { return method_; }
  /// The scale a map is drawn with.
  Range rangeOf(int sample, int method) const;
  /// Where a map is drawn, for tests and for scrolling to it.
  QRectF cellRect(int sample, int method) const;
  /// The place under the pointer as shares of the maps' width and height; none: away.
  std::optional<QPointF> crosshair() const { return cross_; }
  /// How wide the inputs are and how high the columns' heads: what stays in sight while the rest is scrolled.
  QSizeF headSize() const;
  /// What the crosshair reads in one map: "0.0213", "NaN"; empty where there is nothing.
  QString readingAt(int sample, int method) const;

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override;
  double heightFor(double width, const FigureStyle& style) const override;
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  /// Columns: sample, target, method, place (row and column from 0, step from 1, or feature), input, attribution as it was computed.
  FigureTable figureData() const override;
  bool isEmpty() const override { return data_.samples.empty(); }
  QString readoutAt(QPointF position) const override;
  QSize minimumSizeHint() const override;

 signals:
  void cellSelected(int sample, int method);
  void sampleClicked(int sample);
  /// The head of a column was pressed, or Enter on a chosen map: its settings are wanted at this place of the screen.
  void methodMenuRequested(int method, QPoint globalPosition);
  /// It will be painted otherwise than before.
  void pictureChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  struct Drawn {
    std::vector<Real> values;  ///< as shown: sign, blur
    std::vector<Real> exact;   ///< without the blur, where there is one
    Raster raster;             ///< images: coloured
  };
  static constexpr int kMostFeatures = 24;

  void refit();
  void changeEvent(QEvent* event) override;
  /// Where everything lies in the window: measured once for its data and size, since it is asked for at every move of the mouse.
  WallLayout onScreen() const;
  void repaintAll();
  /// The column whose head is at a point; −1: none.
  int headAt(QPointF position) const;
  void prepare(bool dark) const;
  const Drawn& drawn(int sample, int method) const { return drawn_[static_cast<std::size_t>(sample) * data_.methods.size() + static_cast<std::size_t>(method)]; }
  const WallCell& cellAt(int sample, int method) const { return data_.samples[static_cast<std::size_t>(sample)].cells[static_cast<std::size_t>(method)]; }
  bool hit(QPointF position, int& sample, int& method, QPointF& share) const;
  // wall_paint.cpp
  void paintHeads(QCPPainter& painter, const WallLayout& l, const FigureStyle& style) const;
  void paintInput(QCPPainter& painter, const QRectF& place, const WallLayout& l, int sample, const FigureStyle& style) const;
  void paintPrediction(QCPPainter& painter, const QRectF& rect, int sample, const FigureStyle& style) const;
  void paintCell(QCPPainter& painter, const WallLayout& l, int sample, int method, const FigureStyle& style) const;
  void paintNote(QCPPainter& painter, const QRectF& cell, const WallCell& c, const FigureStyle& style) const;
  void paintBars(QCPPainter& painter, const QRectF& cell, int sample, int method, const FigureStyle& style) const;
  void paintSeries(QCPPainter& painter, const QRectF& cell, int sample, const std::vector<Real>* values, int mapSteps, Range range, ColorMap map,
                   const FigureStyle& style) const;
  void paintBadge(QCPPainter& painter, const QRectF& rect, const WallCell& c, bool named, const FigureStyle& style) const;
  /// Whether the deletion numbers stand with their word: all of a wall, or none.
  bool badgesNamed(const WallLayout& l, const FigureStyle& style) const;
  void paintScales(QCPPainter& painter, const WallLayout& l, const FigureStyle& style) const;
  void paintCross(QCPPainter& painter, const WallLayout& l, const FigureStyle& style) const;
  ColorMap colorsOf(int method, bool dark) const;

  WallData data_;
  mutable std::optional<WallLayout> laidOut_;
  WallLook look_;
  int sample_ = -1, method_ = -1;
  std::optional<QPointF> cross_;
  int crossSample_ = -1;
  mutable int preparedDark_ = -1;
  mutable std::vector<Drawn> drawn_;
  mutable std::vector<Raster> inputs_;
  mutable std::vector<Range> ranges_;
  mutable std::vector<int> features_;
};

}  // namespace vitrine
