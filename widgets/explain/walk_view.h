#pragma once

#include <vector>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// What one layer makes of the sample.
struct WalkLayer {
  int id = 0;             ///< told back
  QString name, shape;    ///< "Conv 1", "26 × 26 × 8"
  std::vector<Real> values;
  int height = 1, width = 1, channels = 1;  ///< images: channels last; vectors: channels units of 1 × 1; series: 1 × steps × features
  bool series = false;    ///< its columns are steps, which count from 1
};

/// One scale for all maps of the network, one a layer, or one a map.
enum class WalkScale { EachLayer, EachMap, Network };

struct WalkData {
  QString title;
  std::vector<WalkLayer> layers;
  WalkScale scale = WalkScale::EachLayer;
};

/// The layers from left to right, each with its feature maps (on paper in as many strips as the page's width asks for); a click on a map chooses the unit under the pointer. Keys: arrows for
/// the next map, with Shift the next place within it, Page Up and Page Down for the layer, Home and End for its first and last map.
class WalkView : public FigureWidget {
  Q_OBJECT
 public:
  explicit WalkView(QWidget* parent = nullptr);
  void setData(WalkData data);
  const WalkData& data() const { return data_; }
  void setScale(WalkScale scale);
  /// A unit of layer `id`: flat index in its output; −1: none.
  void select(int id, qint64 unit);
  Range rangeOf(int layer, int channel) const;
  /// The chosen unit with its number: "Conv 1, channel 3, row 4, column 5: 0.25"; empty: none.
  QString selectionText() const;
  /// Where the chosen unit's map is drawn; empty: none.
  QRectF selectedRect() const;

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override;
  double heightFor(double width, const FigureStyle& style) const override;  ///< on paper; on the screen any height will do
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: layer, row, column (of series: the step alone), channel, activation
  bool isEmpty() const override { return data_.layers.empty(); }
  QString readoutAt(QPointF position) const override;

 signals:
  /// Chosen here, by mouse or key.
  void unitSelected(int id, qint64 unit);
  /// selectionText() is another one.
  void selectionChanged();

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  struct Place {
    QRectF head, area, scale;
    int columns = 1, rows = 1, first = 0, shown = 0;  ///< channels first … first + shown − 1
    double cellWidth = 0, cellHeight = 0;
    QRectF cell(int i) const { return {area.left() + i % columns * (cellWidth + 3), area.top() + i / columns * (cellHeight + 3), cellWidth, cellHeight}; }
  };
  static constexpr int kMostMaps = 256;
  static constexpr double kPrintedStrip = 66;  ///< height of a strip's maps on paper
  static QString shapeText(const WalkLayer& layer, const Place& place);
  static QString unitText(const WalkLayer& layer, qint64 unit);
  int selectedLayer() const;
  int firstOf(const WalkLayer& layer) const;
  std::vector<Place> places(const QRectF& rect, const FigureStyle& style) const;
  bool hit(QPointF position, int& layer, qint64& unit) const;
  ColorMap mapOf(const WalkLayer& layer) const;
  void prepare(bool dark) const;
  void refit();

  WalkData data_;
  int id_ = -1;
  qint64 unit_ = -1;
  mutable int preparedDark_ = -1, preparedFirst_ = 0;
  mutable std::vector<std::vector<Raster>> rasters_;
};

}  // namespace vitrine
