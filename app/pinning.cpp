#include "app/pinning.h"

#include <QInputDialog>
#include <QLocale>
#include <QRandomGenerator>
#include <algorithm>

#include "core/train/outputs.h"
#include "widgets/editor/category.h"
#include "widgets/figure/paint.h"

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

namespace {

/// A sample's numbers as the file has them; what it does not have was filled in, and is no value of it.
QStringList valuesInFile(const Dataset& data, std::int32_t row) {
  QStringList out;
  for (std::int64_t i = 0; i < data.inputs.size(); ++i) {
    const std::size_t f = static_cast<std::size_t>(i);
    const std::int32_t origin = f < data.featureOrigins.size() ? data.featureOrigins[f] : -1;
    const Column* column = origin >= 0 && data.table && static_cast<std::size_t>(row) < data.tableRows.size() ? &data.table->columns[static_cast<std::size_t>(origin)] : nullptr;
    const bool missing = column && data.featureNames[f] == column->name && column->isMissing(data.tableRows[static_cast<std::size_t>(row)]);
    out << (missing ? PinMenu::tr("missing") : numberText(data.inputs.raw(row, i)));
  }
  return out;
}

}  // namespace

PinnedData pinnedData(const Observation& o) {
  const Dataset& data = *o.of->data;
  PinnedData d;
  d.title = PinMenu::tr("Pinned samples, explained live");
  for (const std::string& c : data.spec.classes) d.classes << fromCore(c);
  d.shares = outputReading(*o.of->network) != OutputReading::Plain;
  for (const std::string& f : data.featureNames) d.features << fromCore(f);
  d.targetName = fromCore(data.targetName);
  if (data.images || data.inputs.isBytes()) d.inputRange = {data.low, data.high};
  const Shape& shape = data.spec.input;
  // A method that does not apply to this network at all gets no column; its reason stands in the method's own place.
  std::vector<std::size_t> shown;
  for (std::size_t m = 0; m < o.request.methods.size(); ++m) {
    const ExplainerSpec* spec = findExplainer(o.request.methods[m]);
    if (!spec || !spec->supports(*o.of->network, {})) continue;
    shown.push_back(m);
    const bool cam = o.request.methods[m] == "grad-cam";
    d.methods.push_back({fromCore(spec->name), !cam, cam});
  }
  for (const PinnedObservation& p : o.pinned) {
    PinnedSample s;
    s.name = PinMenu::tr("sample %1").arg(QLocale().toString(p.row));
    s.input = p.input;
    // Data exchanged under the request leave it without an input.
    if (shape.isImage() && (!p.input.empty() || p.row < data.count())) s.height = static_cast<int>(shape[0]), s.width = static_cast<int>(shape[1]), s.channels = static_cast<int>(shape[2]);
    s.probabilities.assign(p.outputs.begin(), p.outputs.end());
    if (p.row < data.count()) {
      if (data.spec.task == Task::Labels)
        for (std::int64_t k = 0; k < data.spec.outputs; ++k) s.trueLabels.push_back(data.targets[static_cast<std::size_t>(p.row * data.spec.outputs + k)] > 0.5);
      else if (data.spec.task == Task::Classification)
        s.trueClass = data.classes[static_cast<std::size_t>(p.row)];
      else
        s.trueValue = data.targets[static_cast<std::size_t>(p.row * data.spec.outputs)];
      s.input = rawInput(data, p.row);  // what stands in the file, not what the network gets
      if (!shape.isImage()) s.values = valuesInFile(data, p.row);
    }
    for (std::size_t m : shown) {
      PinnedMap map;
      const Result<Attribution>& a = p.attributions[m];
      if (!a) {
        map.note = fromCore(a.error().text());
      } else if (a->shape.isImage()) {
        map.height = static_cast<int>(a->shape[0]), map.width = static_cast<int>(a->shape[1]);
        const std::size_t channels = static_cast<std::size_t>(a->shape[2]);
        map.values.resize(a->values.size() / channels);
        for (std::size_t i = 0; i < a->values.size(); ++i) map.values[i / channels] += a->values[i];
      } else {
        map.height = 1, map.width = static_cast<int>(a->values.size());
        map.values = a->values;
      }
      s.maps.push_back(std::move(map));
    }
    d.samples.push_back(std::move(s));
  }
  return d;
}

}  // namespace vitrine
