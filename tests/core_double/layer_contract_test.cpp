// One contract over every layer of the registry, in double: gradients against central differences, what is overwritten
// and what is added to, independence of how rows are cut, memory that may be shared, and refusals.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <cstdio>
#include <limits>
#include <random>
#include <set>

#include "core/base/random.h"
#include "core/model/layer.h"
#include "core/tensor/tensor.h"
#include "tests/core_double/layer_cases.h"

namespace vitrine {
namespace {

using test::Case;
using test::cases;

constexpr Real kNaN = std::numeric_limits<Real>::quiet_NaN();
using Values = std::vector<Real>;

/// Runs a layer as the network does, with every buffer filled with NaN before it is lent.
class Bench {
 public:
  Bench(const Case& c, std::uint64_t seed) : rows_(c.rows), rng_(seed, Stream::Test) {
    const LayerSpec& spec = *findLayer(c.type);
    out_ = *spec.shape(c.params, c.in);
    layer_ = spec.make(c.params, c.in);
    for (const Shape& shape : c.in) {
      sizes_.push_back(shape.size());
      inputs.push_back(spread(rows_ * shape.size()));
    }
    for (const ParamBlock& b : layer_->blocks()) {
      for (std::int64_t i = 0; i < b.shape.size(); ++i) {
        params.push_back(b.name == "running_var" ? rng_.uniform(0.5, 2) : rng_.uniform(-1, 1));
        trainable.push_back(b.trainable);
      }
    }
    dout = spread(rows_ * out_.size());
  }

  struct Pass {
    Values out, dparams;
    std::vector<Values> din;
  };
  struct Options {
    Mode mode = Mode::Train;
    std::int64_t block = 0;     ///< rows at a time; 0: all
    bool accumulate = false;    ///< into `start`
    Real start = 0;             ///< what dparams holds before
    bool shareMemory = false;   ///< out is in[0], din[0] is dout
    bool wantInputs = true, wantParams = true;
  };

  Values forward(Mode mode) {
    prepare(0);
    forwardAll(mode, rows_, false);
    return out_values_;
  }

  Pass run(const Options& o) {
    const std::int64_t block = o.block ? o.block : rows_;
    prepare(o.start);
    if (o.shareMemory) std::copy(inputs[0].begin(), inputs[0].end(), out_values_.begin());
    forwardAll(o.mode, block, o.shareMemory);
    Pass p;
    p.out = out_values_;
    backwardAll(o, block);
    p.din = o.shareMemory ? std::vector<Values>{gradient_} : din_;
    p.dparams = dparams_;
    return p;
  }

  Layer& layer() { return *layer_; }
  std::int64_t rows() const { return rows_; }

  std::vector<Values> inputs;
  Values params, dout;
  std::vector<bool> trainable;

 private:
  /// Distinct numbers of both signs, evenly apart and none near 0: kinks and ties stay farther than a difference's step.
  Values spread(std::int64_t n) {
    Values v(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) v[static_cast<std::size_t>(i)] = 3 * (static_cast<Real>(i) + 0.25) / static_cast<Real>(n) - 1.5;
    rng_.shuffle(std::span<Real>(v));
    return v;
  }
  static void spoil(Values& v, std::int64_t n) { v.assign(static_cast<std::size_t>(n), kNaN); }

  void prepare(Real start) {
    spoil(out_values_, rows_ * out_.size());
    spoil(cache_, rows_ * layer_->cachePerRow() + 1);
    spoil(scratch_, layer_->scratch() + rows_ * layer_->scratchPerRow() + 1);
    spoil(shared_, layer_->sharedSize() + 1);
    spoil(sharedBackward_, layer_->sharedSize() + 1);
    din_.clear();
    for (std::int64_t size : sizes_) din_.emplace_back(static_cast<std::size_t>(rows_ * size), kNaN);
    dparams_.assign(params.size(), start);
    for (std::size_t i = 0; i < params.size(); ++i)
      if (!trainable[i]) dparams_[i] = kNaN;
  }

  ForwardArgs forwardArgs(Mode mode, std::int64_t first, std::int64_t count, bool share, std::vector<const Real*>& in) {
    in.clear();
    for (std::size_t p = 0; p < sizes_.size(); ++p) in.push_back((share ? out_values_.data() : inputs[p].data()) + first * sizes_[p]);
    ForwardArgs a;
    a.rows = count;
    a.in = in;
    a.out = out_values_.data() + first * out_.size();
    a.params = params.data();
    a.cache = cache_.data() + first * layer_->cachePerRow();
    std::fill(scratch_.begin(), scratch_.end(), kNaN);
    a.scratch = scratch_.data();
    a.shared = shared_.data();
    a.mode = mode;
    a.rng = {77, 3};
    a.node = 9;
    a.firstRow = first;
    return a;
  }

