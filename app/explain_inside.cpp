#include "app/explain_inside.h"

#include <algorithm>
#include <utility>

#include "app/explain_wall.h"
#include "core/base/thread_pool.h"
#include "core/explain/units.h"
#include "core/insight/activation_maximisation.h"
#include "core/train/outputs.h"
#include "widgets/editor/category.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

constexpr std::size_t kTopSamples = 8, kMostRows = 2000;

QComboBox* choiceBox(const QString& name, const QString& label, const QString& tip, const QStringList& items) {
  auto* box = new QComboBox;
  box->setObjectName(name);
  box->setAccessibleName(label);
  box->setToolTip(tip);
  box->addItems(items);
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  // Wide enough for its own words, whatever is added later.
  qsizetype longest = 0;
  for (const QString& item : items) longest = std::max(longest, item.size());
  box->setMinimumContentsLength(static_cast<int>(std::max<qsizetype>(8, longest)));
  return box;
}

std::string keyOf(const Snapshot& s, const ExplainSample& sample) { return stateKey(s) + '#' + std::to_string(sample.id); }

WalkLayer layerOf(const Network& network, const NodeActivation& a) {
  WalkLayer l;
  const Node* node = network.graph().find(a.node);
  l.id = static_cast<int>(a.node.value);
  l.name = node ? fromCore(node->name) : QString();
  l.shape = fromCore(a.shape.text());
  l.values = a.values;
  if (a.shape.isImage())
    l.height = static_cast<int>(a.shape[0]), l.width = static_cast<int>(a.shape[1]), l.channels = static_cast<int>(a.shape[2]);
  else if (a.shape.rank() == 2)
    l.width = static_cast<int>(a.shape[0]), l.channels = static_cast<int>(a.shape[1]), l.series = true;
  else
    l.channels = static_cast<int>(a.shape.size());
  return l;
}

QString computing() { return ExplainInside::tr("computing…"); }

QRect fieldBox(const ReceptiveField& f) {
  return QRect(static_cast<int>(f.x0), static_cast<int>(f.y0), static_cast<int>(f.x1 - f.x0), static_cast<int>(f.y1 - f.y0));
}

}  // namespace

StepData stepData(const StepExplanation& e) {
  StepData d;
  d.title = ExplainInside::tr("One step of %1, %2").arg(fromCore(e.node), fromCore(e.unit));
  for (const StepSection& s : e.sections) {
    StepPart part{fromCore(s.title), {}, {}};
    for (const StepRow& r : s.rows) {
      StepLine line{fromCore(r.label), fromCore(r.formula), fromCore(r.note), r.value};
      if (r.difference) line.difference = *r.difference;
      line.corner = r.corner;
      part.lines.push_back(std::move(line));
    }
    for (const StepTable& t : s.tables) {
      StepGrid g{fromCore(t.title), fromCore(t.note), {}, {}, t.values};
      for (const std::string& c : t.columns) g.columns << fromCore(c);
      for (const std::string& n : t.names) g.names << fromCore(n);
      part.grids.push_back(std::move(g));
    }
    d.parts.push_back(std::move(part));
  }
  return d;
}

ExplainInside::ExplainInside(QObject* parent)
    : QObject(parent),
      walk_(new WalkView),
      unit_(new UnitFigure),
      step_(new StepView),
      show_(choiceBox(QStringLiteral("explainWalkShow"), tr("What the maps show"), tr("Each unit's activation, or what flows through it to the target (conductance: on the way from the baseline)"), {tr("activation")})),
      scale_(choiceBox(QStringLiteral("explainWalkScale"), tr("Colour scale"), tr("Colour scale: one for a layer, for each map, or for the whole network"), {tr("layer"), tr("map"), tr("network")})),
      part_(choiceBox(QStringLiteral("explainUnitPart"), tr("What is looked at"), tr("The whole channel at all its places, or the one unit that was clicked"), {tr("whole channel"), tr("this unit")})),
      stepOf_(choiceBox(QStringLiteral("explainStepOf"), tr("Which step"), tr("A step on this sample alone, or on the batch that training takes next"), {tr("this sample alone"), tr("the next batch")})) {
  walk_->setObjectName(QStringLiteral("explainWalk"));
  unit_->setObjectName(QStringLiteral("explainUnit"));
  step_->setObjectName(QStringLiteral("explainStep"));
  walk_->setPlaceholder(tr("Choose a sample: what every layer makes of it appears here."));
  unit_->setPlaceholder(tr("Click on a map above: what that unit sees, what moves it most, and what the answer is without it."));
  step_->setPlaceholder(tr("Click on a unit in 'Inside the network': its numbers in one training step appear here."));
  for (const ExplainerSpec& spec : explainerRegistry())
    if (spec.ofUnits) show_->addItem(fromCore(spec.name).toLower(), fromCore(spec.id));
  show_->setMinimumContentsLength(16);
  connect(show_, &QComboBox::currentIndexChanged, this, &ExplainInside::refreshWalk);
  connect(scale_, &QComboBox::currentIndexChanged, walk_, [this](int i) { walk_->setScale(static_cast<WalkScale>(i)); });
  connect(part_, &QComboBox::currentIndexChanged, this, &ExplainInside::refreshUnit);
  connect(stepOf_, &QComboBox::currentIndexChanged, this, &ExplainInside::refreshStep);
  connect(walk_, &WalkView::unitSelected, this, [this](int id, qint64 unit) { select(NodeId{static_cast<std::uint32_t>(id)}, unit); });
}

