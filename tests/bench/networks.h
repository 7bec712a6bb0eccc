#pragma once

// The networks that the figures are of, drawn layer by layer.

#include <string>

#include "core/model/network.h"

namespace vitrine::bench {

struct Builder {
  Graph graph;
  NodeId last{0};
  Builder& add(const std::string& type, Params params = {}) {
    const NodeId id{graph.nextId};
    graph = addNode(std::move(graph), type, {}, std::move(params));
    if (last.value) graph = *connect(std::move(graph), last, id);
    last = id;
    return *this;
  }
  Builder& conv(std::int64_t filters, std::int64_t kernel, std::int64_t pad) {
    return add("conv2d", {{"filters", filters},
                          {"kernel", IntPair{kernel, kernel}},
                          {"padding", std::string("number")},
                          {"padding_size", IntPair{pad, pad}}})
        .add("relu");
  }
  Builder& pool() { return add("maxpool2d"); }
  Builder& dense(std::int64_t units, bool relu = true) {
    add("dense", {{"units", units}});
    return relu ? add("relu") : *this;
  }
  Graph done() { return add("output").graph; }
};

/// The CNN of Keras' example for MNIST.
inline Graph kerasCnn() { return Builder().add("input").conv(32, 3, 0).pool().conv(64, 3, 0).pool().add("flatten").dense(10, false).done(); }

}  // namespace vitrine::bench
