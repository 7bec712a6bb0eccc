#include "core/insight/explain_step.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/numbers.h"
#include "core/explain/pass.h"
#include "core/insight/layer_geometry.h"
#include "core/insight/step_parts.h"
#include "core/layers/specs.h"

namespace vitrine {
namespace {

Status check(const StepQuestion& q) {
  if (!q.network || !q.data) return problem("There is no network or no data.");
  if (static_cast<std::int64_t>(q.params.size()) != q.network->parameterCount())
    return Error{{}, "parameters", std::to_string(q.params.size()) + " values", std::to_string(q.network->parameterCount()), {}};
  const std::vector<NodeId>& order = q.network->order();
  if (std::find(order.begin(), order.end(), q.node) == order.end()) return problem("This node is not part of the network.");
  if (q.unit < 0 || q.unit >= q.network->shape(q.node).size())
    return Error{{}, "node '" + q.network->graph().find(q.node)->name + "'", "unit " + std::to_string(q.unit),
                 "0 to " + std::to_string(q.network->shape(q.node).size() - 1), {}};
  if (q.rows.empty() || q.sample >= q.rows.size()) return problem("There is no sample to look at.");
  for (const std::int32_t row : q.rows)
    if (row < 0 || row >= q.data->count()) return problem("There is no row " + std::to_string(row) + " in the data set.");
  if (q.network->data().input != q.data->spec.input || q.network->outputs() != q.data->spec.outputs)
    return problem("The network was made for other data.");
  return {};
}

/// The places with the largest |gradient|, at most `most` of them, in their order.
std::vector<std::size_t> steepest(const std::vector<double>& gradients, int most) {
  std::vector<std::size_t> order(gradients.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return std::abs(gradients[a]) > std::abs(gradients[b]); });
  order.resize(std::min(order.size(), static_cast<std::size_t>(std::max(most, 0))));
  std::sort(order.begin(), order.end());
  return order;
}

/// The explanation in the making.
class Explaining {
 public:
  explicit Explaining(const StepQuestion& q) : q_(q), pass_(q), rule_(optimiserRule(q.settings.optimiser)) {}
  Result<StepExplanation> run();

 private:
  void backward(StepSection& s);
  StepTable inputTable() const;
  StepTable parameterTable() const;
  void moveParameters();
  bool differ();
  StepRow compared(std::string label, std::string formula, double gradient, const StepPass::Difference& d) const;

  const StepQuestion& q_;
  StepPass pass_;
  OptimiserRule rule_;
  std::optional<UnitView> view_;
  std::vector<UnitParameter> parameters_;
  std::vector<double> inputGradients_, slopes_;
  std::vector<StepPass::Difference> ofParameters_, ofInputs_;  ///< NaN: not among those compared
  StepPass::Difference ofUnit_, ofActivation_;
  OptimiserState before_, after_;  ///< of this unit's parameters alone
  std::vector<Real> moved_;
};

/// Central differences of the steepest gradients, in place among all.
bool Explaining::differ() {
  std::vector<double> gradients;
  for (const UnitParameter& p : parameters_) gradients.push_back(p.trainable ? pass_.dataGradient(p.at) : 0);
  std::vector<std::size_t> chosen = steepest(gradients, q_.differences);
  std::erase_if(chosen, [&](std::size_t i) { return !parameters_[i].trainable; });
  const std::vector<std::size_t> chosenInputs = steepest(inputGradients_, q_.differences);
  std::vector<StepPass::Difference> parameters, activations;
  for (const std::size_t i : chosen) parameters.push_back({.at = parameters_[i].at, .node = q_.node});
  for (const std::size_t i : chosenInputs) activations.push_back({.at = view_->inputs[i].element, .node = view_->sources[static_cast<std::size_t>(view_->inputs[i].port)]});
  activations.push_back({.at = q_.unit, .node = q_.node});
  if (view_->activation) activations.push_back({.at = q_.unit, .node = *view_->activation});
  const double all = static_cast<double>(parameters.size() + activations.size());
  double done = 0;
  const auto each = [&] {
    if (q_.progress) q_.progress(std::min(1.0, ++done / all));
  };
  if (!pass_.differActivations(activations, each)) return false;
  if (!parameters.empty() && !pass_.differParameters(q_.node, parameters, each)) return false;
  ofParameters_.resize(parameters_.size());
  ofInputs_.resize(view_->inputs.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) ofParameters_[chosen[i]] = parameters[i];
  for (std::size_t i = 0; i < chosenInputs.size(); ++i) ofInputs_[chosenInputs[i]] = activations[i];
  ofUnit_ = activations[chosenInputs.size()];
  if (view_->activation) ofActivation_ = activations.back();
  return true;
}

/// One step of the optimiser itself, over this unit's parameters.
void Explaining::moveParameters() {
  const std::size_t n = parameters_.size(), slots = static_cast<std::size_t>(rule_.spec->vectorCount);
  const bool fits = q_.optimiser && q_.optimiser->vectors.size() == slots &&
                    std::all_of(q_.optimiser->vectors.begin(), q_.optimiser->vectors.end(), [&](const Buffer& b) { return b.size() == q_.params.size(); });
  before_ = freshState(q_.settings.optimiser, static_cast<std::int64_t>(n));
  std::vector<Real> gradient;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t at = static_cast<std::size_t>(parameters_[i].at);
    for (std::size_t s = 0; fits && s < slots; ++s) before_.vectors[s][i] = q_.optimiser->vectors[s][at];
    moved_.push_back(q_.params[at]);
    gradient.push_back(static_cast<Real>(parameters_[i].trainable ? pass_.final(parameters_[i].at) : 0));
  }
  if (fits) before_.steps = q_.optimiser->steps, before_.product = q_.optimiser->product, before_.productSteps = q_.optimiser->productSteps;
  after_ = before_;
  beginStep(rule_, after_);
  for (std::size_t i = 0; i < n; ++i)
    if (parameters_[i].trainable) applyOptimiser(rule_, q_.rate, static_cast<std::int64_t>(i), static_cast<std::int64_t>(i) + 1, gradient.data(), moved_.data(), after_);
}