void ExplainInside::setWanted(bool inside, bool step) {
  inside_ = inside;
  stepWanted_ = step;
  // What is not seen is not computed, and starts anew when it is seen.
  if (!inside && walkQueue_.busy()) walkQueue_.cancel(), walked_.clear();
  if (!inside && unitQueue_.busy()) unitQueue_.cancel(), looked_.clear();
  if (!step && stepQueue_.busy()) stepQueue_.cancel(), stepped_.clear();
  refreshWalk();
  refreshUnit();
  refreshStep();
}

void ExplainInside::show(std::shared_ptr<const Snapshot> snapshot, const ExplainSample* sample, const TargetChoice& target, const BaselineChoice& baseline) {
  target_ = target;
  baseline_ = baseline;
  snapshot_ = std::move(snapshot);
  sample_.reset();
  const bool fits = snapshot_ && sample && sample->input.size() == static_cast<std::size_t>(snapshot_->network->data().input.size());
  if (fits) sample_ = *sample;
  if (!fits) {
    walkQueue_.cancel();
    unitQueue_.cancel();
    stepQueue_.cancel();
    walked_.clear();
    looked_.clear();
    stepped_.clear();
    walk_->setData({});
    unit_->setData({});
    step_->setData({});
    return;
  }
  const Network& network = *snapshot_->network;
  if (!network.graph().find(node_) || std::find(network.order().begin(), network.order().end(), node_) == network.order().end() || index_ >= network.shape(node_).size()) {
    // Something to look at from the start: the middle of the first convolution or dense layer.
    node_ = {};
    for (NodeId id : network.order())
      if (const Node* n = network.graph().find(id); n->type.starts_with("conv") || n->type == "dense") {
        node_ = id;
        break;
      }
    if (node_.value == 0) node_ = network.order().back();
    const Shape& s = network.shape(node_);
    index_ = s.isImage() ? (s[0] / 2 * s[1] + s[1] / 2) * s[2] : 0;
    emit unitChanged();
  }
  refreshWalk();
  refreshUnit();
  refreshStep();
}

void ExplainInside::tellStopped() {
  stopped_ = true;
  const QString text = tr("Cancelled. F5 computes it.");
  if (walk_->isEmpty()) walk_->setPlaceholder(text), walk_->update();
  if (step_->isEmpty()) step_->setPlaceholder(text), step_->update();
  if (unitQueue_.busy()) return;
  for (QString* note : {&known_.topNote, &known_.bestNote, &known_.ablationNote})
    if (*note == computing()) *note = text;
  if (!unit_->isEmpty()) unit_->setData(known_);
}

void ExplainInside::again() {
  if (std::exchange(stopped_, false))
    for (std::string* done : {&walked_, &looked_, &stepped_}) done->clear();
  refreshWalk();
  refreshUnit();
  refreshStep();
}

void ExplainInside::select(NodeId node, std::int64_t unit) {
  if (node == node_ && unit == index_) return;
  node_ = node;
  index_ = unit;
  walk_->select(static_cast<int>(node.value), unit);
  emit unitChanged();
  refreshUnit();
  refreshStep();
}

