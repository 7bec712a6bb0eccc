#pragma once

// Small networks for tests, drawn layer by layer.

#include <gtest/gtest.h>

#include "core/model/network.h"

namespace vitrine::test {

/// Adds one layer after another; each gets its inputs from those named, or from the one before.
class Drawing {
 public:
  Drawing& add(const std::string& type, const std::string& name, Params params = {}, std::vector<std::string> from = {}) {
    const NodeId id{graph.nextId};
    graph = addNode(std::move(graph), type, {}, std::move(params));
    Result<Graph> named = renameNode(graph, id, name);
    if (named) graph = *named;
    std::vector<NodeId> sources;
    for (const std::string& source : from) sources.push_back(graph.findName(source)->id);
    if (from.empty() && last_.value) sources.push_back(last_);
    for (NodeId source : sources) {
      Result<Graph> wired = connect(graph, source, id);
      if (!wired) ADD_FAILURE() << name << ": " << wired.error().text();
      else graph = *wired;
    }
    last_ = id;
    return *this;
  }
  Drawing& dense(const std::string& name, std::int64_t units) { return add("dense", name, {{"units", units}}); }
  Drawing& conv(const std::string& name, std::int64_t filters, std::int64_t kernel, std::int64_t pad,
                std::vector<std::string> from = {}) {
    return add("conv2d", name,
               {{"filters", filters}, {"kernel", IntPair{kernel, kernel}}, {"padding", std::string("number")},
                {"padding_size", IntPair{pad, pad}}},
               std::move(from));
  }
  std::shared_ptr<const Network> compile(const DataSpec& data) const {
    Result<std::shared_ptr<const Network>> network = Network::compile(graph, data);
    if (!network) {
      ADD_FAILURE() << network.error().text();
      return nullptr;
    }
    return *network;
  }

  Graph graph;

 private:
  NodeId last_;
};

inline DataSpec classesOf(Shape input, std::int64_t classes) {
  DataSpec spec;
  spec.input = std::move(input);
  spec.outputs = classes;
  for (std::int64_t c = 0; c < classes; ++c) spec.classes.push_back(std::to_string(c));
  return spec;
}

inline DataSpec numbersOf(Shape input, std::int64_t outputs) {
  DataSpec spec;
  spec.input = std::move(input);
  spec.outputs = outputs;
  spec.task = Task::Regression;
  return spec;
}

/// Conv → ReLU → pool twice, then two dense layers: the usual small CNN for images of one channel.
inline Drawing smallCnn(std::int64_t classes) {
  Drawing d;
  d.add("input", "in").conv("conv1", 8, 3, 1).add("relu", "relu1").add("maxpool2d", "pool1");
  d.conv("conv2", 16, 3, 1).add("relu", "relu2").add("maxpool2d", "pool2").add("flatten", "flatten");
  return d.dense("fc1", 64).add("relu", "relu3").dense("fc2", classes).add("output", "out");
}

}  // namespace vitrine::test
