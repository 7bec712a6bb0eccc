#include "widgets/editor/hint_card.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "widgets/theme/theme.h"

namespace vitrine {

HintCard::HintCard(QWidget* parent)
    : QFrame(parent), text_(new QLabel(this)), detail_(new QLabel(this)), button_(new QPushButton(this)) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(12, 7, 10, 7);
  layout->setSpacing(12);
  auto* lines = new QVBoxLayout;
  lines->setSpacing(2);
  for (QLabel* label : {text_, detail_}) {
    label->setWordWrap(false);
    label->setTextFormat(Qt::PlainText);
    label->setForegroundRole(QPalette::WindowText);
    lines->addWidget(label);
  }
  layout->addLayout(lines);
  layout->addWidget(button_);
  button_->setObjectName(QStringLiteral("cardFixButton"));
  button_->setCursor(Qt::PointingHandCursor);
  connect(button_, &QPushButton::clicked, this, &HintCard::clicked);
  hide();
}

void HintCard::setTexts(const QString& text, const QString& detail, Tone tone, const QString& action) {
  tone_ = tone;
  text_->setFont(theme().font(-0.5, tone != Tone::Plain));
  detail_->setFont(theme().font(-0.5));
  QPalette quiet = palette();
  quiet.setColor(QPalette::WindowText, theme().secondary);
  detail_->setPalette(quiet);
  text_->setText(text);
  text_->setVisible(true);
  detail_->setText(detail);
  detail_->setVisible(!detail.isEmpty());
  button_->setText(action);
  button_->setAccessibleName(action);
  button_->setToolTip(action);
  button_->setVisible(!action.isEmpty());
  setAttribute(Qt::WA_TransparentForMouseEvents, action.isEmpty());
  // Long sentences wrap; short ones stay on one line.
  const int most = std::max(160, parentWidget()->width() - 140);
  for (QLabel* label : {text_, detail_}) {
    const bool wraps = label->fontMetrics().horizontalAdvance(label->text()) > std::min(most, 420);
    label->setWordWrap(wraps);
    label->setMinimumWidth(wraps ? std::min(most, 420) : 0);
  }
  // Sizes are of what is shown, and of now: a nested layout that was asked before the first text keeps its answer.
  layout()->invalidate();
  layout()->activate();
  resize(sizeHint());
  update();
}

QString HintCard::text() const { return text_->text(); }

void HintCard::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const Theme& t = theme();
  const QColor edge = tone_ == Tone::Error ? t.error : tone_ == Tone::Warning ? t.warning : t.border;
  painter.setPen(QPen(edge, 1));
  painter.setBrush(t.panel);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
  if (tone_ == Tone::Plain) return;
  painter.setPen(Qt::NoPen);
  painter.setBrush(edge);
  painter.drawRoundedRect(QRectF(4, 6, 3, height() - 12), 1.5, 1.5);
}

}  // namespace vitrine