void ExplainInside::refreshWalk() {
  if (!inside_ || !snapshot_ || !sample_) return;
  const ExplainerSpec* through = this->through();
  const std::string key = keyOf(*snapshot_, *sample_) + (through ? through->id + settingsKey(through->params, through_) + targetKey(target_) + '#' + baselineKey(baseline_) : "");
  if (key == walked_) return;
  walked_ = key;
  walkQueue_.start({{tr("feature maps"), [this, snapshot = snapshot_, sample = *sample_, through, settings = through_, choice = target_, base = baseline_](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
                       const std::span<const Real> params = snapshot->state->params.span();
                       auto maps = std::make_shared<Result<std::vector<NodeActivation>>>(featureMaps(*snapshot->network, params, sample.input));
                       if (*maps && through) {
                         // In place of its activation what each layer lets through; a layer that has none (the input) goes.
                         std::vector<NodeActivation> flows;
                         const Result<Target> target = targetOf(choice, *snapshot, &sample);
                         const Result<std::vector<Real>> baseline = baselineFor(base, *snapshot->data, sample.input);
                         std::optional<Error> why;
                         if (!target) why = target.error();
                         if (!baseline) why = baseline.error();
                         double done = 0;
                         for (NodeActivation& a : **maps) {
                           if (!target || !baseline) break;
                           progress(done++ / static_cast<double>((*maps)->size()));
                           Params layer{{"layer", snapshot->network->graph().find(a.node)->name}};
                           for (const auto& [id, value] : settings)
                             if (id != "layer" && std::any_of(through->params.begin(), through->params.end(), [&name = id](const Param& p) { return p.id == name; })) layer[id] = value;
                           if (!through->supports(*snapshot->network, layer)) continue;
                           Result<Attribution> flow = through->explain({.network = *snapshot->network, .params = params, .input = sample.input, .target = *target, .settings = layer, .baseline = *baseline, .stop = stop});
                           if (stop.stop_requested()) return {};
                           if (!flow && !why) why = flow.error();
                           if (const std::optional<TargetUnits> units = flow ? unitsOf(flow->explained, *snapshot->data) : std::nullopt) toUnits(*units, *flow);
                           if (flow && flow->shape == a.shape) flows.push_back({a.node, a.shape, std::move(flow->values)});
                         }
                         if (flows.empty() && why) *maps = *why;
                         else *maps = std::move(flows);
                       }
                       return [this, snapshot, maps, name = sample.name] {
                         if (!*maps) {
                           walk_->setPlaceholder(fromCore(maps->error().text()));
                           return walk_->setData({});
                         }
                         WalkData d;
                         d.title = tr("%1 on its way through the network").arg(name);
                         d.scale = static_cast<WalkScale>(scale_->currentIndex());
                         for (const NodeActivation& a : **maps) d.layers.push_back(layerOf(*snapshot->network, a));
                         walk_->setData(std::move(d));
                         walk_->select(static_cast<int>(node_.value), index_);
                       };
                     }}});
}

UnitChoice ExplainInside::choice() const {
  const Shape& s = snapshot_->network->shape(node_);
  const bool channel = part_->currentIndex() == 0 && s.rank() > 1;
  return {node_, channel ? index_ % s.dims.back() : index_, channel};
}

UnitInputPicture ExplainInside::picture(const ExplainSample& sample) const {
  UnitInputPicture p;
  p.name = sample.name;
  const Shape& s = snapshot_->data->spec.input;
  if (s.rank() == 2)
    for (std::int64_t t = 0; t < s[0]; ++t) p.values.push_back(static_cast<Real>(sample.raw[static_cast<std::size_t>(t * s[1])]));
  else
    p.values = shownInput(*snapshot_->data, sample);
  return p;
}

