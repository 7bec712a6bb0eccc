#include "core/model/templates.h"

#include <vector>

namespace vitrine {
namespace {

/// A chain under construction; merges are drawn with `fork` and `join`.
class Chain {
 public:
  explicit Chain(const DataSpec& data) : data_(data) { add("input"); }
  Chain& add(const std::string& type, Params params = {}) {
    const NodeId id{graph_.nextId};
    graph_ = addNode(std::move(graph_), type, {}, std::move(params));
    if (at_.value) graph_ = *connect(std::move(graph_), at_, id);
    at_ = id;
    return *this;
  }
  Chain& conv(std::int64_t filters, std::int64_t kernel, const std::string& padding = "same") {
    return add("conv2d", {{"filters", filters}, {"kernel", IntPair{kernel, kernel}}, {"padding", padding}});
  }
  Chain& dense(std::int64_t units, const std::string& activation) {
    const std::string init = activation == "relu" ? "he-normal" : "glorot-uniform";
    return add("dense", {{"units", units}, {"init", init}}).add(activation);
  }
  Chain& flattened() { return data_.input.rank() > 1 ? add("flatten") : *this; }
  NodeId at() const { return at_; }
  /// A second input for the node just added.
  Chain& join(NodeId other) {
    graph_ = *connect(std::move(graph_), other, at_);
    return *this;
  }
  Graph done() {
    add("dense", {{"units", data_.outputs}, {"init", std::string("glorot-uniform")}});
    add("output", {{"loss", std::string(data_.task == Task::Classification ? "cross-entropy" : data_.task == Task::Labels ? "bce" : "mse")}});
    return autoLayout(std::move(graph_));
  }

