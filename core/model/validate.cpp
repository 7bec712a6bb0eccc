#include <algorithm>
#include <cmath>
#include <set>

#include "core/model/graph.h"
#include "core/train/loss.h"

namespace vitrine {
namespace {

/// Nodes in an order in which every node stands behind its inputs; what lies on a circle is left out.
std::vector<NodeId> topological(const Graph& graph) {
  std::map<NodeId, int> missing;
  for (const Node& n : graph.nodes) missing[n.id] = 0;
  for (const Edge& e : graph.edges) ++missing[e.to];
  std::vector<NodeId> order;
  std::set<NodeId> ready;
  for (auto& [id, count] : missing)
    if (count == 0) ready.insert(id);
  while (!ready.empty()) {
    const NodeId id = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(id);
    for (const Edge& e : graph.edges)
      if (e.from == id && --missing[e.to] == 0) ready.insert(e.to);
  }
  return order;
}

std::set<NodeId> closure(const Graph& graph, NodeId start, bool forward) {
  std::set<NodeId> seen;
  std::vector<NodeId> open{start};
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    if (!seen.insert(id).second) continue;
    for (const Edge& e : graph.edges) {
      if (forward && e.from == id) open.push_back(e.to);
      if (!forward && e.to == id) open.push_back(e.from);
    }
  }
  return seen;
}

std::vector<NodeId> ofType(const Graph& graph, const std::string& type) {
  std::vector<NodeId> ids;
  for (const Node& n : graph.nodes)
    if (n.type == type) ids.push_back(n.id);
  return ids;
}

class Checker {
 public:
  Checker(const Graph& graph, const DataSpec* data) : graph_(graph), data_(data) {}

  Validation run() {
    if (!data_) add({}, "There is no data yet.", "Open data (File → Open data…) or choose sample data.");
    const std::vector<NodeId> inputs = ofType(graph_, "input"), outputs = ofType(graph_, "output");
    if (graph_.nodes.empty()) {
      add({}, "The network is empty.", "Drag layers here, or choose a template from the Network menu.");
      return std::move(v_);
    }
    checkEnds(inputs, outputs);
    for (const Node& n : graph_.nodes) checkNode(n);
    const std::vector<NodeId> order = topological(graph_);
    if (order.size() != graph_.nodes.size())
      add({}, "Some connections close a circle.", "Remove one connection of the circle.");
    for (NodeId id : order) inferShape(*graph_.find(id));
    if (outputs.size() == 1) checkOutput(*graph_.find(outputs[0]));
    if (inputs.size() == 1 && outputs.size() == 1) {
      const std::set<NodeId> front = closure(graph_, inputs[0], true), back = closure(graph_, outputs[0], false);
      for (NodeId id : order) {
        if (front.count(id) && back.count(id)) {
          v_.order.push_back(id);
        } else if (!broken_.count(id)) {
          add(id, "'" + graph_.find(id)->name + "' is not on the way from the input to the output.",
              "Connect it, or delete it.", false, [id](Graph g) { return removeNodes(std::move(g), {id}); });
        }
      }
      if (!front.count(outputs[0]))
        add(outputs[0], "Nothing leads from the input to the output.", "Connect the layers into a way from Input to Output.");
    }
    return std::move(v_);
  }

 private:
  void add(std::optional<NodeId> node, std::string text, std::string cure, bool fatal = true,
           std::function<Graph(Graph)> fix = {}) {
    if (node && fatal) broken_.insert(*node);
    v_.issues.push_back({node, std::move(text), std::move(cure), fatal, std::move(fix)});
  }

  void checkEnds(const std::vector<NodeId>& inputs, const std::vector<NodeId>& outputs) {
    if (inputs.empty())
      add({}, "The network has no input.", "Add an Input.", true, [](Graph g) { return addNode(std::move(g), "input", {-160, 0}); });
    if (outputs.empty())
      add({}, "The network has no output.", "Add an Output behind the last layer.", true, [](Graph g) {
        double x = 0, y = 0;
        for (const Node& n : g.nodes)
          if (n.at.y > y || (n.at.y == y && n.at.x > x)) x = n.at.x, y = n.at.y;
        return addNode(std::move(g), "output", {x + 152, y});
      });
    for (const std::vector<NodeId>* ends : {&inputs, &outputs})
      for (std::size_t i = 1; i < ends->size(); ++i)
        add((*ends)[i], "A network has one " + std::string(ends == &inputs ? "input" : "output") + " only.", "Delete this one.",
            true, [id = (*ends)[i]](Graph g) { return removeNodes(std::move(g), {id}); });
  }

  void checkNode(const Node& n) {
    const LayerSpec* spec = findLayer(n.type);
    if (!spec) return add(n.id, "This program knows no layer '" + n.type + "'.", "Delete it, or open the file with a newer version.");
    if (Status s = checkParams(spec->params, n.params); !s) add(n.id, s.error().text(), "Change the parameter in the inspector.");
    const int count = static_cast<int>(graph_.inputsOf(n.id).size());
    if (count < spec->minInputs) {
      const std::string need = spec->minInputs == 1 ? "an input" : "at least " + std::to_string(spec->minInputs) + " inputs";
      add(n.id, "'" + n.name + "' needs " + need + ".", "Drag a connection from another node's right side to its left side.");
    }
    if (count > spec->maxInputs)
      add(n.id, "'" + n.name + "' has too many inputs.", "Remove some of its connections.");
  }

