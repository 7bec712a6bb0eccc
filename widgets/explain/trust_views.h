#pragma once

#include <QStringList>
#include <optional>
#include <vector>

#include "widgets/explain/wall_data.h"
#include "widgets/figure/figure.h"
#include "widgets/maps/matrix_view.h"

namespace vitrine {

/// Rank correlation of every two methods' maps.
struct AgreementData {
  QString title;
  QStringList methods;
  std::vector<double> values;  ///< [methods × methods], −1 … 1; NaN: there is none
  QStringList briefs = {};     ///< short names for the matrix's sides; empty: the methods' own
};

/// A matrix with its numbers and a scale from −1 to 1.
class AgreementView : public MatrixView {
  Q_OBJECT
 public:
  explicit AgreementView(QWidget* parent = nullptr);
  void setData(AgreementData data);
  const AgreementData& data() const { return data_; }

  QSizeF preferredMm() const override { return {89, 80}; }

 protected:
  QString cellText(int row, int column) const override;
  QVariant exact(int row, int column) const override { return data_.values[static_cast<std::size_t>(row * data_.methods.size() + column)]; }

 private:
  AgreementData data_;
};

/// One line of a trust check.
struct TrustLine {
  QString name, value, remark;
  TrustMark mark = TrustMark::None;
  QString sentence;  ///< what it means
};

/// What all checks say of one map.
struct TrustData {
  QString title;      ///< "Guided backprop, sample 17"
  TrustMark mark = TrustMark::None;
  QString sentence;   ///< why
  QString warning;    ///< known against the method
  std::vector<TrustLine> lines;
};

/// The verdict, its numbers and its reason in words.
class TrustView : public FigureWidget {
  Q_OBJECT
 public:
  explicit TrustView(QWidget* parent = nullptr);
  void setData(TrustData data);
  const TrustData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override;
  double heightFor(double width, const FigureStyle& style) const override;
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: check, value, remark, verdict, sentence
  bool isEmpty() const override { return data_.lines.empty() && data_.sentence.isEmpty(); }
  QString readoutAt(QPointF position) const override;
  /// "passes", "doubtful", "fails", "checking…".
  static QString word(TrustMark mark);
  static QColor ink(TrustMark mark, const Theme& theme);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  /// Paints when there is a painter; gives the height that was taken.
  double layOut(QCPPainter* painter, const QRectF& rect, const FigureStyle& style, std::vector<QRectF>* lines) const;
  void refit();
  TrustData data_;
};

}  // namespace vitrine