void ExplainInside::refreshUnit() {
  if (!inside_ || !snapshot_ || !sample_ || node_.value == 0) return;
  const std::string key = keyOf(*snapshot_, *sample_) + '#' + std::to_string(node_.value) + ',' + std::to_string(index_) + ',' + std::to_string(part_->currentIndex()) + settingsKey(findExplainer("activation-maximisation")->params, maximisation_);
  if (key == looked_) return;
  looked_ = key;
  const Network& network = *snapshot_->network;
  const Dataset& data = *snapshot_->data;
  const Shape& input = data.spec.input;
  const ReceptiveField field = receptiveField(network, node_, index_);
  UnitData d;
  const Node* node = network.graph().find(node_);
  const UnitChoice c = choice();
  part_->setEnabled(network.shape(node_).rank() > 1);  // a unit of a dense layer is its own channel
  d.title = fromCore(node->name) + QStringLiteral(", ") + (c.channel ? tr("channel %1").arg(c.index) : fromCore(unitName(network.shape(node_), index_)));
  if (input.isImage()) d.height = static_cast<int>(input[0]), d.width = static_cast<int>(input[1]), d.channels = static_cast<int>(input[2]);
  if (input.rank() == 2) d.channels = 0, d.width = static_cast<int>(input[0]);
  if (input.rank() == 1)
    for (const std::string& f : data.featureNames) d.features << fromCore(f);
  for (const std::string& k : data.spec.classes) d.classes << fromCore(k);
  d.ofChannel = c.channel;
  for (std::int64_t k = 0; k < data.spec.outputs; ++k) d.outputs << outputName(data, k);
  d.input = picture(*sample_);
  d.input.field = fieldBox(field);
  const std::int64_t steps = field.x1 - field.x0;
  d.fieldText = input.isImage() ? tr("Sees %1 × %2 pixels").arg(field.y1 - field.y0).arg(field.x1 - field.x0)
                : input.rank() == 2 ? steps == 1 ? tr("Sees 1 step") : tr("Sees %1 steps").arg(QLocale().toString(qlonglong(steps))) : tr("Sees %1 of %2 inputs").arg(field.count).arg(input.size());
  d.topNote = d.bestNote = d.ablationNote = computing();
  // What was there stays until the new is there, when it is of the same unit.
  if (d.title == known_.title) d.top = known_.top, d.best = known_.best, d.before = known_.before, d.after = known_.after, d.shares = known_.shares;
  known_ = d;
  unit_->setData(std::move(d));
  unitQueue_.start({ablationJob(), topJob(), bestJob()});
}

JobQueue::Job ExplainInside::ablationJob() {
  return {tr("ablation"), [this, snapshot = snapshot_, sample = *sample_, c = choice()](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const UnitChoice one[] = {c};
            auto r = std::make_shared<Result<std::vector<Ablation>>>(ablate(*snapshot->network, snapshot->state->params.span(), sample.input, one, {}, stop, progress));
            if (stop.stop_requested()) return {};
            return [this, snapshot, r] {
              known_.before.clear();
              known_.after.clear();
              if (!*r) {
                known_.ablationNote = fromCore(r->error().text());
              } else {
                const Ablation& a = (*r)->front();
                const auto read = [&](const std::vector<Real>& logits) {
                  std::vector<Real> out(logits.size());
                  readOutputs(*snapshot->network, *snapshot->data, 1, logits.data(), out.data());
                  return std::vector<double>(out.begin(), out.end());
                };
                known_.before = read(a.logits);
                known_.after = read(a.logitsAfter);
                known_.shares = outputReading(*snapshot->network) != OutputReading::Plain;
              }
              unit_->setData(known_);
            };
          }};
}

JobQueue::Job ExplainInside::topJob() {
  return {tr("top samples"), [this, snapshot = snapshot_, c = choice()](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const Dataset& data = *snapshot->data;
            const std::vector<std::int32_t>& all = data.validation.empty() ? data.train : data.validation;
            const std::vector<std::int32_t> rows(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), kMostRows)));
            const bool alone = snapshot->run == RunState::Running;
            std::unique_ptr<ThreadPool> pool = alone ? nullptr : std::make_unique<ThreadPool>(machineThreads());
            auto r = std::make_shared<Result<std::vector<TopSample>>>(topSamples(*snapshot->network, snapshot->state->params.span(), data, rows, c, kTopSamples, pool.get(), stop, progress));
            if (stop.stop_requested()) return {};
            return [this, snapshot, r, node = c.node] {
              known_.top.clear();
              known_.topNote = *r ? tr("none") : fromCore(r->error().text());
              if (*r && snapshot_ && snapshot_->data == snapshot->data)
                for (const TopSample& t : **r) {
                  UnitInputPicture p = picture(sampleOfRow(*snapshot->data, t.row));
                  p.name = numberText(static_cast<double>(t.value), 3);
                  p.field = fieldBox(receptiveField(*snapshot->network, node, t.element));
                  known_.top.push_back(std::move(p));
                }
              unit_->setData(known_);
            };
          }};
}