 private:
  const DataSpec& data_;
  Graph graph_;
  NodeId at_{0};
};

Status classes(const DataSpec& d) {
  return d.task != Task::Regression ? Status() : problem("It needs classes, but the target is a number.");
}

Status imagesOfAtLeast(const DataSpec& d, std::int64_t side) {
  if (!d.input.isImage()) return problem("It needs images.");
  if (d.input[0] < side || d.input[1] < side)
    return problem("It needs images of at least " + std::to_string(side) + " × " + std::to_string(side) + ".");
  return classes(d);
}

Graph smallCnn(const DataSpec& d) {
  return Chain(d).conv(8, 3).add("relu").add("maxpool2d").conv(16, 3).add("relu").add("maxpool2d").add("flatten").dense(64, "relu").done();
}

Graph lenet(const DataSpec& d) {
  return Chain(d).conv(6, 5).add("relu").add("maxpool2d").conv(16, 5, "valid").add("relu").add("maxpool2d").add("flatten")
      .dense(120, "relu").dense(84, "relu").done();
}

Graph kerasCnn(const DataSpec& d) {
  return Chain(d).conv(32, 3, "valid").add("relu").add("maxpool2d").conv(64, 3, "valid").add("relu").add("maxpool2d").add("flatten").done();
}

Graph resnetBlock(const DataSpec& d) {
  Chain c(d);
  c.conv(16, 3).add("batchnorm").add("relu").add("maxpool2d");
  const NodeId shortcut = c.at();
  c.conv(16, 3).add("batchnorm").add("relu").conv(16, 3).add("batchnorm").add("add").join(shortcut).add("relu").add("global_avgpool");
  return c.done();
}

/// Howard et al. 2017: a depthwise convolution finds patterns in each channel, a 1 × 1 one mixes the channels.
Graph depthwiseCnn(const DataSpec& d) {
  Chain c(d);
  c.conv(16, 3).add("relu").add("maxpool2d");
  for (const std::int64_t filters : {32, 64}) {
    const std::int64_t channels = filters / 2;
    c.add("conv2d", {{"filters", channels}, {"groups", channels}}).add("batchnorm").add("relu");
    c.conv(filters, 1).add("batchnorm").add("relu");
  }
  return c.add("global_avgpool").done();
}

/// Series as they are; pictures line by line.
Graph recurrent(const DataSpec& d) {
  Chain c(d);
  if (d.input.isImage()) c.add("reshape", {{"to", std::string("series")}, {"steps", d.input[0]}});
  return c.add("lstm", {{"units", std::int64_t{64}}}).done();
}

Graph seriesCnn(const DataSpec& d) {
  const Params wide{{"filters", std::int64_t{32}}, {"kernel", std::int64_t{5}}};
  return Chain(d).add("conv1d", wide).add("relu").add("conv1d", wide).add("relu").add("global_maxpool").done();
}

Status seriesOnly(const DataSpec& d) { return d.input.rank() == 2 ? Status() : problem("It needs series of steps."); }

}  // namespace

std::span<const GraphTemplate> templateRegistry() {
  static const std::vector<GraphTemplate> templates{
      {"softmax-regression", "Softmax regression", "No hidden layer: its weights are one picture a class. The baseline to beat.", classes,
       [](const DataSpec& d) { return Chain(d).flattened().done(); }},
      {"mlp", "MLP", "Two hidden layers of ReLU units: the classic network, good on tables, fair on images.", classes,
       [](const DataSpec& d) {
         const bool small = d.input.size() < 100;
         return Chain(d).flattened().dense(small ? 32 : 128, "relu").dense(small ? 16 : 64, "relu").done();
       }},
      {"lenet", "LeNet-5", "The network that read cheques (LeCun 1998), with ReLU and max pooling: convolutions find parts, dense layers combine them.",
       [](const DataSpec& d) { return imagesOfAtLeast(d, 12); }, lenet},
      {"small-cnn", "Small CNN", "Two convolutions and a dense layer: quick to train, with filters and maps small enough to look at.",
       [](const DataSpec& d) { return imagesOfAtLeast(d, 4); }, smallCnn},
      {"keras-cnn", "Wide CNN", "32 and 64 filters without padding, then one dense layer: the network of the Keras introduction, for when accuracy counts.",
       [](const DataSpec& d) { return imagesOfAtLeast(d, 10); }, kerasCnn},
      {"resnet-block", "Small ResNet block", "A shortcut around two convolutions with batch norm (He 2016): see how the sum keeps gradients alive.",
       [](const DataSpec& d) { return imagesOfAtLeast(d, 4); }, resnetBlock},
      {"depthwise-cnn", "Depthwise separable CNN", "Each convolution in two cheap halves (MobileNet): patterns channel by channel, then a mix of the channels.",
       [](const DataSpec& d) { return imagesOfAtLeast(d, 4); }, depthwiseCnn},
      {"lstm", "LSTM", "Reads a series step by step (a picture line by line) and decides at the end.",
       [](const DataSpec& d) -> Status {
         if (d.input.isImage() && d.input[2] == 1) return {};
         return d.input.rank() == 2 ? Status() : problem("It needs series of steps, or pictures of one channel.");
       },
       recurrent},
      {"series-cnn", "Series CNN", "Two convolutions along the steps, and whether their patterns are there at all.", seriesOnly, seriesCnn},
      {"regression-mlp", "Regression MLP", "Two hidden layers and a plain number at the end: fits curves and surfaces.",
       [](const DataSpec& d) -> Status {
         return d.task == Task::Regression ? Status() : problem("It predicts numbers, but the target is a class.");
       },
       [](const DataSpec& d) { return Chain(d).flattened().dense(32, "tanh").dense(32, "tanh").done(); }},
      {"playground", "Playground 2-D", "A few tanh layers on two features: watch the boundary bend while it learns.",
       [](const DataSpec& d) -> Status {
         return d.input == Shape{2} ? classes(d) : problem("It needs data with two features.");
       },
       [](const DataSpec& d) { return Chain(d).dense(16, "tanh").dense(16, "tanh").dense(8, "tanh").done(); }},
  };
  return templates;
}

const GraphTemplate* findTemplate(const std::string& id) {
  for (const GraphTemplate& t : templateRegistry())
    if (t.id == id) return &t;
  return nullptr;
}

const GraphTemplate& defaultTemplate(const DataSpec& data) {
  for (const char* id : {"playground", "small-cnn", "series-cnn", "regression-mlp"})
    if (findTemplate(id)->suits(data)) return *findTemplate(id);
  return *findTemplate("mlp");
}

}  // namespace vitrine
