#pragma once

#include <vector>

#include "widgets/data/chart.h"

namespace vitrine {

/// How many samples each class has in each part.
struct BalanceData {
  QString title;
  QString targetName;
  QStringList classes;
  std::vector<GroupLook> parts;
  std::vector<std::int64_t> counts;  ///< [classes × parts]
  bool labels = false;               ///< several may be true of one sample: shares do not add up to 1
  std::vector<std::int64_t> samples; ///< [parts]
  std::int64_t count(std::size_t c, std::size_t part) const { return counts[c * parts.size() + part]; }
};

/// Of classes or labels; empty for regression.
BalanceData balanceOf(const SampleTable& table);

/// A bar for each class, cut into parts; or, to compare, the class's share in each part.
class BalanceView : public FigureWidget {
  Q_OBJECT
 public:
  explicit BalanceView(QWidget* parent = nullptr);

  void setData(BalanceData data);
  const BalanceData& data() const { return data_; }
  /// Counts on top of each other, or shares within each part side by side.
  void setShares(bool shares);
  /// Largest class first instead of the classes' own order.
  void setSorted(bool sorted);

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {89, 70}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;
  bool isEmpty() const override { return data_.classes.isEmpty(); }
  QString readoutAt(QPointF position) const override;

 private:
  struct Place {
    QRectF legend, names, bars, texts;
    double axis = 0, most = 1;
  };
  Place place(const QRectF& rect, const FigureStyle& style) const;
  std::int64_t total(std::size_t c) const;
  double share(std::size_t c, std::size_t part) const;
  QString rowText(std::size_t c) const;
  void arrange();

  BalanceData data_;
  std::vector<std::size_t> order_;
  bool shares_ = false, sorted_ = false;
};

}  // namespace vitrine