JobQueue::Job ExplainInside::bestJob() {
  return {tr("activation maximisation"), [this, snapshot = snapshot_, sample = *sample_, node = node_, unit = index_, settings = maximisationSettings()](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            auto r = std::make_shared<Result<Attribution>>(findExplainer("activation-maximisation")->explain({.network = *snapshot->network,
                                                                                                             .params = snapshot->state->params.span(),
                                                                                                             .input = sample.input,
                                                                                                             .target = Target::unitOf(node, unit),
                                                                                                             .settings = settings,
                                                                                                             .stop = stop,
                                                                                                             .progress = progress,
                                                                                                             .data = snapshot->data.get()}));
            if (stop.stop_requested()) return {};
            return [this, snapshot, r, whole = settings.at("part") == ParamValue(std::string("channel"))] {
              known_.best.clear();
              if (!*r) {
                known_.bestNote = fromCore(r->error().text());
              } else if (const Maximisation& m = *(*r)->maximisation; !m.moved) {
                known_.bestNote = tr("Its gradient is 0 all along (a silent unit): nothing moves it from here.");
              } else {
                const Dataset& data = *snapshot->data;
                UnitInputPicture p;
                const Shape& s = data.spec.input;
                std::vector<Real> x(m.input.size());
                if (const auto range = pixelRangeOfNetwork(data)) {
                  for (std::size_t i = 0; i < x.size(); ++i) x[i] = (m.input[i] - range->first) / (range->second - range->first);
                } else if (s.isImage()) {
                  const Range all = fullRange(m.input);
                  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<Real>(all.at(static_cast<double>(m.input[i])));
                } else {
                  inputsInUnits(data, 1, m.input.data(), x.data());
                }
                if (s.rank() == 2)
                  for (std::int64_t t = 0; t < s[0]; ++t) p.values.push_back(x[static_cast<std::size_t>(t * s[1])]);
                else
                  p.values = std::move(x);
                p.name = (whole ? tr("mean %1 → %2") : tr("%1 → %2")).arg(numberText(m.activation.front(), 3), numberText(m.activation.back(), 3));
                known_.best.push_back(std::move(p));
              }
              unit_->setData(known_);
            };
          }};
}

Params ExplainInside::maximisationSettings() const {
  Params all = maximisation_;
  all["part"] = std::string(choice().channel ? "channel" : "unit");
  return all;
}

const ExplainerSpec* ExplainInside::through() const { return findExplainer(show_->currentData().toString().toStdString()); }

void ExplainInside::setThrough(const Params& settings) {
  through_ = settings;
  refreshWalk();
}

void ExplainInside::setMaximisation(const Params& settings) {
  maximisation_ = settings;
  refreshUnit();
}

void ExplainInside::refreshStep() {
  if (!stepWanted_ || !snapshot_ || !sample_ || node_.value == 0) return;
  const std::string key = keyOf(*snapshot_, *sample_) + '#' + std::to_string(node_.value) + ',' + std::to_string(index_) + ',' + std::to_string(stepOf_->currentIndex());
  if (key == stepped_) return;
  stepped_ = key;
  const bool alone = stepOf_->currentIndex() == 0;
  if (alone && sample_->row < 0) {
    step_->setPlaceholder(tr("Nobody knows the true class of a sample of one's own, so it gives no training step. Choose a sample of the data, or the next batch."));
    return step_->setData({});
  }
  stepQueue_.start({{tr("one step"), [this, snapshot = snapshot_, row = sample_->row, node = node_, unit = index_, alone](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
                       StepQuestion q = nextStep(*snapshot, node, unit);
                       if (alone) {
                         q.rows = {row};
                         q.sample = 0;
                       } else if (const auto it = std::find(q.rows.begin(), q.rows.end(), row); it != q.rows.end()) {
                         q.sample = static_cast<std::size_t>(it - q.rows.begin());
                       }
                       q.stop = stop;
                       q.progress = progress;
                       auto r = std::make_shared<Result<StepExplanation>>(explainStep(q));
                       if (stop.stop_requested()) return {};
                       return [this, r] {
                         if (!*r) {
                           step_->setPlaceholder(fromCore(r->error().text()));
                           return step_->setData({});
                         }
                         step_->setData(stepData(**r));
                       };
                     }}});
}

}  // namespace vitrine
