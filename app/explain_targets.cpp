#include "app/explain_targets.h"

#include <QLocale>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/explain_wall.h"
#include "core/explain/baseline.h"
#include "core/explain/units.h"
#include "core/insight/unit_inputs.h"
#include "core/train/outputs.h"
#include "widgets/editor/category.h"

namespace vitrine {
std::string targetKey(const TargetChoice& t) {
  std::string key;
  for (const std::int64_t n : {std::int64_t{t.kind}, std::int64_t{t.output}, std::int64_t{t.other}, std::int64_t{t.probability}, std::int64_t{t.node}, t.unit}) key += std::to_string(n) + ',';
  return key;
}

Result<Target> targetOf(const TargetChoice& choice, const Snapshot& snapshot, const ExplainSample* sample) {
  const Network& network = *snapshot.network;
  const Dataset& data = *snapshot.data;
  if (choice.kind == TargetChoice::Unit) return Target::unitOf(NodeId{choice.node}, choice.unit);
  Target t{.output = choice.output, .probability = choice.probability};
  const bool difference = choice.kind == TargetChoice::Difference;
  if (difference) t.kind = Target::Kind::Difference, t.other = choice.other;
  if (difference && choice.output >= 0 && choice.output == choice.other) return problem("The difference of a class and itself is always 0: choose two.");
  if (choice.kind == TargetChoice::Class || (difference && choice.output >= 0 && choice.other >= 0)) return t;
  if (!sample) return problem("What is predicted is a sample's own: choose a sample, or one of the classes as target.");
  if (choice.kind == TargetChoice::Loss) {
    if (sample->row < 0) return problem("Nobody knows the true class of a sample of one's own, so it has no loss.");
    if (data.spec.task == Task::Classification) return Target::lossOfClass(data.classes[static_cast<std::size_t>(sample->row)]);
    std::vector<Real> truth(static_cast<std::size_t>(data.spec.outputs));
    gatherTargets(data, {&sample->row, 1}, truth.data());
    return Target::lossOfNumbers(std::move(truth));
  }
  if (choice.kind != TargetChoice::Predicted && network.outputs() < 2) return problem("The network has one output only: there is no second class.");
  Workspace ws(network, 1, false, false);
  std::copy(sample->input.begin(), sample->input.end(), ws.input());
  const Real* logits = network.forward(snapshot.state->params.span(), ws, 1);
  std::vector<std::int64_t> order(static_cast<std::size_t>(network.outputs()));
  std::iota(order.begin(), order.end(), 0);
  if (std::any_of(logits, logits + order.size(), [](Real v) { return !std::isfinite(v); }))
    return problem("The network's outputs for this sample are not finite numbers.");
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return logits[a] > logits[b]; });
  t.output = order[choice.kind == TargetChoice::Second ? 1 : 0];
  if (difference) t.other = order[1];
  return t;
}

QString outputName(const Dataset& data, std::int64_t output) {
  if (output >= 0 && static_cast<std::size_t>(output) < data.spec.classes.size()) return fromCore(data.spec.classes[static_cast<std::size_t>(output)]);
  const QString all = fromCore(data.targetName);
  const QStringList names = data.spec.outputs == 1 ? QStringList{all} : all.split(QStringLiteral(", "));
  if (names.size() == data.spec.outputs && !names.value(static_cast<int>(output)).isEmpty()) return names[static_cast<int>(output)];
  return ExplainWall::tr("output %1").arg(QLocale().toString(qlonglong(output + 1)));
}

QString choiceName(const TargetChoice& choice, const Dataset& data) {
  const auto name = [&] {
    switch (choice.kind) {
      case TargetChoice::Predicted: return data.spec.task == Task::Classification ? ExplainWall::tr("predicted class") : data.spec.outputs > 1 ? ExplainWall::tr("largest output") : outputName(data, 0);
      case TargetChoice::Class: return outputName(data, choice.output);
      case TargetChoice::Second: return ExplainWall::tr("second class");
      case TargetChoice::Loss: return ExplainWall::tr("loss");
      case TargetChoice::Unit: return choice.unitName.isEmpty() ? ExplainWall::tr("unit %1").arg(QLocale().toString(qlonglong(choice.unit))) : choice.unitName;
      case TargetChoice::Difference: break;
    }
    return choice.output < 0 ? ExplainWall::tr("predicted − second") : outputName(data, choice.output) + QStringLiteral(" − ") + outputName(data, choice.other);
  };
  return choice.probability ? ExplainWall::tr("%1, probability").arg(name()) : name();
}

