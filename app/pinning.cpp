#include "app/pinning.h"

#include <QInputDialog>
#include <QLocale>
#include <QRandomGenerator>
#include <algorithm>

namespace vitrine {

PinMenu::PinMenu(Document& document, QWidget* parent) : QMenu(parent), document_(document) {
  setToolTipsVisible(true);
  connect(this, &QMenu::aboutToShow, this, &PinMenu::fill);
  fill();
}

void PinMenu::fill() {
  clear();
  const auto item = [this](const QString& text, const char* name, const QString& tip, auto&& does) {
    QAction* a = addAction(text, this, does);
    a->setObjectName(QLatin1String(name));
    a->setToolTip(tip);
    return a;
  };
  const DatasetPtr& data = document_.data();
  const bool room = data && document_.pinned().size() < kMostPinned;
  const bool classes = data && data->spec.task == Task::Classification;
  item(tr("Pin a random sample"), "pinRandom", tr("One of the samples kept for validation"), [this] { pinRandom(); })->setEnabled(room);
  item(tr("Pin a mistaken sample"), "pinMistaken", tr("One that the network takes for another class now"), [this] { pinMistaken(); })
      ->setEnabled(room && classes && document_.snapshot() && document_.snapshot()->state);
  item(tr("Pin sample by number…"), "pinNumber", tr("Numbers count the samples of the data from 0"), [this] { pinNumber(); })->setEnabled(room);
  addSeparator();
  for (std::int32_t row : document_.pinned()) {
    QString text = tr("Unpin sample %1").arg(QLocale().toString(row));
    if (classes) text += QStringLiteral(" · ") + QString::fromStdString(data->spec.classes[static_cast<std::size_t>(data->classes[static_cast<std::size_t>(row)])]);
    QAction* a = addAction(text, this, [this, row] { document_.unpin(row); });
    a->setObjectName(QStringLiteral("unpin_%1").arg(row));
  }
}

void PinMenu::pinRandom() {
  const Dataset& d = *document_.data();
  const std::vector<std::int32_t>& rows = d.validation.empty() ? d.train : d.validation;
  for (int tries = 0; tries < 100 && !rows.empty(); ++tries) {
    const std::int32_t row = rows[QRandomGenerator::global()->bounded(static_cast<quint32>(rows.size()))];
    if (document_.pin(row)) return;
  }
}

void PinMenu::pinMistaken() {
  pinFound(tr("The network mistakes no other sample kept for validation."), [](int truth, int predicted) { return truth != predicted; });
}

void PinMenu::pinConfused(int truth, int predicted) {
  if (!document_.data() || document_.pinned().size() >= kMostPinned)
    return emit document_.said(tr("%1 samples are pinned already: unpin one first.").arg(kMostPinned));
  const std::vector<std::string>& names = document_.data()->spec.classes;
  const auto name = [&](int c) { return QString::fromStdString(names[static_cast<std::size_t>(c)]); };
  pinFound(tr("No other sample of %1 is taken for %2 by the network as it is now.").arg(name(truth), name(predicted)),
           [truth, predicted](int t, int p) { return t == truth && p == predicted; });
}

void PinMenu::pinFound(const QString& none, std::function<bool(int, int)> wants) { document_.pinWhere(std::move(wants), none); }

void PinMenu::pinNumber() {
  bool ok = false;
  const int row = QInputDialog::getInt(parentWidget(), tr("Pin sample by number"), tr("Number, from 0 on"), 0, 0,
                                       static_cast<int>(document_.data()->count()) - 1, 1, &ok);
  if (ok && !document_.pin(row)) emit document_.said(tr("Sample %1 is pinned already.").arg(QLocale().toString(row)));
}

}  // namespace vitrine
