#include <algorithm>
#include <cmath>
#include <utility>

#include "app/explain_tables.h"
#include "core/train/outputs.h"
#include "widgets/editor/category.h"
#include "widgets/figure/paint.h"

namespace vitrine {

ExplainCounterfactual::ExplainCounterfactual(QObject* parent) : QObject(parent), view_(new CounterfactualView), method_(new QComboBox) {
  view_->setObjectName(QStringLiteral("explainCounterfactual"));
  view_->setPlaceholder(tr("Choose a sample: the smallest change found that makes another class of it appears here."));
  method_->setObjectName(QStringLiteral("explainCounterfactualMethod"));
  method_->setAccessibleName(tr("How the change is sought"));
  method_->setToolTip(tr("How the smallest change is sought"));
  for (const ExplainerSpec& s : explainerRegistry())
    if (s.family == ExplainerSpec::Family::Counterfactual) method_->addItem(fromCore(s.name), fromCore(s.id));
  method_->setVisible(method_->count() > 0);
  method_->setCurrentIndex(method_->count() - 1);
  connect(method_, &QComboBox::activated, this, [this] {
    settings_.clear();
    refresh();
  });
}

const ExplainerSpec* ExplainCounterfactual::spec() const { return findExplainer(method_->currentData().toString().toStdString()); }

Params ExplainCounterfactual::settings() const {
  Params all = settings_;
  const ExplainerSpec* s = spec();
  // Pixels that the network gets as 0 … 1 stay there unless asked otherwise.
  const bool pixels = snapshot_ && snapshot_->data->spec.input.isImage() && snapshot_->data->inputScaling.empty();
  if (s && pixels && !all.contains("limits") && std::any_of(s->params.begin(), s->params.end(), [](const Param& p) { return p.id == "limits"; })) all["limits"] = true;
  // A length grows with the root of the number of inputs; what is sought is the smallest that flips, below this.
  const bool length = s && std::any_of(s->params.begin(), s->params.end(), [](const Param& p) { return p.id == "norm"; }) && (!all.contains("norm") || all["norm"] == ParamValue(std::string("euclidean")));
  if (length && snapshot_ && !all.contains("largest")) all["largest"] = std::ceil(2 * std::sqrt(static_cast<double>(snapshot_->data->spec.input.size())));
  return all;
}

void ExplainCounterfactual::setSettings(const Params& settings) {
  settings_ = settings;
  refresh();
}

void ExplainCounterfactual::setWanted(bool wanted) {
  wanted_ = wanted;
  if (!wanted && queue_.busy()) queue_.cancel(), shown_.clear();
  refresh();
}

void ExplainCounterfactual::tellStopped() {
  stopped_ = true;
  if (view_->isEmpty()) view_->setPlaceholder(tr("Cancelled. F5 computes it.")), view_->update();
}

void ExplainCounterfactual::again() {
  if (std::exchange(stopped_, false)) shown_.clear();
  refresh();
}

void ExplainCounterfactual::show(std::shared_ptr<const Snapshot> snapshot, const ExplainSample* sample) {
  const bool fits = snapshot && sample && sample->input.size() == static_cast<std::size_t>(snapshot->network->data().input.size());
  snapshot_ = fits ? std::move(snapshot) : nullptr;
  sample_.reset();
  if (fits) sample_ = *sample;
  if (!fits) {
    queue_.cancel();
    shown_.clear();
    return view_->setData({});
  }
  refresh();
}

void ExplainCounterfactual::refresh() {
  if (!wanted_ || !snapshot_ || !sample_) return;
  const ExplainerSpec* spec = this->spec();
  if (!spec) {
    view_->setPlaceholder(tr("No way of seeking counterfactuals is there."));
    return view_->setData({});
  }
  std::string key = stateKey(*snapshot_) + '#' + std::to_string(sample_->id) + spec->id;
  const Params settings = this->settings();
  for (const auto& [id, value] : settings)
    for (const Param& p : spec->params)
      if (p.id == id) key += '|' + id + paramText(p, value);
  if (key == shown_) return;
  shown_ = key;
  if (Status s = spec->supports(*snapshot_->network, settings); !s) {
    queue_.cancel();
    view_->setPlaceholder(fromCore(s.error().text()));
    return view_->setData({});
  }
  view_->setPlaceholder(tr("looking for it…"));
  queue_.start({{fromCore(spec->name), [this, spec, settings, snapshot = snapshot_, sample = *sample_](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
                   const Network& network = *snapshot->network;
                   auto r = std::make_shared<Result<Attribution>>(spec->explain({.network = network, .params = snapshot->state->params.span(), .input = sample.input, .target = {}, .settings = settings,
                                                                                 .stop = stop, .progress = progress}));
                   if (stop.stop_requested()) return {};
                   std::vector<Real> before = predictions(*snapshot, sample.input, 1), after;
                   if (*r && (*r)->counterfactual) after = predictions(*snapshot, (*r)->counterfactual->result, 1);
                   return [this, snapshot, sample, r, before, after] {
                     if (!*r || !(*r)->counterfactual) {
                       view_->setPlaceholder(*r ? tr("This method gives no counterfactual.") : fromCore(r->error().text()));
                       return view_->setData({});
                     }
                     const Dataset& data = *snapshot->data;
                     const Counterfactual& c = *(*r)->counterfactual;
                     const Shape& shape = data.spec.input;
                     CounterfactualData d;
                     d.title = tr("Counterfactual of %1").arg(sample.name);
                     if (shape.isImage()) d.height = static_cast<int>(shape[0]), d.width = static_cast<int>(shape[1]), d.channels = static_cast<int>(shape[2]);
                     const auto name = [&](std::int64_t k) {
                       return static_cast<std::size_t>(k) < data.spec.classes.size() ? fromCore(data.spec.classes[static_cast<std::size_t>(k)]) : tr("output %1").arg(k + 1);
                     };
                     d.from = name(c.from);
                     d.to = name(c.to);
                     d.flipped = c.flipped;
                     d.sentence = tr("Change L∞ %1, L2 %2 in the network's units.").arg(numberText(c.largest, 3), numberText(c.euclidean, 3));
                     if (!c.flipped) d.sentence += QLatin1Char(' ') + tr("No change within the allowed size makes another class of it: this is the largest that was tried.");
                     const std::size_t n = sample.input.size();
                     std::vector<Real> raw(n);
                     inputsInUnits(data, 1, c.result.data(), raw.data());
                     const PixelRange pixels = pixelRange(data);
                     const auto shown = [&](double v) { return static_cast<Real>(shape.isImage() ? (v - pixels.black) / (pixels.white - pixels.black) : v); };
                     for (std::size_t i = 0; i < n; ++i) {
                       d.moved.push_back(c.result[i] - sample.input[i]);
                       // What was not changed keeps its number to the digit.
                       const bool same = c.result[i] == sample.input[i];
                       d.original.push_back(shown(sample.raw[i]));
                       d.result.push_back(same ? d.original.back() : shown(static_cast<double>(raw[i])));
                     }
                     if (shape.rank() == 2) d.steps = static_cast<int>(shape[0]);
                     for (const std::string& f : data.featureNames) d.features << fromCore(f);
                     d.shares = outputReading(*snapshot->network) != OutputReading::Plain;
                     if (!after.empty() && data.spec.task == Task::Classification) {
                       const std::size_t f = static_cast<std::size_t>(c.from), t = static_cast<std::size_t>(c.to);
                       d.fromProbabilities = {static_cast<double>(before[f]), static_cast<double>(before[t]), static_cast<double>(after[f]), static_cast<double>(after[t])};
                     }
                     view_->setData(std::move(d));
                   };
                 }}});
}

}  // namespace vitrine
