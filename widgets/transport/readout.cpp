#include "widgets/transport/readout.h"

#include <QLabel>
#include <QVBoxLayout>

#include "widgets/theme/theme.h"

namespace vitrine {

Readout::Readout(const QString& name, const QString& caption, const QString& widest, const QString& tip, QWidget* parent)
    : QWidget(parent), caption_(new QLabel(caption, this)), value_(new QLabel(QStringLiteral("–"), this)), widest_(widest) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(1);
  layout->addWidget(caption_);
  layout->addWidget(value_);
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  value_->setObjectName(name);
  value_->setAccessibleName(caption);
  caption_->setProperty("role", QStringLiteral("secondary"));
  for (QWidget* w : {static_cast<QWidget*>(this), static_cast<QWidget*>(caption_), static_cast<QWidget*>(value_)})
    w->setToolTip(tip);
  connect(themeSignal(), &ThemeSignal::changed, this, &Readout::dress);
  dress();
}

void Readout::dress() {
  caption_->setFont(theme().font(-1));
  QFont big = theme().font(2, true);
  value_->setFont(big);
  value_->setMinimumWidth(QFontMetrics(big).horizontalAdvance(widest_));
}

void Readout::setValue(const QString& value) {
  if (value_->text() == value) return;
  value_->setText(value);
  value_->setMinimumWidth(std::max(value_->minimumWidth(), value_->sizeHint().width()));
}

QString Readout::value() const { return value_->text(); }

QWidget* captioned(const QString& caption, QWidget* control, QWidget* parent) {
  auto* host = new QWidget(parent);
  auto* layout = new QVBoxLayout(host);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(2);
  auto* label = new QLabel(caption, host);
  label->setProperty("role", QStringLiteral("secondary"));
  label->setFont(theme().font(-1));
  label->setBuddy(control);
  control->setParent(host);
  layout->addWidget(label);
  layout->addWidget(control);
  return host;
}

}  // namespace vitrine
