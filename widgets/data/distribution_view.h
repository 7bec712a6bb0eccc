#pragma once

#include <QStringList>
#include <vector>

#include "core/insight/data_statistics.h"
#include "widgets/data/chart.h"

namespace vitrine {

/// A column's values in one group of rows.
struct DistributionGroup {
  GroupLook look;
  Statistics statistics;             ///< categories: count, missing and distinct only
  std::vector<std::int64_t> counts;  ///< one a bin, or one a category (and one more for the others)
  QString mostFrequent;              ///< categories
};

/// A column: histogram and statistics, group by group.
struct DistributionData {
  QString title;
  QString column;
  bool date = false;
  Bins bins;                  ///< numbers
  QStringList categories;     ///< categories: the most frequent ones; empty for numbers
  bool isCategory = false;
  std::int64_t otherCategories = 0;  ///< those that have no bar of their own
  std::vector<DistributionGroup> groups;
  /// Bars are counts for one group, shares of the group for several.
  bool shares() const { return groups.size() > 1; }
};

/// Counted on any thread. Empty when stopped.
DistributionData distributionOf(const SampleTable& table, int column, const Groups& groups, const std::vector<GroupLook>& looks, std::stop_token stop = {});

/// Histogram (numbers) or bars (categories) with the statistics of each group below.
class DistributionView : public FigureWidget {
  Q_OBJECT
 public:
  explicit DistributionView(QWidget* parent = nullptr);

  void setData(DistributionData data);
  const DistributionData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {110, 80}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  /// Bins or categories by group, then the statistics by group.
  FigureTable figureData() const override;
  bool isEmpty() const override { return data_.groups.empty(); }
  QString readoutAt(QPointF position) const override;

 private:
  struct Place {
    QRectF legend, statistics;
    Chart chart;
  };
  Place place(const QRectF& rect, const FigureStyle& style) const;
  double heightOf(const DistributionGroup& group, std::size_t bin) const;
  void paintBars(QCPPainter& painter, const Chart& chart, const FigureStyle& style) const;
  void paintStatistics(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const;
  QStringList statisticNames() const;
  QStringList statisticTexts(const DistributionGroup& group, int digits) const;
  QStringList barNames() const;

  DistributionData data_;
};

}  // namespace vitrine