  void forwardAll(Mode mode, std::int64_t block, bool share) {
    std::vector<const Real*> in;
    if (layer_->coupled() && mode == Mode::Train) {
      Values partials;
      std::int64_t count = 0;
      for (std::int64_t r = 0; r < rows_; r += block, ++count) {
        Values one(static_cast<std::size_t>(layer_->partialSize()), kNaN);
        layer_->forwardPartial(forwardArgs(mode, r, std::min(block, rows_ - r), share, in), one.data());
        partials.insert(partials.end(), one.begin(), one.end());
      }
      layer_->combineForward(partials, count, shared_.data());
    }
    for (std::int64_t r = 0; r < rows_; r += block) layer_->forward(forwardArgs(mode, r, std::min(block, rows_ - r), share, in));
  }

  void backwardAll(const Options& o, std::int64_t block) {
    gradient_ = dout;
    // What backward has not asked for may be gone by then.
    const Values gone(std::max(out_values_.size(), inputs[0].size()), kNaN);
    std::vector<const Real*> in;
    std::vector<Real*> din;
    auto args = [&](std::int64_t first) {
      in.clear();
      din.clear();
      for (std::size_t p = 0; p < sizes_.size(); ++p) {
        in.push_back(layer_->inPlace() ? gone.data() : inputs[p].data() + first * sizes_[p]);
        din.push_back(!o.wantInputs ? nullptr : (o.shareMemory ? gradient_.data() : din_[p].data()) + first * sizes_[p]);
      }
      BackwardArgs a;
      a.rows = std::min(block, rows_ - first);
      a.in = in;
      a.out = layer_->readsOutput() ? out_values_.data() + first * out_.size() : gone.data();
      a.dout = gradient_.data() + first * out_.size();
      a.din = din;
      a.params = params.data();
      a.dparams = o.wantParams && !params.empty() ? dparams_.data() : nullptr;
      a.accumulate = o.accumulate || first > 0;
      a.cache = cache_.data() + first * layer_->cachePerRow();
      std::fill(scratch_.begin(), scratch_.end(), kNaN);
      a.scratch = scratch_.data();
      a.shared = shared_.data();
      a.sharedBackward = sharedBackward_.data();
      a.mode = o.mode;
      a.rng = {77, 3};
      a.node = 9;
      a.firstRow = first;
      return a;
    };
    if (layer_->coupled() && o.mode == Mode::Train) {
      Values partials;
      std::int64_t count = 0;
      for (std::int64_t r = 0; r < rows_; r += block, ++count) {
        Values one(static_cast<std::size_t>(layer_->partialSize()), kNaN);
        layer_->backwardPartial(args(r), one.data());
        partials.insert(partials.end(), one.begin(), one.end());
      }
      layer_->combineBackward(partials, count, sharedBackward_.data());
    }
    for (std::int64_t r = 0; r < rows_; r += block) layer_->backward(args(r));
  }

  std::int64_t rows_;
  Rng rng_;
  Shape out_;
  std::unique_ptr<Layer> layer_;
  std::vector<std::int64_t> sizes_;
  Values out_values_, cache_, scratch_, shared_, sharedBackward_, dparams_, gradient_;
  std::vector<Values> din_;
};

Real dot(const Values& a, const Values& b) {
  Real s = 0;
  for (std::size_t i = 0; i < a.size(); ++i) s += a[i] * b[i];
  return s;
}

bool sameBits(const Values& a, const Values& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Real)) == 0);
}

class LayerContract : public testing::TestWithParam<Case> {
 protected:
  Bench bench() {
    const std::uint64_t seed = std::random_device{}();
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    return Bench(GetParam(), seed);
  }
};

/// d (dout · out) / d variable by central differences.
Real numericGradient(Bench& b, Mode mode, Real& variable) {
  const Real before = variable, step = 1e-5;
  variable = before + step;
  const Real up = dot(b.forward(mode), b.dout);
  variable = before - step;
  const Real down = dot(b.forward(mode), b.dout);
  variable = before;
  return (up - down) / (2 * step);
}

