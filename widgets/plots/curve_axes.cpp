#include "widgets/plots/curve_axes.h"

#include <qcustomplot.h>

#include <QFontMetricsF>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "core/view/layout.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

/// Steps of 1, 2 or 5 only: 2.5 epochs are no place to look at.
class NiceTicker : public QCPAxisTicker {
 protected:
  double getTickStep(const QCPRange& range) override { return niceStep(range.lower, range.upper, tickCount() + 1); }
};

QString percentLabel(double tick, const QLocale& locale) {
  const double percent = tick * 100;
  return locale.toString(percent, 'f', decimalsFor(std::round(std::abs(percent) * 1e6) / 1e6)) + QStringLiteral(" %");
}

class PercentTicker : public NiceTicker {
 protected:
  QString getTickLabel(double tick, const QLocale& locale, QChar, int) override { return percentLabel(tick, locale); }
};

/// Powers of ten, or round numbers where the axis holds less than two of them.
class LogTicker : public QCPAxisTicker {
 public:
  explicit LogTicker(bool percent) : percent_(percent) {}

 protected:
  QVector<double> createTickVector(double, const QCPRange& range) override {
    std::vector<double> ticks = logTicks(range.lower, range.upper);
    if (ticks.size() < 2) ticks = niceTicks(range.lower, range.upper, 6);
    return QVector<double>(ticks.begin(), ticks.end());
  }
  QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override {
    return percent_ ? percentLabel(tick, locale) : QCPAxisTicker::getTickLabel(tick, locale, format, precision);
  }

 private:
  bool percent_;
};

}  // namespace

QString axisTitleFor(const QString& title, const QFont& font, double room) {
  const QFontMetricsF metrics(font);
  if (metrics.horizontalAdvance(title) <= room) return title;
  const QString bare = title.section(QStringLiteral(" ("), 0, 0);
  return metrics.elidedText(bare, Qt::ElideRight, room);
}

void roundCurveRange(double& yLow, double& yHigh, bool percent, bool logY) {
  if (logY) {
    yLow /= 1.2;
    yHigh *= 1.2;
    return;
  }
  if (yLow == yHigh) {
    const double air = yLow == 0 ? 0.5 : std::abs(yLow) * 0.1;
    yLow -= air;
    yHigh += air;
  }
  const double step = niceStep(yLow, yHigh, 5);
  const bool natural = percent && yLow >= 0 && yHigh <= 1;
  yLow = std::floor(yLow / step + 1e-9) * step;
  yHigh = std::ceil(yHigh / step - 1e-9) * step;
  if (natural) {
    yLow = std::max(0.0, yLow);
    yHigh = std::min(1.0, yHigh);
    // A line at exactly 0 % or 100 % is not to hide in the frame.
    const double air = (yHigh - yLow) * 0.015;
    yLow -= yLow == 0 ? air : 0;
    yHigh += yHigh == 1 ? air : 0;
  }
}

void setUpCurveAxes(QCustomPlot& plot, const CurveAxes& axes, const FigureStyle& style) {
  const Theme& t = style.colors;
  plot.setBackground(QBrush(t.panel));
  plot.axisRect()->setMinimumMargins(QMargins(4, 2, 6, 2));
  plot.setLocale(QLocale());
  const QFont small = style.font(-1);
  for (QCPAxis* axis : {plot.xAxis, plot.yAxis}) {
    axis->setBasePen(QPen(t.secondary, 1));
    axis->setTickPen(QPen(t.secondary, 1));
    axis->setSubTicks(false);
    axis->setTickLength(0, 3);
    axis->setTickLabelFont(small);
    axis->setLabelFont(small);
    axis->setTickLabelColor(t.secondary);
    axis->setLabelColor(t.secondary);
    axis->setLabelPadding(2);
    axis->grid()->setZeroLinePen(Qt::NoPen);
    axis->grid()->setPen(QPen(t.grid, 1));
  }
  plot.xAxis->grid()->setVisible(false);
  plot.xAxis->setLabel(axes.x);
  plot.yAxis->setLabel(axes.y);
  plot.xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new NiceTicker));
  plot.xAxis->ticker()->setTickCount(5);
  if (axes.logY) {
    plot.yAxis->setScaleType(QCPAxis::stLogarithmic);
    plot.yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new LogTicker(axes.percent)));
  } else {
    plot.yAxis->setScaleType(QCPAxis::stLinear);
    plot.yAxis->setTicker(axes.percent ? QSharedPointer<QCPAxisTicker>(new PercentTicker)
                                   : QSharedPointer<QCPAxisTicker>(new NiceTicker));
    plot.yAxis->ticker()->setTickCount(4);
  }
  plot.yAxis->setNumberFormat(QStringLiteral("gb"));
  plot.yAxis->setNumberPrecision(6);
  // The legend stands above the curves, at the right, in one line: it never covers a point.
  if (plot.plotLayout()->rowCount() == 1) {
    plot.plotLayout()->insertRow(0);
    auto* row = new QCPLayoutGrid;  // the plot's layout owns it
    plot.plotLayout()->addElement(0, 0, row);
    plot.axisRect()->insetLayout()->take(plot.legend);
    auto* space = new QCPLayoutElement;
    row->addElement(0, 0, space);
    row->addElement(0, 1, plot.legend);
    row->setColumnStretchFactor(1, 0.001);
    plot.plotLayout()->setRowStretchFactor(0, 0.001);
    plot.plotLayout()->setRowSpacing(2);
    plot.legend->setLayer(QStringLiteral("legend"));
    plot.legend->setFillOrder(QCPLayoutGrid::foColumnsFirst);
    plot.legend->setMargins(QMargins(0, 0, 4, 0));
    plot.legend->setColumnSpacing(12);
  }
  plot.legend->setVisible(true);
  plot.legend->setBorderPen(Qt::NoPen);
  plot.legend->setBrush(Qt::NoBrush);
  plot.legend->setFont(small);
  plot.legend->setTextColor(t.secondary);
  plot.legend->setIconSize(16, 8);
}

}  // namespace vitrine
