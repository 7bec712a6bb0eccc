#include "core/train/fits.h"

#include <algorithm>

namespace vitrine {
namespace {

std::string plural(std::int64_t n, const char* what) { return std::to_string(n) + ' ' + what + (n == 1 ? "" : "s"); }

Error unfit(const std::string& place, std::string found, std::string expected) { return {{}, place, std::move(found), std::move(expected), {}}; }

Status rowsFit(const Dataset& data) {
  for (const std::vector<std::int32_t>* part : {&data.train, &data.validation, &data.test})
    for (const std::int32_t row : *part)
      if (row < 0 || row >= data.count()) return unfit("data", "row " + std::to_string(row), "one of the " + plural(data.count(), "row"));
  return {};
}

Status targetsFit(const Dataset& data) {
  const std::size_t count = static_cast<std::size_t>(data.count()), outputs = static_cast<std::size_t>(data.spec.outputs);
  if (!data.weights.empty() && data.weights.size() != count)
    return unfit("data", plural(static_cast<std::int64_t>(data.weights.size()), "weight"), "one for each of the " + plural(data.count(), "row"));
  if (data.spec.task != Task::Classification) {
    if (data.targets.size() == count * outputs) return {};
    return unfit("data", plural(static_cast<std::int64_t>(data.targets.size()), "target"), std::to_string(count * outputs));
  }
  if (data.classes.size() != count) return unfit("data", plural(static_cast<std::int64_t>(data.classes.size()), "class number"), std::to_string(count));
  const auto wrong = std::find_if(data.classes.begin(), data.classes.end(), [&](std::int32_t c) { return c < 0 || c >= data.spec.outputs; });
  if (wrong == data.classes.end()) return {};
  return unfit("data", "class " + std::to_string(*wrong), "0 to " + std::to_string(data.spec.outputs - 1));
}

Status lengthFits(const char* what, const Buffer& buffer, const Network& network) {
  if (static_cast<std::int64_t>(buffer.size()) == network.parameterCount()) return {};
  return unfit(what, plural(static_cast<std::int64_t>(buffer.size()), "number"), std::to_string(network.parameterCount()) + ", as the network has");
}

}  // namespace

Status fits(const Network& network, const Dataset& data) {
  const DataSpec &has = network.data(), &wants = data.spec;
  if (has.input != wants.input) return unfit("network", "an input of " + has.input.text(), wants.input.text() + ", as the data have");
  if (has.task != wants.task || has.outputs != wants.outputs)
    return unfit("network", plural(has.outputs, "output") + " for another kind of target", plural(wants.outputs, "output") + ", as the data need");
  if (data.count() > 0 && data.inputs.size() != wants.input.size())
    return unfit("data", "samples of " + plural(data.inputs.size(), "number"), std::to_string(wants.input.size()));
  if (Status s = rowsFit(data); !s) return s;
  return targetsFit(data);
}

Status fits(const Network& network, const Dataset& data, const OptimiserChoice& optimiser, const TrainState& state) {
  if (Status s = lengthFits("parameters", state.params, network); !s) return s;
  const OptimiserSpec& spec = *optimiserRule(optimiser).spec;
  if (static_cast<int>(state.optimiser.vectors.size()) != spec.vectorCount)
    return unfit("optimiser", plural(static_cast<std::int64_t>(state.optimiser.vectors.size()), "vector"),
                 std::to_string(spec.vectorCount) + ", as " + spec.name + " has");
  for (const Buffer& vector : state.optimiser.vectors)
    if (Status s = lengthFits("optimiser", vector, network); !s) return s;
  if (state.best)
    if (Status s = lengthFits("best parameters", *state.best, network); !s) return s;
  const std::int64_t rows = static_cast<std::int64_t>(data.train.size());
  // What is known of data that are missing has no rows: nothing trains on it.
  if (state.position < 0 || (data.count() > 0 && state.position > rows))
    return unfit("run", "position " + std::to_string(state.position), "0 to " + std::to_string(rows) + ", the rows that train");
  if (std::min({state.step, state.epoch, state.optimiser.steps}) < 0) return unfit("run", "a count below 0", "0 or more");
  return {};
}

std::int64_t batchRows(const Dataset& data, const TrainSettings& settings) {
  const std::int64_t all = static_cast<std::int64_t>(data.train.size());
  return optimiserRule(settings.optimiser).spec->fullBatch ? all : std::min(settings.batch, all);
}

std::int64_t leastRows(const Network& network) {
  std::int64_t least = 1;
  for (const NodeId id : network.order()) {
    const Node& node = *network.graph().find(id);
    if (node.type != "input" && !isFrozen(node)) least = std::max(least, network.layer(id).leastRows());
  }
  return least;
}

Status canTrain(const Network& network, const Dataset& data, const TrainSettings& settings) {
  const std::int64_t rows = batchRows(data, settings);
  if (data.train.empty()) return problem("There are no rows to train on.");
  if (rows < 1) return problem("The batch size is " + std::to_string(settings.batch) + ". Choose 1 or more.");
  for (const NodeId id : network.order()) {
    const Node& node = *network.graph().find(id);
    if (node.type == "input" || isFrozen(node) || network.layer(id).leastRows() <= rows) continue;
    const std::string least = std::to_string(network.layer(id).leastRows());
    const std::string why = "'" + node.name + "' has one value of each channel in a batch of one row, and the variance of one value is 0: nothing could be learnt. ";
    return problem(why + (data.train.size() == 1 ? "Train on " + least + " rows or more, or delete it." : "Choose a batch size of " + least + " or more."));
  }
  return {};
}

}  // namespace vitrine