StepRow Explaining::compared(std::string label, std::string formula, double gradient, const StepPass::Difference& d) const {
  StepRow row{std::move(label), std::move(formula), gradient, d.value, "h = " + shortNumber(d.h)};
  row.corner = d.atCorner(gradient);
  if (row.corner) row.note += "; a corner of the loss lies within h: its slope is " + shortNumber(d.below) + " below and " + shortNumber(d.above) + " above";
  return row;
}

/// What a table says of its rows that stand at a corner.
std::string cornerNote(const std::vector<std::string>& names) {
  if (names.empty()) return {};
  std::string text = "; a corner of the loss lies within h at " + names[0];
  for (std::size_t i = 1; i < std::min<std::size_t>(names.size(), 4); ++i) text += " · " + names[i];
  if (names.size() > 4) text += " and " + std::to_string(names.size() - 4) + " more";
  return text + ": the difference there is the mean of two slopes";
}

void Explaining::backward(StepSection& s) {
  const double delta = view_->delta();
  if (view_->activation) {
    const Node& after = *view_->network.graph().find(*view_->activation);
    const ActivationAt a = *activationAt(after, view_->y(), 0);
    const double incoming = pass_.gradient(after.id, q_.unit);
    s.rows.push_back(compared("∂L/∂a", "from the layers after " + after.name, incoming, ofActivation_));
    s.rows.push_back({"∂a/∂y", a.slopeFormula, a.slope, {}, "local derivative of " + after.name + " at x = y"});
    s.rows.push_back(compared("∂L/∂y", "∂L/∂a · ∂a/∂y", incoming * a.slope, ofUnit_));
  } else {
    s.rows.push_back(compared("∂L/∂y", "from the layers after this one", delta, ofUnit_));
  }
  if (!view_->inputs.empty()) s.tables.push_back(inputTable());
}

StepTable Explaining::inputTable() const {
  StepTable t{"Inputs", {"x", "∂y/∂x", "∂L/∂y · ∂y/∂x", "∂L/∂x", "difference", "h"}, {}, {},
              "∂L/∂y · ∂y/∂x is what this unit sends back; ∂L/∂x is what the input gets from all that read it"};
  std::vector<std::string> corners;
  for (std::size_t i = 0; i < view_->inputs.size(); ++i) {
    if (ofInputs_[i].atCorner(inputGradients_[i])) corners.push_back(view_->nameOf(view_->inputs[i]));
    t.add(view_->nameOf(view_->inputs[i]), {view_->x(view_->inputs[i]), slopes_[i], view_->delta() * slopes_[i], inputGradients_[i], ofInputs_[i].value,
                                            ofInputs_[i].h > 0 ? ofInputs_[i].h : kNan});
  }
  t.note += cornerNote(corners);
  return t;
}

