#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/base/real.h"
#include "core/base/result.h"
#include "core/model/param.h"
#include "core/tensor/shape.h"

namespace vitrine {

enum class Mode { Train, Eval };

/// How a block's numbers are drawn at the start. Glorot & Bengio 2010; He et al. 2015; LeCun et al. 1998; Saxe et al. 2014
/// (orthogonal: the block as a matrix whose columns are the last dimension).
enum class Init {
  Zeros, Ones, HeNormal, HeUniform, GlorotNormal, GlorotUniform, LeCunNormal, LeCunUniform, Orthogonal, Normal, Uniform, Constant
};
struct InitChoice {
  InitChoice(Init k = Init::Zeros, double v = 0) : kind(k), value(v) {}
  Init kind;
  double value;  ///< deviation (Normal), limit (Uniform), the number itself (Constant)
};

/// A named stretch of the network's flat parameter vector.
struct ParamBlock {
  std::string name;         ///< PyTorch's: "weight", "bias", "running_mean"
  Shape shape;              ///< the engine's layout, slowest first
  std::vector<int> toFile;  ///< permutation of dimensions that gives PyTorch's layout; empty: the same
  InitChoice init;
  std::int64_t fanIn = 1, fanOut = 1;
  bool trainable = true;  ///< false: a running statistic, changed by forward passes and not by the optimiser
  /// Shape in PyTorch's layout.
  Shape fileShape() const;
};

/// What random draws of a pass depend on; with the row's index in the batch it gives every layer its own stream.
struct RngKey {
  std::uint64_t seed = 0, step = 0;
};

/// Everything a layer sees of the world in a forward pass over `rows` samples.
struct ForwardArgs {
  std::int64_t rows = 0;
  std::span<const Real* const> in;  ///< per input port: [rows × its size]
  Real* out = nullptr;              ///< [rows × size], all of it is overwritten
  const Real* params = nullptr;     ///< the layer's blocks, one after the other
  Real* cache = nullptr;            ///< [rows × cachePerRow()], kept for backward; 64-byte aligned when rows start at 0
  Real* scratch = nullptr;          ///< [scratch() + rows × scratchPerRow()], contents undefined
  const Real* shared = nullptr;     ///< coupled layers in Mode::Train: the whole batch's statistics
  Mode mode = Mode::Eval;
  RngKey rng;
  std::uint64_t node = 0;      ///< the node's id, part of the random stream
  std::int64_t firstRow = 0;   ///< index in the batch of the first of `rows`
};

struct BackwardArgs {
  std::int64_t rows = 0;
  std::span<const Real* const> in;  ///< as in forward
  const Real* out = nullptr;        ///< what forward gave
  const Real* dout = nullptr;       ///< d loss / d out
  std::span<Real* const> din;       ///< per port: all overwritten; null where not wanted
  const Real* params = nullptr;
  Real* dparams = nullptr;  ///< null where not wanted; else overwritten, or added to when `accumulate`
  bool accumulate = false;
  const Real* cache = nullptr;
  Real* scratch = nullptr;
  const Real* shared = nullptr;          ///< as in forward
  const Real* sharedBackward = nullptr;  ///< coupled layers in Mode::Train: combined backward partials
  Mode mode = Mode::Eval;
  RngKey rng;
  std::uint64_t node = 0;
  std::int64_t firstRow = 0;
};

/// The maths of one node, for fixed shapes. Stateless: memory is handed in, so any number of passes over different
/// parameters run at once. Rows are independent of each other, except in coupled layers.
class Layer {
 public:
  virtual ~Layer() = default;

  virtual std::vector<ParamBlock> blocks() const { return {}; }
  virtual std::int64_t cachePerRow() const { return 0; }
  virtual std::int64_t scratch() const { return 0; }
  /// More scratch for every row of a pass.
  virtual std::int64_t scratchPerRow() const { return 0; }
  /// Output may share memory with the first input (elementwise layers whose backward needs `out` only, not `in`).
  virtual bool inPlace() const { return false; }

  /// Whether backward reads `out`: then no later layer may work in place on it.
  virtual bool readsOutput() const { return inPlace(); }

  /// In Mode::Eval the output is an affine function of the input, and backward to the input reads `dout` and `params` only.
  virtual bool affine() const { return false; }

  /// Every output is the largest of some inputs (the first of equals), whose place takes its whole gradient: max pooling.
  virtual bool picksLargest() const { return false; }
  /// Elementwise, never falling, and where it is flat no gradient passes: before or after a layer that picks the largest, numbers and
  /// gradients are the same. ReLU.
  virtual bool maySwapWithPick() const { return false; }
  /// What outputs depend on of an input of this shape: its first rows and columns, or steps.
  virtual Shape reads(const Shape& in) const { return in; }
  /// The same layer for the first rows and columns, or steps, of its output alone; null: there is no such form.
  virtual std::unique_ptr<Layer> firstOf(const Shape& /*out*/) const { return nullptr; }

  virtual void forward(const ForwardArgs& args) const = 0;
  virtual void backward(const BackwardArgs& args) const = 0;

  /// A coupled layer needs statistics of the whole batch in Mode::Train (batch normalisation). Each block of rows
  /// first gives a partial; combine() makes `shared` of them in block order; then forward runs. Backward likewise.
  virtual bool coupled() const { return false; }
  /// Rows that a batch in Mode::Train must have for the statistics to be any.
  virtual std::int64_t leastRows() const { return 1; }
  virtual std::int64_t partialSize() const { return 0; }
  virtual std::int64_t sharedSize() const { return 0; }
  virtual void forwardPartial(const ForwardArgs&, Real* /*partial*/) const {}
  virtual void combineForward(std::span<const Real> /*partials*/, std::int64_t /*blocks*/, Real* /*shared*/) const {}
  virtual void backwardPartial(const BackwardArgs&, Real* /*partial*/) const {}
  virtual void combineBackward(std::span<const Real> /*partials*/, std::int64_t /*blocks*/, Real* /*shared*/) const {}
  /// Moves running statistics (the layer's non-trainable blocks) after a training step.
  virtual void updateStatistics(const Real* /*shared*/, Real* /*params*/) const {}
};

enum class Category { Data, Convolution, Pooling, Activation, Dense, Recurrent, Normalise, Merge, Output };

/// Work for one sample: multiply-adds of a forward pass.
using Cost = std::int64_t;

/// One layer, said once: factory, palette, inspector, JSON, help, export and contract tests all read this.
struct LayerSpec {
  std::string id;    ///< in files: "conv2d"
  std::string name;  ///< in the palette: "Conv 2-D"
  Category category = Category::Dense;
  std::string help;     ///< one or two sentences: what it does, when to use it
  std::string formula;  ///< plain text: "y = x·W + b"
  int minInputs = 1, maxInputs = 1;
  std::vector<Param> params;
  /// Output's shape, or why these inputs do not fit (Error::problem) and what would mend it (Error::expected).
  std::function<Result<Shape>(const Params&, std::span<const Shape>)> shape;
  /// Requires that shape() accepted.
  std::function<std::unique_ptr<Layer>(const Params&, std::span<const Shape>)> make;
  std::function<Cost(const Params&, std::span<const Shape>, const Shape& out)> cost;
  /// One short line for the node: "32 filters · 3 × 3 · same".
  std::function<std::string(const Params&)> summary;
};

/// Every layer there is, in the palette's order: an explicit list.
std::span<const LayerSpec> layerRegistry();
/// Null when there is none of that id.
const LayerSpec* findLayer(const std::string& id);

}  // namespace vitrine