std::vector<TargetChoice> outputChoices(const Dataset& data) {
  std::vector<TargetChoice> all{{}};
  if (data.spec.outputs < 2) return all;
  if (data.spec.task == Task::Classification) all.push_back({.kind = TargetChoice::Second}), all.push_back({.kind = TargetChoice::Difference});
  for (int k = 0; k < std::min<std::int64_t>(data.spec.outputs, 200); ++k) all.push_back({.kind = TargetChoice::Class, .output = k});
  return all;
}

QString whyNoProbability(const TargetChoice& choice, const Dataset& data, const Network* network) {
  if (data.spec.task == Task::Regression) return ExplainWall::tr("Only classes have a probability; this network predicts numbers.");
  if (data.spec.task == Task::Labels) return ExplainWall::tr("Softmax shares out one probability among classes; labels are told apart each by itself, and explained by their logits.");
  if (network)
    if (const Status s = classesHaveProbabilities(*network); !s) return fromCore(s.error().text());
  if (choice.kind == TargetChoice::Loss) return ExplainWall::tr("The loss is no class: it has no probability.");
  if (choice.kind == TargetChoice::Unit) return ExplainWall::tr("A unit within the network has an activation, and no probability.");
  return {};
}

TargetChoice unitChoice(const Network& network, NodeId node, std::int64_t unit) {
  const Node* layer = network.graph().find(node);
  const QString place = fromCore(unitName(network.shape(node), unit));
  return {.kind = TargetChoice::Unit, .node = node.value, .unit = unit, .unitName = layer ? ExplainWall::tr("%1, %2").arg(fromCore(layer->name), place) : place};
}

QString targetName(const Snapshot& snapshot, const Target& target) {
  const auto name = [&](std::int64_t output) {
    const QString plain = outputName(*snapshot.data, output);
    return target.probability ? ExplainWall::tr("probability of %1").arg(plain) : plain;
  };
  switch (target.kind) {
    case Target::Kind::Loss: return ExplainWall::tr("loss");
    case Target::Kind::Difference: {
      const QString text = name(target.output) + QStringLiteral(" − ") + name(target.other);
      return unitsOf(target, *snapshot.data) ? text : ExplainWall::tr("%1, standardised").arg(text);
    }
    case Target::Kind::Unit: {
      const Node* node = snapshot.network->graph().find(target.node);
      return node ? unitChoice(*snapshot.network, target.node, target.unit).unitName : ExplainWall::tr("unit %1").arg(QLocale().toString(qlonglong(target.unit)));
    }
    case Target::Kind::Output: break;
  }
  return name(target.output);
}

Result<std::vector<Real>> baselineFor(const BaselineChoice& choice, const Dataset& data, std::span<const Real> input, std::span<const Real> mean) {
  const Shape& shape = data.spec.input;
  switch (choice.kind) {
    case BaselineChoice::Zero: break;
    case BaselineChoice::Mean:
    case BaselineChoice::Background: return mean.empty() ? meanBaseline(data) : std::vector<Real>(mean.begin(), mean.end());
    case BaselineChoice::Blurred:
      if (shape.rank() < 2) return problem("Columns of a table have no neighbours to be blurred with: choose another baseline.");
      return blurredBaseline(shape, input, std::max(1.0, static_cast<double>(std::max(shape[0], shape.isImage() ? shape[1] : 0)) / 7));
    case BaselineChoice::Sample: {
      if (choice.row < 0 || choice.row >= data.count()) return problem("The sample chosen as baseline is not in the data.");
      std::vector<Real> row(static_cast<std::size_t>(shape.size()));
      gatherInputs(data, {&choice.row, 1}, row.data());
      return row;
    }
  }
  return std::vector<Real>();
}

std::string stateKey(const Snapshot& s) {
  return std::to_string(reinterpret_cast<std::uintptr_t>(s.state.get())) + '@' + std::to_string(s.state->step) + '/' + std::to_string(s.generation);
}

std::string baselineKey(const BaselineChoice& choice) { return std::to_string(choice.kind) + ',' + std::to_string(choice.row); }

QString baselineName(const BaselineChoice& choice) {
  switch (choice.kind) {
    case BaselineChoice::Zero: break;
    case BaselineChoice::Mean: return ExplainWall::tr("training mean");
    case BaselineChoice::Blurred: return ExplainWall::tr("blurred input");
    case BaselineChoice::Sample: return ExplainWall::tr("sample %1").arg(choice.row);
    case BaselineChoice::Background: return ExplainWall::tr("background samples");
  }
  return ExplainWall::tr("zero");
}

}  // namespace vitrine