StepTable Explaining::parameterTable() const {
  StepTable t{"Parameters", {"before", "this place's share", "∂L/∂p", "difference", "h", "with penalties", "clipped"}, {}, {},
              "this place's share: ∂L/∂y · x, of this sample at this place alone; ∂L/∂p adds up all places and samples"};
  for (const std::string& name : rule_.spec->vectorNames) t.columns.push_back(name + " before");
  for (const char* column : {"change", "after"}) t.columns.push_back(column);
  std::vector<std::string> corners;
  std::map<std::int64_t, double> shares;
  for (const UnitInput& i : view_->inputs)
    if (i.weight >= 0) shares[i.weight] += view_->delta() * view_->x(i);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const UnitParameter& p = parameters_[i];
    const double value = static_cast<double>(q_.params[static_cast<std::size_t>(p.at)]);
    const auto share = shares.find(p.at);
    double own = share != shares.end() ? share->second : kNan;
    // A weight that lies on the padding here gets nothing from this place.
    if (share == shares.end() && !shares.empty()) own = p.label == "bias" ? view_->delta() : 0;
    std::vector<double> row{value, own};
    if (p.trainable && ofParameters_[i].atCorner(pass_.dataGradient(p.at))) corners.push_back(p.label);
    if (p.trainable)
      row.insert(row.end(), {pass_.dataGradient(p.at), ofParameters_[i].value, ofParameters_[i].h > 0 ? ofParameters_[i].h : kNan, pass_.penalised(p.at), pass_.final(p.at)});
    else
      row.insert(row.end(), 5, kNan);
    for (const Buffer& slot : before_.vectors) row.push_back(static_cast<double>(slot[i]));
    row.push_back(static_cast<double>(moved_[i]) - value);
    row.push_back(static_cast<double>(moved_[i]));
    t.add(p.label + (p.trainable ? "" : " (not trained)"), row);
  }
  t.note += cornerNote(corners);
  return t;
}

Result<StepExplanation> Explaining::run() {
  const Stopwatch watch;
  if (Status s = pass_.run(); !s) return s.error();
  view_.emplace(q_, pass_);
  parameters_ = unitParameters(*q_.network, q_.node, q_.unit);
  slopes_ = localSlopes(*view_);
  for (const UnitInput& i : view_->inputs) inputGradients_.push_back(pass_.gradient(view_->sources[static_cast<std::size_t>(i.port)], i.element));
  if (!differ()) return explainStopped();
  moveParameters();
  StepExplanation e;
  e.node = view_->node.name;
  e.unit = unitName(view_->out, q_.unit);
  e.loss = pass_.loss();
  StepSection forward = forwardSection(*view_), back{"Backward", {}};
  backward(back);
  if (isRecurrent(view_->node)) addRecurrentTables(*view_, forward, back);
  e.sections = {std::move(forward), std::move(back)};
  if (!parameters_.empty()) {
    e.sections.push_back({"Parameters", {}, {parameterTable()}});
    std::size_t worked = 0;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const auto steep = [&](std::size_t k) { return parameters_[k].trainable ? std::abs(pass_.final(parameters_[k].at)) : -1.0; };
      if (q_.parameter >= 0 ? parameters_[i].at == q_.parameter : steep(i) > steep(worked)) worked = i;
    }
    const UnitParameter& p = parameters_[worked];
    StepSection update{"Update of " + p.label, {}};
    if (!p.trainable) {
      update.rows.push_back({"p", "", static_cast<double>(q_.params[static_cast<std::size_t>(p.at)]), {}, "not trained: frozen, or a running statistic"});
    } else {
      UpdateAt at{static_cast<double>(q_.params[static_cast<std::size_t>(p.at)]), pass_.final(p.at), {}};
      for (const Buffer& slot : before_.vectors) at.slots.push_back(static_cast<double>(slot[worked]));
      update.rows = updateRows(rule_, q_.rate, at, before_.steps, after_.product);
    }
    e.sections.push_back(std::move(update));
  }
  e.seconds = watch.seconds();
  return e;
}

}  // namespace

std::size_t StepTable::column(const std::string& name) const {
  return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin());
}

