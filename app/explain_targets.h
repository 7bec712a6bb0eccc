#pragma once

#include "app/explain_samples.h"
#include "core/explain/explainer.h"

namespace vitrine {

/// What of the network's answer is explained.
struct TargetChoice {
  enum Kind { Predicted, Class, Second, Difference, Loss, Unit };
  Kind kind = Predicted;
  int output = -1;           ///< Class; Difference: -1: the predicted one
  int other = -1;            ///< Difference: what is taken from `output`; -1: the second
  bool probability = false;  ///< the softmax probability instead of the logit
  std::uint32_t node = 0;    ///< Unit: of a layer, and which of its outputs
  std::int64_t unit = 0;
  QString unitName = {};     ///< Unit: layer and place, "Conv 2-D, row 14, column 14, channel 0"; empty: by its number
  bool operator==(const TargetChoice&) const = default;
};

/// What a sample is compared with. Background: with many training samples, over which what can takes the average.
struct BaselineChoice {
  enum Kind { Zero, Mean, Blurred, Sample, Background };
  Kind kind = Zero;
  std::int32_t row = -1;  ///< Sample: a row of the data
  bool operator==(const BaselineChoice&) const = default;
};
constexpr std::int64_t kBackgroundSamples = 40;

/// The choice made definite: what is predicted or second is the sample's own, and so is the truth. Null: no sample is chosen. Or why there is none.
Result<Target> targetOf(const TargetChoice& choice, const Snapshot& snapshot, const ExplainSample* sample);
/// A class, label or number that is predicted, by its name.
QString outputName(const Dataset& data, std::int64_t output);
/// A choice as one chooses it: "second class", "Shirt − Coat, probability".
QString choiceName(const TargetChoice& choice, const Dataset& data);
/// A unit of a layer as target, with its name.
TargetChoice unitChoice(const Network& network, NodeId node, std::int64_t unit);
/// What may be chosen of the outputs alone: predicted, and of several second, their difference, and each (of at most 200).
std::vector<TargetChoice> outputChoices(const Dataset& data);
/// Why a target of this kind has no probability; empty: it has one. `network`: null where there is none yet.
QString whyNoProbability(const TargetChoice& choice, const Dataset& data, const Network* network);
/// What a definite target explains: "Boot", "Boot − Sneaker", "probability of Boot".
QString targetName(const Snapshot& snapshot, const Target& target);
/// The one input that `input` is compared with; empty: zeros. Background: the training mean, for what takes features away. Or why there is none.
/// `mean`: meanBaseline(), where it is at hand.
Result<std::vector<Real>> baselineFor(const BaselineChoice& choice, const Dataset& data, std::span<const Real> input, std::span<const Real> mean = {});
/// One text for one choice.
std::string baselineKey(const BaselineChoice& choice);
/// "zero", "training mean", "sample 17".
QString baselineName(const BaselineChoice& choice);
/// One text for one state of a network on its data.
std::string stateKey(const Snapshot& snapshot);
/// One text for one choice: what was computed for it is known by it.
std::string targetKey(const TargetChoice& choice);

}  // namespace vitrine
