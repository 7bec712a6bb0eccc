// A run in a project: weights, optimiser, history.
#include <cmath>
#include <limits>

#include "core/base/numbers.h"
#include "core/io/history_csv.h"
#include "core/io/project_parts.h"
#include "core/io/safetensors.h"

namespace vitrine {
namespace {

using nlohmann::json;

// Permutations between the engine's layouts and PyTorch's.

/// Calls f(index in the engine's layout, index in the file's) for every element.
template <class F>
void forElements(const ParamBlock& block, F&& f) {
  const std::int64_t size = block.shape.size();
  if (block.toFile.empty()) {
    for (std::int64_t i = 0; i < size; ++i) f(i, i);
    return;
  }
  const std::size_t rank = block.toFile.size();
  std::vector<std::int64_t> stride(rank, 1), at(rank, 0);
  for (std::size_t d = rank - 1; d > 0; --d) stride[d - 1] = stride[d] * block.shape[static_cast<int>(d)];
  const Shape file = block.fileShape();
  for (std::int64_t i = 0; i < size; ++i) {
    std::int64_t own = 0;
    for (std::size_t d = 0; d < rank; ++d) own += at[d] * stride[static_cast<std::size_t>(block.toFile[d])];
    f(own, i);
    for (std::size_t d = rank; d-- > 0;) {
      if (++at[d] < file[static_cast<int>(d)]) break;
      at[d] = 0;
    }
  }
}

void appendTensors(const Network& network, const Buffer& flat, const std::string& prefix, std::vector<NamedTensor>& out) {
  for (const PlacedBlock& b : network.blocks()) {
    NamedTensor t{prefix + b.fullName, b.block.fileShape(), std::vector<float>(static_cast<std::size_t>(b.size()))};
    forElements(b.block, [&](std::int64_t own, std::int64_t file) {
      t.values[static_cast<std::size_t>(file)] = static_cast<float>(flat[static_cast<std::size_t>(b.offset + own)]);
    });
    out.push_back(std::move(t));
  }
}

Status takeTensors(const Network& network, const std::vector<NamedTensor>& tensors, const std::string& prefix, const std::string& file,
                   const std::string& entry, Buffer& flat) {
  for (const PlacedBlock& b : network.blocks()) {
    const NamedTensor* found = nullptr;
    for (const NamedTensor& t : tensors)
      if (t.name == prefix + b.fullName) found = &t;
    if (!found) return Error{file, entry, "no tensor '" + prefix + b.fullName + "'", "one of " + b.block.fileShape().text(), {}};
    if (found->shape != b.block.fileShape())
      return Error{file, entry + ", tensor '" + found->name + "'", "a shape of " + found->shape.text(), b.block.fileShape().text(), {}};
    forElements(b.block, [&](std::int64_t own, std::int64_t at) {
      flat[static_cast<std::size_t>(b.offset + own)] = found->values[static_cast<std::size_t>(at)];
    });
  }
  return {};
}

/// Every length against what it belongs to: views count on them.
Status checkHistory(const History& history, const DataSpec& data, const std::string& file) {
  const std::size_t cells = data.task == Task::Classification ? static_cast<std::size_t>(data.outputs * data.outputs) : 0;
  for (std::size_t i = 0; i < history.epochs.size(); ++i) {
    const std::size_t n = history.epochs[i].confusion.size();
    if (n == 0 || n == cells) continue;
    return Error{file, "epochs.csv, line " + std::to_string(i + 2) + ", column 8", "a confusion of " + std::to_string(n) + " counts",
                 cells == 0 ? std::string("none: the data have no classes") : std::to_string(cells) + ", for " + std::to_string(data.outputs) + " classes", {}};
  }
  return {};
}

/// How far it has come.
Result<std::shared_ptr<TrainState>> readCounters(const json& run, const std::string& file, std::int64_t rows, int slots, bool& best) {
  JsonReader r(file + ", project.json");
  constexpr std::int64_t kMany = std::int64_t{1} << 60;
  auto state = std::make_shared<TrainState>();
  state->step = r.whole(run, "step", "run", 0, kMany);
  state->epoch = r.whole(run, "epoch", "run", 0, kMany);
  state->position = r.whole(run, "position", "run", 0, rows);
  state->epochLoss = r.number(run, "epoch_loss", "run");
  state->epochWeight = run.contains("epoch_weight") ? r.number(run, "epoch_weight", "run") : static_cast<double>(state->position);
  state->epochCorrect = r.whole(run, "epoch_correct", "run", 0, kMany);
  state->seconds = r.number(run, "seconds", "run");
  state->optimiser.steps = r.whole(run, "optimiser_steps", "run", 0, kMany);
  if (run.contains("best_epoch")) {
    state->bestEpoch = r.whole(run, "best_epoch", "run", 0, kMany);
    if (run.contains("best_loss")) state->bestLoss = r.number(run, "best_loss", "run");
    best = run.value("best_kept", json(false)) == json(true);
  }
  r.whole(run, "slots", "run", slots, slots);
  for (double* sum : {&state->epochWeight, &state->seconds})
    if (r.ok() && *sum < 0) r.fault("run", numberText(*sum), "sums that are not negative");
  if (!r.ok()) return r.error();
  return state;
}

}  // namespace

bool isRunEntry(const std::string& name) { return name == kNetworkEntry || name == kBestEntry || name == kOptimiserEntry || name == "history.csv" || name == "epochs.csv"; }

Result<json> runToJson(const Project& p, const DataSpec& data, std::vector<ZipEntry>& entries) {
  const Graph& graph = p.runGraph ? *p.runGraph : p.graph;
  Result<std::shared_ptr<const Network>> network = Network::compile(graph, data);
  if (!network) return network.error();
  const TrainState& s = *p.state;
  const OptimiserSpec* spec = findOptimiser(p.settings.optimiser.id);
  const std::size_t length = static_cast<std::size_t>((*network)->parameterCount());
  bool fits = s.params.size() == length && s.optimiser.vectors.size() == static_cast<std::size_t>(spec->vectorCount) && (!s.best || s.best->size() == length);
  for (const Buffer& slot : s.optimiser.vectors) fits = fits && slot.size() == length;
  if (!fits) return problem("The weights do not belong to this network.");
  json run{{"step", s.step}, {"epoch", s.epoch}, {"position", s.position}, {"epoch_loss", s.epochLoss}, {"epoch_weight", s.epochWeight}, {"epoch_correct", s.epochCorrect},
           {"seconds", s.seconds}, {"optimiser_steps", s.optimiser.steps}, {"slots", s.optimiser.vectors.size()},
           {"best_epoch", s.bestEpoch}, {"best_kept", s.best != nullptr}};
  if (std::isfinite(s.bestLoss)) run["best_loss"] = s.bestLoss;
  if (p.runGraph) run["graph"] = graphToJsonValue(graph);
  std::vector<NamedTensor> weights, slots;
  appendTensors(**network, s.params, "", weights);
  for (std::size_t i = 0; i < s.optimiser.vectors.size(); ++i) appendTensors(**network, s.optimiser.vectors[i], spec->vectorNames[i] + "/", slots);
  entries.push_back({kNetworkEntry, encodeSafetensors(weights)});
  if (s.best) {
    std::vector<NamedTensor> best;
    appendTensors(**network, *s.best, "", best);
    entries.push_back({kBestEntry, encodeSafetensors(best)});
  }
  entries.push_back({kOptimiserEntry, encodeSafetensors(slots)});
  const History none;
  const History& history = p.history ? *p.history : none;
  entries.push_back({"history.csv", batchesToCsv(history, p.history ? p.batchPoints : 0)});
  entries.push_back({"epochs.csv", epochsToCsv(history, p.history ? p.epochPoints : 0)});
  return run;
}

namespace {

using Tensors = std::vector<NamedTensor>;

Result<Tensors> tensorsOf(const Entries& entries, const char* name, const std::string& file) {
  const auto at = entries.find(name);
  if (at == entries.end()) return Error{file, {}, std::string("no entry '") + name + "'", "it", {}};
  return decodeSafetensors(at->second, file + ", " + name);
}

/// The vectors of `state` for `network`, those that fit out of the old one's.
void moveTo(const Network& network, const Network& old, std::uint64_t seed, TrainState& state) {
  Buffer params = network.initialise(seed);
  network.inherit(old, state.params.span(), params.span());
  for (Buffer& slot : state.optimiser.vectors) {
    Buffer moved(static_cast<std::size_t>(network.parameterCount()));
    network.inherit(old, slot.span(), moved.span());
    slot = std::move(moved);
  }
  state.params = std::move(params);
  state.best = nullptr;
  state.bestLoss = std::numeric_limits<double>::infinity();
  state.bestEpoch = state.epoch;
}

}  // namespace

Status openRun(const json& root, const Entries& entries, const std::string& file, const DataSpec& data, std::int64_t rows, Project& p) {
  if (!root.contains("run")) return {};
  JsonReader r(file + ", project.json");
  const json& run = r.object(root, "run", "project");
  const bool own = r.ok() && run.contains("graph");  // weights of another network than the one that is drawn
  const Graph graph = own ? graphFromJsonValue(r, r.object(run, "graph", "run"), "run.graph") : p.graph;
  const std::string optimiser = r.ok() && run.contains("optimiser") ? r.text(run, "optimiser", "run") : p.settings.optimiser.id;
  const OptimiserSpec* spec = findOptimiser(optimiser);
  if (!spec) r.fault("run.optimiser", "'" + optimiser + "'", "an optimiser that this program knows");
  if (!r.ok()) return r.error();
  Result<std::shared_ptr<const Network>> compiled = Network::compile(graph, data);
  if (!compiled) return Error{file, "project.json, graph", compiled.error().text(), "a network that fits the weights", {}};
  const Network& network = **compiled;
  bool best = false;
  Result<std::shared_ptr<TrainState>> counted = readCounters(run, file, rows, spec->vectorCount, best);
  if (!counted) return counted.error();
  const std::shared_ptr<TrainState> state = *counted;
  const std::size_t length = static_cast<std::size_t>(network.parameterCount());
  const Result<Tensors> weights = tensorsOf(entries, kNetworkEntry, file), slots = tensorsOf(entries, kOptimiserEntry, file);
  if (!weights) return weights.error();
  if (!slots) return slots.error();
  state->params = Buffer(length);
  if (Status s = takeTensors(network, *weights, "", file, kNetworkEntry, state->params); !s) return s;
  if (best) {
    const Result<Tensors> tensors = tensorsOf(entries, kBestEntry, file);
    if (!tensors) return tensors.error();
    auto params = std::make_shared<Buffer>(length);
    if (Status s = takeTensors(network, *tensors, "", file, kBestEntry, *params); !s) return s;
    state->best = std::move(params);
  }
  for (int i = 0; i < spec->vectorCount; ++i) {
    Buffer slot(length);
    const std::string prefix = spec->vectorNames[static_cast<std::size_t>(i)] + "/";
    if (Status s = takeTensors(network, *slots, prefix, file, kOptimiserEntry, slot); !s) return s;
    state->optimiser.vectors.push_back(std::move(slot));
  }
  if (optimiser != p.settings.optimiser.id) state->optimiser = freshState(p.settings.optimiser, network.parameterCount());
  for (const char* name : {"history.csv", "epochs.csv"})
    if (!entries.count(name)) return Error{file, {}, std::string("no entry '") + name + "'", "it", {}};
  Result<std::shared_ptr<History>> history = historyFromCsv(entries.at("history.csv"), entries.at("epochs.csv"), file);
  if (!history) return history.error();
  if (Status s = checkHistory(**history, data, file); !s) return s;
  if (own) {
    const Result<std::shared_ptr<const Network>> drawn = Network::compile(p.graph, data);
    if (drawn)
      moveTo(**drawn, network, p.settings.seed, *state);
    else
      p.runGraph = graph;
  }
  p.state = state;
  p.batchPoints = (*history)->batches.size();
  p.epochPoints = (*history)->epochs.size();
  p.history = std::move(*history);
  return {};
}

}  // namespace vitrine
