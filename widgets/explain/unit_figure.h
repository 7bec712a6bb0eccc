#pragma once

#include <QRect>
#include <QStringList>
#include <vector>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// One input of the network as a picture, a line or rows of names and values.
struct UnitInputPicture {
  QString name;               ///< below it: "sample 17", "1.32"
  std::vector<Real> values;   ///< images: [height × width × channels], 0 black … 1 white; series: [steps]; tables: one a feature
  QRect field;                ///< what the unit sees of it, in pixels or steps; empty: all of it, or unknown
};

/// What is known of one unit.
struct UnitData {
  QString title;             ///< "Conv 2, channel 3, row 4, column 5"
  QString fieldText;         ///< "sees 10 × 10 pixels of the input"
  int height = 0, width = 0, channels = 1;  ///< images; height 0: a table of `features`; channels 0: a series of `width` steps
  QStringList features;
  UnitInputPicture input;
  std::vector<UnitInputPicture> top;  ///< the samples that move it most
  QString topNote;           ///< why there are none yet
  std::vector<UnitInputPicture> best; ///< the input made to move it most; none: not (yet) there
  QString bestNote;
  bool ofChannel = false;  ///< of a channel as a whole: samples rank by its largest place, what is made by its mean
  QStringList classes;       ///< of the two below; empty: numbers
  QStringList outputs = {};  ///< names of the numbers where there are no classes
  std::vector<double> before, after;  ///< the network's answer with the unit, and without it
  bool shares = false;       ///< these are probabilities, told as per cent
  QString ablationNote;
};

/// Receptive field, top-activating samples, activation maximisation and ablation of one unit.
class UnitFigure : public FigureWidget {
  Q_OBJECT
 public:
  explicit UnitFigure(QWidget* parent = nullptr);
  void setData(UnitData data);
  const UnitData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override;
  double heightFor(double width, const FigureStyle& style) const override;  ///< on paper; on the screen any height will do
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  /// Columns: part (input, top, maximised, with, without), name, place, value.
  FigureTable figureData() const override;
  bool isEmpty() const override { return data_.input.values.empty(); }
  QString readoutAt(QPointF position) const override;

 private:
  struct Shown {
    const UnitInputPicture* picture;
    QRectF rect;
    bool named = true;  ///< of a table: with its features' names; else they stand beside it
    Qt::Alignment align = Qt::AlignLeft;  ///< of what stands below it
  };
  /// The four parts, each below its title; pictures where they fit. Side by side, on narrow paper two and two.
  struct Place {
    QRectF input, top, best, ablation;
    double head = 0;  ///< height of the titles, above the parts
    std::vector<Shown> pictures;
  };
  Place place(const QRectF& rect, const FigureStyle& style) const;
  bool isTable() const { return data_.height == 0 && data_.channels > 0; }
  static bool stacked(double width, const FigureStyle& style);
  static constexpr int kMostRows = 24;    ///< of a table, where paper may be as high as they need
  static constexpr double kPartGap = 10;  ///< between two rows of parts
  /// Where the image, line or first row of a picture lies, and how many rows fit.
  QRectF inside(const QRectF& rect, const FigureStyle& style) const;
  /// The classes (or outputs) that weigh most, a line each, above the lines of the legend.
  std::vector<int> ablated(const QRectF& rect, const FigureStyle& style) const;
  QStringList legend(double width, const FigureStyle& style) const;
  QStringList outputNames() const;
  QString readingIn(const Shown& shown, QPointF position, const FigureStyle& style) const;
  void paintPicture(QCPPainter& painter, const Shown& shown, const FigureStyle& style) const;
  void paintAblation(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const;
  UnitData data_;
};

}  // namespace vitrine