  void inferShape(const Node& n) {
    const LayerSpec* spec = findLayer(n.type);
    if (!spec || broken_.count(n.id)) return;
    std::vector<Shape> in;
    if (n.type == "input") {
      if (!data_) return;
      in.push_back(data_->input);
    }
    for (NodeId source : graph_.inputsOf(n.id)) {
      const auto it = v_.shapes.find(source);
      if (it == v_.shapes.end()) return;  // the fault is told where it arose
      in.push_back(it->second);
    }
    Result<Shape> out = spec->shape(n.params, in);
    if (!out) return add(n.id, out.error().problem, out.error().expected, true, flattenFix(n, in));
    v_.shapes[n.id] = *out;
    std::int64_t count = 0;
    for (const ParamBlock& b : spec->make(n.params, in)->blocks())
      if (b.trainable) count += b.shape.size();
    v_.parameters[n.id] = count;
    v_.cost[n.id] = spec->cost ? spec->cost(n.params, in, *out) : out->size();
  }

  /// A Dense behind an image or a series: Flatten between them mends it.
  std::function<Graph(Graph)> flattenFix(const Node& n, const std::vector<Shape>& in) const {
    if (n.type != "dense" || in.size() != 1 || in[0].rank() < 2) return {};
    const NodeId id = n.id;
    return [id](Graph g) {
      for (const Edge& e : g.edges)
        if (e.to == id) {
          const Node *a = g.find(e.from), *b = g.find(id);
          const Point middle{(a->at.x + b->at.x) / 2, (a->at.y + b->at.y) / 2};
          if (Result<Graph> mended = insertOnEdge(g, e, "flatten", middle)) return *mended;
        }
      return g;
    };
  }

  void checkOutput(const Node& n) {
    const auto it = v_.shapes.find(n.id);
    if (it == v_.shapes.end() || !data_) return;
    const std::vector<NodeId> sources = graph_.inputsOf(n.id);
    const Node& source = *graph_.find(sources[0]);
    if (it->second.size() != data_->outputs || it->second.rank() != 1) {
      const std::string wanted = data_->task != Task::Regression
                                     ? std::to_string(data_->outputs) + " values, one for each " + (data_->task == Task::Labels ? "label" : "class")
                                     : std::to_string(data_->outputs) + (data_->outputs == 1 ? " value" : " values");
      std::function<Graph(Graph)> fix;
      std::string cure = "Put a Dense layer of " + std::to_string(data_->outputs) + " units before the output.";
      if (source.type == "dense") {
        cure = "Set the units of '" + source.name + "' to " + std::to_string(data_->outputs);
        fix = [id = source.id, units = data_->outputs](Graph g) {
          Result<Graph> mended = setParam(g, id, "units", ParamValue{std::int64_t{units}});
          return mended ? *mended : g;
        };
      }
      add(n.id, "The network gives " + it->second.text() + ", but the data needs " + wanted + ".", cure, true, fix);
    }
    const LayerSpec* spec = findLayer(n.type);
    const std::string loss = param<std::string>(n.params, spec->params, "loss");
    if (data_->task == Task::Regression && loss == "cross-entropy")
      add(n.id, "Cross-entropy needs classes, but the target is a number.", "Use mean squared error", true,
          [id = n.id](Graph g) {
            Result<Graph> mended = setParam(g, id, "loss", ParamValue{std::string("mse")});
            return mended ? *mended : g;
          });
    if (data_->task == Task::Labels && loss == "cross-entropy")
      add(n.id, "Cross-entropy needs one class a sample, but the samples have several labels.", "Use binary cross-entropy", true,
          [id = n.id](Graph g) {
            Result<Graph> mended = setParam(g, id, "loss", ParamValue{std::string("bce")});
            return mended ? *mended : g;
          });
    if (data_->task == Task::Classification && loss == "cross-entropy" && param<std::string>(n.params, spec->params, "class_weights") == "own") {
      const Result<std::vector<double>> own = parseClassWeights(param<std::string>(n.params, spec->params, "class_weight_values"), data_->outputs);
      if (!own) add(n.id, own.error().text() + ".", "Write one number above 0 for each class, with commas.", true, {});
    }
    if (source.type == "softmax" && loss == "cross-entropy")
      add(source.id, "Cross-entropy applies softmax itself: here it is applied twice, which slows learning.",
          "Delete this softmax", false, [id = source.id](Graph g) { return removeNodesAndBridge(std::move(g), {id}); });
  }

  const Graph& graph_;
  const DataSpec* data_;
  Validation v_;
  std::set<NodeId> broken_;
};

}  // namespace

bool Validation::ok() const { return firstFatal() == nullptr; }

const Issue* Validation::firstFatal() const {
  for (const Issue& i : issues)
    if (i.fatal) return &i;
  return nullptr;
}

std::int64_t Validation::totalParameters() const {
  std::int64_t n = 0;
  for (const auto& [id, count] : parameters) n += count;
  return n;
}

Validation validate(const Graph& graph, const DataSpec* data) { return Checker(graph, data).run(); }

}  // namespace vitrine