TEST_P(LayerContract, GradientsMatchCentralDifferences) {
  Bench b = bench();
  for (Mode mode : {Mode::Train, Mode::Eval}) {
    for (std::int64_t block : {std::int64_t{0}, std::int64_t{2}}) {
      SCOPED_TRACE((mode == Mode::Train ? "training, block " : "evaluation, block ") + std::to_string(block));
      const Bench::Pass pass = b.run({.mode = mode, .block = block});
      for (std::size_t port = 0; port < b.inputs.size(); ++port)
        for (std::size_t i = 0; i < b.inputs[port].size(); ++i) {
          const Real numeric = numericGradient(b, mode, b.inputs[port][i]);
          ASSERT_NEAR(pass.din[port][i], numeric, 2e-7 * std::max<Real>(1, std::abs(numeric))) << "port " << port << ", input " << i;
        }
      for (std::size_t i = 0; i < b.params.size(); ++i) {
        if (!b.trainable[i]) {
          EXPECT_TRUE(std::isnan(pass.dparams[i])) << "a running statistic's gradient was written";
          continue;
        }
        const Real numeric = numericGradient(b, mode, b.params[i]);
        ASSERT_NEAR(pass.dparams[i], numeric, 2e-7 * std::max<Real>(1, std::abs(numeric))) << "parameter " << i;
      }
    }
  }
}

TEST_P(LayerContract, GradientsAreOverwrittenOrAddedTo) {
  Bench b = bench();
  for (Mode mode : {Mode::Train, Mode::Eval}) {
    const Bench::Pass fresh = b.run({.mode = mode, .start = kNaN}), added = b.run({.mode = mode, .accumulate = true, .start = 2.5});
    for (std::size_t i = 0; i < b.params.size(); ++i)
      if (b.trainable[i]) {
        ASSERT_TRUE(std::isfinite(fresh.dparams[i])) << i;
        ASSERT_NEAR(added.dparams[i], fresh.dparams[i] + 2.5, 1e-11 * std::max<Real>(1, std::abs(fresh.dparams[i]))) << i;
      }
    for (const Values& din : fresh.din)
      for (Real x : din) ASSERT_TRUE(std::isfinite(x));
    for (Real x : fresh.out) ASSERT_TRUE(std::isfinite(x));
  }
}

TEST_P(LayerContract, RowsDoNotDependOnHowTheyAreCut) {
  Bench b = bench();
  for (Mode mode : {Mode::Train, Mode::Eval}) {
    const Bench::Pass whole = b.run({.mode = mode});
    const bool together = b.layer().coupled() && mode == Mode::Train;
    // A matrix product may sum in another order for another number of rows.
    const bool product = !b.layer().blocks().empty() && b.layer().blocks()[0].shape.rank() > 1;
    for (std::int64_t block : {1, 2, 3, 16}) {
      const Bench::Pass cut = b.run({.mode = mode, .block = block});
      if (!together && !product) {
        EXPECT_TRUE(sameBits(whole.out, cut.out)) << "out, " << block << " rows at a time";
        for (std::size_t p = 0; p < whole.din.size(); ++p)
          EXPECT_TRUE(sameBits(whole.din[p], cut.din[p])) << "input gradient, " << block << " rows at a time";
      }
      // The rest is equal but for rounding: so are statistics of a batch, merged in another order.
      for (std::size_t i = 0; i < whole.out.size(); ++i) ASSERT_NEAR(whole.out[i], cut.out[i], 1e-10);
      for (std::size_t p = 0; p < whole.din.size(); ++p)
        for (std::size_t i = 0; i < whole.din[p].size(); ++i) ASSERT_NEAR(whole.din[p][i], cut.din[p][i], 1e-10);
    }
  }
}

/// Layers that may write over their input.
class InPlaceContract : public LayerContract {};

TEST_P(InPlaceContract, MemoryMayBeShared) {
  Bench b = bench();
  for (Mode mode : {Mode::Train, Mode::Eval}) {
    const Bench::Pass apart = b.run({.mode = mode}), shared = b.run({.mode = mode, .shareMemory = true});
    EXPECT_TRUE(sameBits(apart.out, shared.out));
    EXPECT_TRUE(sameBits(apart.din[0], shared.din[0]));
  }
}

TEST_P(LayerContract, WritesNothingThatIsNotWanted) {
  Bench b = bench();
  for (Mode mode : {Mode::Train, Mode::Eval}) {
    const Bench::Pass all = b.run({.mode = mode}), inputs = b.run({.mode = mode, .start = 4, .wantParams = false});
    const Bench::Pass params = b.run({.mode = mode, .wantInputs = false});
    for (std::size_t p = 0; p < all.din.size(); ++p) EXPECT_TRUE(sameBits(all.din[p], inputs.din[p]));
    for (std::size_t i = 0; i < b.params.size(); ++i)
      if (b.trainable[i]) {
        EXPECT_EQ(inputs.dparams[i], 4);
        EXPECT_EQ(params.dparams[i], all.dparams[i]);
      }
  }
}

