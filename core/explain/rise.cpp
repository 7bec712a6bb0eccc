#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/explain/grad_cam.h"
#include "core/explain/methods.h"
#include "core/explain/pass.h"

namespace vitrine {
namespace {

std::vector<Param> params() {
  return {{.id = "masks", .label = "Masks", .help = "Random masks; 1000 to 8000 is usual, more for finer cells.", .fallback = std::int64_t{1000}, .low = 2,
           .high = 1000000, .sliderLow = 100, .sliderHigh = 8000},
          {.id = "cells", .label = "Cells", .help = "Along each side of a mask before it is enlarged; 7 is usual. Of a series: along it.", .fallback = std::int64_t{7},
           .low = 1, .high = 256, .sliderLow = 3, .sliderHigh = 16},
          {.id = "share", .label = "Shown", .help = "Share of the cells that stay visible.", .fallback = 0.5, .low = 0.01, .high = 0.99, .sliderLow = 0.1, .sliderHigh = 0.9},
          {.id = "centre", .label = "Centred", .help = "Subtracts the mean output over all masks, so that 0 means no influence; off, it is the paper's map.",
           .fallback = true},
          {.id = "seed", .label = "Seed", .help = "Another one draws other masks.", .fallback = std::int64_t{1}, .low = 0, .high = 1e9}};
}

/// Masks over places: a coarse grid of 0 and 1, enlarged bilinearly to one cell more than the input each way and cut out at a random
/// place within a cell, as in the paper. A vector's features have no neighbours: each is shown or hidden by itself.
class Masks {
 public:
  Masks(const Shape& shape, std::int64_t cells, double share, std::uint64_t seed) : share_(share), seed_(seed) {
    neighbours_ = shape.rank() != 1;
    height_ = shape[0], width_ = shape.isImage() ? shape[1] : 1;
    gridY_ = std::min(cells, height_), gridX_ = shape.isImage() ? std::min(cells, width_) : 1;
  }
  std::size_t places() const { return static_cast<std::size_t>(height_ * width_); }
  std::vector<Real> draw(std::int64_t i) const {
    Rng rng = explainRng(seed_, DrawnFor::Rise, static_cast<std::uint64_t>(i));
    if (!neighbours_) {
      std::vector<Real> mask(places());
      for (Real& m : mask) m = rng.uniform() < share_ ? Real(1) : Real(0);
      return mask;
    }
    const std::int64_t cellY = (height_ + gridY_ - 1) / gridY_, cellX = (width_ + gridX_ - 1) / gridX_;
    Tensor grid(Shape{gridY_, gridX_, 1});
    for (Real& g : grid.data) g = rng.uniform() < share_ ? Real(1) : Real(0);
    const Tensor large = resizeBilinear(grid, (gridY_ + 1) * cellY, width_ > 1 ? (gridX_ + 1) * cellX : 1);
    const std::int64_t y0 = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(cellY)));
    const std::int64_t x0 = width_ > 1 ? static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(cellX))) : 0;
    std::vector<Real> mask;
    for (std::int64_t y = 0; y < height_; ++y)
      for (std::int64_t x = 0; x < width_; ++x) mask.push_back(large.data[static_cast<std::size_t>((y + y0) * large.shape[1] + x + x0)]);
    return mask;
  }

 private:
  std::int64_t height_, width_, gridY_, gridX_;
  bool neighbours_;
  double share_;
  std::uint64_t seed_;
};

Result<Attribution> explain(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = params();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  const Shape& shape = args.network.data().input;
  const std::int64_t count = param<std::int64_t>(args.settings, described, "masks");
  const Masks masks(shape, param<std::int64_t>(args.settings, described, "cells"), param<double>(args.settings, described, "share"),
                    static_cast<std::uint64_t>(param<std::int64_t>(args.settings, described, "seed")));
  const std::vector<Real> baseline = baselineOf(args);
  const std::size_t depth = baseline.size() / masks.places();
  Passes passes(args, start->goal, false, count);
  const Result<std::vector<double>> f = passes.values(count, [&](std::int64_t i, Real* x) {
    const std::vector<Real> mask = masks.draw(i);
    for (std::size_t j = 0; j < baseline.size(); ++j) x[j] = baseline[j] + mask[j / depth] * (args.input[j] - baseline[j]);
  }, 0, 0.9);
  if (!f) return f.error();
  const bool centre = param<bool>(args.settings, described, "centre");
  const double mean = centre ? std::accumulate(f->begin(), f->end(), 0.0) / static_cast<double>(count) : 0;
  Means shown(masks.places());
  for (std::int64_t i = 0; i < count; ++i) {
    if (args.stop.stop_requested()) return explainStopped();
    const std::vector<Real> mask = masks.draw(i);
    for (std::size_t p = 0; p < mask.size(); ++p) shown.add(p, static_cast<double>(mask[p]), (*f)[static_cast<std::size_t>(i)] - mean);
    if (args.progress) args.progress(0.9 + 0.1 * static_cast<double>(i + 1) / static_cast<double>(count));
  }
  Attribution a = attributionOf("rise", args, start->goal, start->value);
  if (shape.rank() != 1) a.shape.dims.back() = 1;
  a.values = shown.values();
  a.seconds = watch.seconds();
  return a;
}

}  // namespace

ExplainerSpec riseSpec() {
  return {.id = "rise",
          .name = "RISE",
          .help = "Hides random parts of the input many times; each place gets the mean output when it was visible.",
          .formula = "Σ mᵢ · (f(x ⊙ mᵢ) − mean f) / Σ mᵢ",
          .source = "Petsiuk, Das, Saenko 2018",
          .params = params(),
          .supports = fitsAll,
          .explain = explain,
          .family = ExplainerSpec::Family::Perturbation,
          .usesBaseline = true};
}

}  // namespace vitrine
