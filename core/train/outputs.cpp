#include "core/train/outputs.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "core/data/dataset.h"
#include "core/model/network.h"
#include "core/train/loss.h"

namespace vitrine {

OutputReading outputReading(const Network& network) {
  const Task task = network.data().task;
  const LossKind loss = lossOf(network.graph()).kind;
  if (task == Task::Classification && loss == LossKind::CrossEntropy) return OutputReading::Softmax;
  if (task != Task::Regression && loss == LossKind::BinaryCrossEntropy) return OutputReading::Sigmoid;
  return OutputReading::Plain;
}

Status classesHaveProbabilities(const Network& network) {
  const Task task = network.data().task;
  if (task == Task::Regression) return problem("Only classes have a probability; this network predicts numbers.");
  if (task == Task::Labels) return problem("Softmax shares out one probability among classes; labels are told apart each by itself, and explained by their logits.");
  if (outputReading(network) == OutputReading::Softmax) return {};
  std::string loss = lossOf(network.graph()).name;
  loss[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(loss[0])));
  return problem("The network's loss is " + loss + ": its outputs are no probabilities of classes that sum to 1.");
}

void readOutputs(OutputReading reading, std::int64_t rows, std::int64_t outputs, const Real* logits, Real* out) {
  const std::int64_t all = rows * outputs;
  switch (reading) {
    case OutputReading::Softmax: softmaxRows(rows, outputs, logits, out); return;
    case OutputReading::Sigmoid:
      for (std::int64_t i = 0; i < all; ++i) out[i] = 1 / (1 + std::exp(-logits[i]));
      return;
    case OutputReading::Plain: std::copy_n(logits, all, out);
  }
}

void readOutputs(const Network& network, const Dataset& data, std::int64_t rows, const Real* logits, Real* out) {
  const std::int64_t n = network.outputs();
  if (network.data().task != Task::Regression) return readOutputs(outputReading(network), rows, n, logits, out);
  for (std::int64_t i = 0; i < rows * n; ++i) out[i] = static_cast<Real>(targetInUnits(data, i % n, static_cast<double>(logits[i])));
}

}  // namespace vitrine