std::vector<Case> inPlaceCases() {
  std::vector<Case> all = cases();
  std::erase_if(all, [](const Case& c) { return !Bench(c, 1).layer().inPlace(); });
  return all;
}

INSTANTIATE_TEST_SUITE_P(Layers, LayerContract, testing::ValuesIn(cases()), [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Layers, InPlaceContract, testing::ValuesIn(inPlaceCases()), [](const auto& info) { return info.param.name; });

class SpecContract : public testing::TestWithParam<std::string> {
 protected:
  const LayerSpec& spec() const { return *findLayer(GetParam()); }
};

std::vector<std::string> ids() {
  std::vector<std::string> all;
  for (const LayerSpec& s : layerRegistry()) all.push_back(s.id);
  return all;
}

TEST_P(SpecContract, SaysAllThatIsShown) {
  const LayerSpec& s = spec();
  EXPECT_FALSE(s.name.empty());
  EXPECT_GE(s.help.size(), 20u);
  EXPECT_FALSE(s.formula.empty());
  EXPECT_TRUE(s.shape && s.make && s.cost && s.summary);
  EXPECT_LE(s.minInputs, s.maxInputs);
  std::set<std::string> seen;
  for (const Param& p : s.params) {
    EXPECT_TRUE(seen.insert(p.id).second) << p.id;
    EXPECT_FALSE(p.label.empty() || p.help.empty()) << p.id;
    EXPECT_TRUE(checkParam(p, p.fallback)) << p.id;
    EXPECT_LE(p.sliderLow, p.sliderHigh);
    if (p.sliderLow < p.sliderHigh) {
      EXPECT_GE(p.sliderLow, p.low) << p.id;
      EXPECT_LE(p.sliderHigh, p.high) << p.id;
    }
    EXPECT_NE(p.choices.size(), 1u) << p.id;  // none: free text
  }
}

TEST_P(SpecContract, RefusesIllegalParametersWithAReason) {
  for (const Param& p : spec().params) {
    std::vector<ParamValue> bad;
    if (std::holds_alternative<std::int64_t>(p.fallback)) {
      bad = {static_cast<std::int64_t>(p.low) - 1, static_cast<std::int64_t>(p.high) + 1, 1.0, std::string("3"), true};
    } else if (std::holds_alternative<double>(p.fallback)) {
      bad = {p.low - 1, p.high + 1, std::nan(""), std::numeric_limits<double>::infinity(), std::int64_t{1}};
    } else if (std::holds_alternative<IntPair>(p.fallback)) {
      const std::int64_t low = static_cast<std::int64_t>(p.low), high = static_cast<std::int64_t>(p.high);
      bad = {IntPair{low - 1, high}, IntPair{low, high + 1}, low, std::string("3 × 3")};
    } else if (std::holds_alternative<std::string>(p.fallback)) {
      bad = {std::int64_t{0}, true};
      if (!p.choices.empty()) bad.insert(bad.end(), {std::string("nonsense"), std::string()});
    } else {
      bad = {std::int64_t{1}, std::string("yes")};
    }
    for (const ParamValue& value : bad) {
      const Status status = checkParams(spec().params, {{p.id, value}});
      ASSERT_FALSE(status) << p.id << " took value of kind " << value.index();
      EXPECT_NE(status.error().text().find(p.label), std::string::npos) << status.error().text();
      EXPECT_FALSE(status.error().expected.empty());
    }
  }
  EXPECT_FALSE(checkParams(spec().params, {{"no such parameter", true}}));
}

/// All but the input, which the network itself is.
class LayerCases : public SpecContract {};

TEST_P(LayerCases, ArePutThroughTheContract) {
  bool found = false;
  for (const Case& c : cases()) found |= c.type == spec().id;
  EXPECT_TRUE(found) << "add a case for it";
}

TEST_P(SpecContract, MisfitsComeWithACure) {
  const LayerSpec& s = spec();
  for (const std::vector<Shape>& in : std::vector<std::vector<Shape>>{{{7}}, {{4, 3}}, {{1, 1, 2}}, {{std::int64_t{1} << 38}}}) {
    std::vector<Shape> ports = in;
    if (s.minInputs == 2) ports.push_back({3, 3});
    const Result<Shape> out = s.shape({}, ports);
    if (out) continue;
    EXPECT_EQ(out.error().problem.back(), '.') << out.error().problem;
    EXPECT_GE(out.error().expected.size(), 10u) << out.error().problem;
  }
}

INSTANTIATE_TEST_SUITE_P(Layers, SpecContract, testing::ValuesIn(ids()), [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Layers, LayerCases, testing::ValuesIn([] {
                           std::vector<std::string> all = ids();
                           std::erase(all, "input");
                           return all;
                         }()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace vitrine
