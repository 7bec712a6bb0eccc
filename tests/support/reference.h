#pragma once

// The reference networks of tests/data/reference with their arrays.

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/explain/explainer.h"
#include "tests/support/networks.h"
#include "tests/support/npz.h"

namespace vitrine::test {

/// One of the reference networks: our network, the arrays, and how near we must come.
class Reference {
 public:
  explicit Reference(const std::string& name) : arrays_(readNpz(std::string(VITRINE_TEST_DATA) + "/reference/" + name + ".npz")) {
    // The CNN's attributions are in files of their own.
    if (name == "cnn_fashion")
      for (const char* more : {"cnn_explain", "cnn_relu2"})
        for (auto& [array, values] : readNpz(std::string(VITRINE_TEST_DATA) + "/reference/" + more + ".npz")) arrays_[array] = std::move(values);
    std::ifstream index(std::string(VITRINE_TEST_DATA) + "/reference/index.tsv");
    std::string line;
    while (std::getline(index, line)) {
      std::istringstream fields(line);
      std::string file, array, largest, noise;
      fields >> file >> array >> largest >> noise;
      if (file == name) tolerance_[array] = std::max(10 * std::stod(noise), 1e-5 * std::stod(largest));
    }
    const std::int64_t classes = at("logits").shape[1];
    if (name == "cnn_fashion") {
      network_ = smallCnn(classes).compile(classesOf({28, 28, 1}, classes));
    } else if (name == "lstm") {
      Drawing d;
      d.add("input", "in").add("lstm", "rnn", {{"units", std::int64_t{16}}}).dense("fc", classes);
      network_ = d.add("output", "out").compile(classesOf({12, 3}, classes));
    } else {
      Drawing d;
      d.add("input", "in").dense("fc1", 16).add("tanh", "act1").dense("fc2", 16).add("tanh", "act2").dense("fc3", classes);
      network_ = d.add("output", "out").compile(classesOf({4}, classes));
    }
    params_ = Buffer(static_cast<std::size_t>(network_->parameterCount()));
    for (const PlacedBlock& b : network_->blocks()) {
      const std::vector<double> values = toEngine(b, at("param." + b.fullName).values);
      for (std::size_t i = 0; i < values.size(); ++i) params_[static_cast<std::size_t>(b.offset) + i] = static_cast<Real>(values[i]);
    }
  }

  const Network& network() const { return *network_; }
  std::span<const Real> params() const { return params_.span(); }
  bool has(const std::string& name) const { return arrays_.count(name) > 0; }
  const NpyArray& at(const std::string& name) const {
    const auto it = arrays_.find(name);
    if (it == arrays_.end()) throw std::runtime_error("no array " + name);
    return it->second;
  }
  std::int64_t samples() const { return at("x").rows(); }

  /// An input from the file: NCHW becomes the engine's channels last. (One channel: the order is the same; more would
  /// need a turn here.)
  std::vector<Real> input(const std::string& array, std::int64_t row) const {
    const std::vector<double> values = at(array).row(row);
    return {values.begin(), values.end()};
  }
  Target target(std::int64_t row) const {
    return {static_cast<std::int64_t>(at("target").values[static_cast<std::size_t>(row)]), false};
  }

  /// Values in a file's layout to the engine's.
  static std::vector<double> toEngine(const PlacedBlock& b, const std::vector<double>& file) {
    std::vector<double> out(static_cast<std::size_t>(b.size()));
    forEach(b, [&](std::size_t engine, std::size_t inFile) { out[engine] = file[inFile]; });
    return out;
  }
  static std::vector<double> toFile(const PlacedBlock& b, std::span<const Real> engine) {
    std::vector<double> out(static_cast<std::size_t>(b.size()));
    forEach(b, [&](std::size_t at, std::size_t inFile) { out[inFile] = static_cast<double>(engine[at]); });
    return out;
  }

  /// Compares with the array, or with its row; our values may go on beyond what the file keeps. Tells the worst.
  template <class V>
  void expectNear(const std::string& array, const V& ours, std::int64_t row = -1, double factor = 1) const {
    const std::vector<double> expected = row < 0 ? at(array).values : at(array).row(row);
    ASSERT_LE(expected.size(), ours.size()) << array;
    double worst = 0;
    std::size_t where = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double d = std::abs(static_cast<double>(ours[i]) - expected[i] * factor);
      if (!(d <= worst)) worst = d, where = i;
    }
    EXPECT_LE(worst, tolerance_.at(array)) << array << " row " << row << " at " << where << ": " << ours[where] << " for "
                                           << expected[where] * factor;
  }

 private:
  template <class F>
  static void forEach(const PlacedBlock& b, F f) {
    const Shape& shape = b.block.shape;
    const std::size_t rank = shape.dims.size();
    std::vector<int> order = b.block.toFile;
    if (order.empty())
      for (std::size_t d = 0; d < rank; ++d) order.push_back(static_cast<int>(d));
    std::vector<std::int64_t> stride(rank, 1);  // in the file, by the engine's dimension
    std::int64_t step = 1;
    for (std::size_t d = rank; d-- > 0;) {
      stride[static_cast<std::size_t>(order[d])] = step;
      step *= shape[order[d]];
    }
    for (std::int64_t i = 0; i < b.size(); ++i) {
      std::int64_t rest = i, inFile = 0;
      for (std::size_t d = rank; d-- > 0;) {
        inFile += rest % shape.dims[d] * stride[d];
        rest /= shape.dims[d];
      }
      f(static_cast<std::size_t>(i), static_cast<std::size_t>(inFile));
    }
  }

  std::map<std::string, NpyArray> arrays_;
  std::map<std::string, double> tolerance_;
  std::shared_ptr<const Network> network_;
  Buffer params_;
};

}  // namespace vitrine::test
