#include "widgets/plots/curve_controls.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>
#include <QToolButton>

#include "widgets/plots/curve_plot.h"

namespace vitrine {

CurveControls::CurveControls(CurvePlot* plot, QWidget* parent) : QWidget(parent) {
  auto* label = new QLabel(tr("smooth"), this);
  label->setProperty("role", QStringLiteral("secondary"));
  label->setFont(theme().font(-1));
  auto* slider = new QSlider(Qt::Horizontal, this);
  slider->setObjectName(QStringLiteral("smoothing"));
  slider->setAccessibleName(tr("Smoothing"));
  slider->setToolTip(tr("Moving average of the curves, 0 (off) to 0.99; typical 0.6. The raw line stays, faint."));
  slider->setRange(0, 99);
  slider->setFixedWidth(64);
  label->setBuddy(slider);
  auto* log = new QToolButton(this);
  log->setObjectName(QStringLiteral("logScale"));
  log->setText(tr("log"));
  log->setAccessibleName(tr("Logarithmic scale"));
  log->setToolTip(tr("Draws the vertical axis on a logarithmic scale; values of 0 and below are left out"));
  log->setCheckable(true);
  log->setProperty("flat", true);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(6);
  layout->addWidget(label);
  layout->addWidget(slider);
  layout->addWidget(log);

  slider->setValue(qRound(plot->smoothing() * 100));
  log->setChecked(plot->logY());
  connect(slider, &QSlider::valueChanged, plot, [plot](int v) { plot->setSmoothing(v / 100.0); });
  connect(plot, &CurvePlot::smoothingChanged, slider, [slider](double v) { slider->setValue(qRound(v * 100)); });
  connect(log, &QToolButton::toggled, plot, &CurvePlot::setLogY);
  connect(plot, &CurvePlot::logYChanged, log, &QToolButton::setChecked);
  connect(themeSignal(), &ThemeSignal::changed, label, [label] { label->setFont(theme().font(-1)); });
}

}  // namespace vitrine