const StepRow* StepSection::find(const std::string& label) const {
  const auto it = std::find_if(rows.begin(), rows.end(), [&](const StepRow& r) { return r.label == label; });
  return it == rows.end() ? nullptr : &*it;
}

const StepSection* StepExplanation::find(const std::string& title) const {
  const auto it = std::find_if(sections.begin(), sections.end(), [&](const StepSection& s) { return s.title.starts_with(title); });
  return it == sections.end() ? nullptr : &*it;
}

UnitView::UnitView(const StepQuestion& question, const StepPass& stepPass)
    : q(question), pass(stepPass), network(*question.network), node(*network.graph().find(question.node)), out(network.shape(question.node)),
      sources(network.graph().inputsOf(question.node)), inputs(unitInputs(network, question.node, question.unit)) {
  for (NodeId source : sources) in.push_back(network.shape(source));
  const std::vector<NodeId> readers = network.graph().consumersOf(node.id);
  if (readers.size() != 1) return;
  const Node& reader = *network.graph().find(readers[0]);
  if (reader.type != "prelu" && !activationAt(node, 0, 0) && activationAt(reader, 0, 0)) activation = reader.id;
}

std::string UnitView::nameOf(const UnitInput& i) const {
  const NodeId source = sources[static_cast<std::size_t>(i.port)];
  const std::vector<std::string>& features = q.data->featureNames;
  if (source == network.order().front() && static_cast<std::int64_t>(features.size()) == network.shape(source).size()) return features[static_cast<std::size_t>(i.element)];
  const Shape& shape = network.shape(source);
  std::string place = unitName(shape, i.element);
  if (source == network.order().front() && shape.rank() == 2 && static_cast<std::int64_t>(features.size()) == shape[1])
    place = "step " + std::to_string(i.element / shape[1] + 1) + ", " + features[static_cast<std::size_t>(i.element % shape[1])];
  return sources.size() > 1 ? network.graph().find(source)->name + ", " + place : place;
}

std::optional<double> UnitView::parameter(const char* block) const {
  for (const PlacedBlock& b : network.blocksOf(node.id))
    if (b.block.name == block) {
      const std::int64_t column = b.size() == 1 ? 0 : q.unit % b.size();
      return static_cast<double>(q.params[static_cast<std::size_t>(b.offset + column)]);
    }
  return {};
}

StepQuestion nextStep(const Snapshot& snapshot, NodeId node, std::int64_t unit) {
  StepQuestion q;
  q.network = snapshot.network, q.data = snapshot.data, q.settings = snapshot.settings, q.node = node, q.unit = unit;
  if (!snapshot.state || !snapshot.data || !snapshot.network) return q;
  const TrainState& state = *snapshot.state;
  q.params = state.params.span();
  q.optimiser = &state.optimiser;
  std::vector<std::int32_t> rows(snapshot.data->train.begin(), snapshot.data->train.end());
  const std::int64_t all = static_cast<std::int64_t>(rows.size());
  const bool over = state.position >= all;  // the epoch's evaluation is still to be done
  const std::int64_t epoch = state.epoch + over, position = over ? 0 : state.position;
  Rng(q.settings.seed, Stream::Shuffle, static_cast<std::uint64_t>(epoch)).shuffle(std::span<std::int32_t>(rows));
  const bool whole = optimiserRule(q.settings.optimiser).spec->fullBatch;
  const std::int64_t count = std::min(whole ? all : q.settings.batch, all - position);
  q.rows.assign(rows.begin() + position, rows.begin() + position + count);
  q.rng = {q.settings.seed, static_cast<std::uint64_t>(state.step)};
  std::vector<double> losses;
  for (std::size_t i = 0; q.settings.schedule.id == "plateau" && snapshot.history && i < snapshot.epochPoints; ++i) {
    const EpochPoint& p = snapshot.history->epochs[i];
    losses.push_back(std::isfinite(p.validationLoss) ? p.validationLoss : p.trainLoss);
  }
  q.rate = scheduledRate(q.settings.schedule, q.settings.rate,
                         scheduleMoment(epoch, position, all, whole ? all : q.settings.batch, q.settings.epochs, plateauReductions(q.settings.schedule, losses)));
  return q;
}

Result<StepExplanation> explainStep(const StepQuestion& question) {
  if (Status s = check(question); !s) return s.error();
  return Explaining(question).run();
}

}  // namespace vitrine
