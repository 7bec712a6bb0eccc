#include "widgets/data/before_after.h"

#include <QLocale>
#include <QPainter>
#include <algorithm>

#include "widgets/figure/paint.h"
#include "widgets/theme/theme.h"

namespace vitrine {

void paintBars(QPainter& painter, const QRectF& area, const std::vector<std::int64_t>& bins) {
  if (bins.empty()) return;
  const std::int64_t most = std::max<std::int64_t>(1, *std::max_element(bins.begin(), bins.end()));
  const double width = area.width() / static_cast<double>(bins.size());
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme().bar);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const double h = area.height() * static_cast<double>(bins[i]) / static_cast<double>(most);
    painter.drawRect(QRectF(area.left() + width * static_cast<double>(i), area.bottom() - h, std::max(1.0, width - 1), h));
  }
}

BeforeAfter::BeforeAfter(QWidget* parent) : QWidget(parent) {}

void BeforeAfter::setSummaries(const ColumnSummary* before, const ColumnSummary* after) {
  before_ = before ? std::optional(*before) : std::nullopt;
  after_ = after ? std::optional(*after) : std::nullopt;
  update();
}

QSize BeforeAfter::sizeHint() const { return {240, 5 * fontMetrics().height() + 50}; }

void BeforeAfter::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QLocale locale;
  const double line = fontMetrics().height();
  const auto half = [&](const QRectF& r, const QString& title, const std::optional<ColumnSummary>& s) {
    painter.setPen(theme().secondary);
    painter.drawText(QRectF(r.left(), r.top(), r.width(), line), Qt::AlignLeft, title);
    if (!s) {
      painter.drawText(QRectF(r.left(), r.top() + line + 4, r.width(), r.height()), Qt::AlignLeft | Qt::TextWordWrap, tr("becomes other columns"));
      return;
    }
    const QRectF bars(r.left(), r.top() + line + 4, r.width(), 44);
    paintBars(painter, bars, s->bins);
    painter.setPen(theme().text);
    const auto text = [&](int row, const QString& words) {
      painter.drawText(QRectF(r.left(), bars.bottom() + 2 + row * line, r.width(), line), Qt::AlignLeft, fontMetrics().elidedText(words, Qt::ElideRight, int(r.width())));
    };
    if (s->count > 0 && s->deviation + s->high != s->low + 0.0) {
      text(0, tr("%1 … %2").arg(numberText(s->low), numberText(s->high)));
      text(1, tr("mean %1 ± %2").arg(numberText(s->mean), numberText(s->deviation, 3)));
    } else {
      text(0, tr("%1 different values").arg(locale.toString(qlonglong(s->distinct))));
    }
    text(2, s->missing > 0 ? tr("%1 missing").arg(locale.toString(qlonglong(s->missing))) : tr("none missing"));
  };
  const double width = (this->width() - 16) / 2.0;
  half(QRectF(0, 0, width, height()), tr("Before"), before_);
  half(QRectF(width + 16, 0, width, height()), tr("After"), after_);
}

}  // namespace vitrine
