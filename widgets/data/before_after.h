#pragma once

#include <QWidget>
#include <optional>

#include "core/data/summary.h"

namespace vitrine {

/// A column's distribution before a step, and after it.
class BeforeAfter : public QWidget {
  Q_OBJECT
 public:
  explicit BeforeAfter(QWidget* parent = nullptr);
  /// Null: the column is not there.
  void setSummaries(const ColumnSummary* before, const ColumnSummary* after);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::optional<ColumnSummary> before_, after_;
};

/// Little bars of a summary's bins within `area`.
void paintBars(QPainter& painter, const QRectF& area, const std::vector<std::int64_t>& bins);

}  // namespace vitrine
