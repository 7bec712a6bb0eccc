#include "core/explain/groups.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/base/numbers.h"

namespace vitrine {
namespace {

Groups byPixel(const Shape& shape, std::vector<std::int32_t> ofPixel) {
  const std::int64_t channels = shape.dims.back();
  Groups g;
  g.of.reserve(static_cast<std::size_t>(shape.size()));
  for (std::int32_t p : ofPixel) {
    g.of.insert(g.of.end(), static_cast<std::size_t>(channels), p);
    g.count = std::max<std::int64_t>(g.count, p + 1);
  }
  return g;
}

/// Height and width of the plane: a series is a column of steps.
IntPair plane(const Shape& shape) { return {shape[0], shape.isImage() ? shape[1] : 1}; }

template <class F>
std::vector<std::int32_t> overPixels(const Shape& shape, F&& f) {
  const IntPair size = plane(shape);
  std::vector<std::int32_t> of;
  for (std::int64_t y = 0; y < size[0]; ++y)
    for (std::int64_t x = 0; x < size[1]; ++x) of.push_back(static_cast<std::int32_t>(f(y, x)));
  return of;
}

/// Numbers renamed 0, 1, 2 … in order of appearance.
void closeGaps(std::vector<std::int32_t>& of) {
  std::map<std::int32_t, std::int32_t> names;
  for (std::int32_t& v : of) v = names.emplace(v, static_cast<std::int32_t>(names.size())).first->second;
}

struct Centre {
  double y = 0, x = 0;
  std::vector<double> value;
};

/// k-means over place and value about a regular grid of centres; values are scaled to a spread of 1.
class Slic {
 public:
  Slic(const Shape& shape, std::span<const Real> input, std::int64_t count, double compactness)
      : input_(input), h_(shape[0]), w_(shape[1]), c_(shape[2]) {
    // An image flatter than a patch has its patches in one line.
    step_ = std::max({1.0, std::sqrt(static_cast<double>(h_ * w_) / static_cast<double>(count)), static_cast<double>(std::max(h_, w_)) / static_cast<double>(count)});
    const auto [low, high] = std::minmax_element(input.begin(), input.end());
    const double spread = std::max(static_cast<double>(*high) - static_cast<double>(*low), 1e-12);
    scale_ = 1 / (spread * std::sqrt(static_cast<double>(c_)));
    placeWeight_ = compactness / (step_ * step_);
    for (double y = std::min(step_, static_cast<double>(h_)) / 2; y < static_cast<double>(h_); y += step_)
      for (double x = std::min(step_, static_cast<double>(w_)) / 2; x < static_cast<double>(w_); x += step_) {
        Centre centre{y, x, {}};
        for (std::int64_t k = 0; k < c_; ++k)
          centre.value.push_back(at(std::min(static_cast<std::int64_t>(y), h_ - 1), std::min(static_cast<std::int64_t>(x), w_ - 1), k));
        centres_.push_back(std::move(centre));
      }
  }

  std::vector<std::int32_t> run() {
    for (int round = 0; round < 10; ++round) {
      assign();
      move();
    }
    return of_;
  }

 private:
  double at(std::int64_t y, std::int64_t x, std::int64_t k) const {
    return static_cast<double>(input_[static_cast<std::size_t>((y * w_ + x) * c_ + k)]) * scale_;
  }
  void assign() {
    of_.assign(static_cast<std::size_t>(h_ * w_), 0);
    std::vector<double> best(of_.size(), 1e300);
    for (std::size_t n = 0; n < centres_.size(); ++n) {
      const Centre& c = centres_[n];
      const std::int64_t y0 = std::max<std::int64_t>(0, static_cast<std::int64_t>(c.y - 2 * step_)), y1 = std::min(h_, static_cast<std::int64_t>(c.y + 2 * step_) + 1);
      const std::int64_t x0 = std::max<std::int64_t>(0, static_cast<std::int64_t>(c.x - 2 * step_)), x1 = std::min(w_, static_cast<std::int64_t>(c.x + 2 * step_) + 1);
      for (std::int64_t y = y0; y < y1; ++y)
        for (std::int64_t x = x0; x < x1; ++x) {
          const double dy = static_cast<double>(y) + 0.5 - c.y, dx = static_cast<double>(x) + 0.5 - c.x;
          double d = placeWeight_ * (dy * dy + dx * dx);
          for (std::int64_t k = 0; k < c_; ++k) {
            const double dv = at(y, x, k) - c.value[static_cast<std::size_t>(k)];
            d += dv * dv;
          }
          const std::size_t i = static_cast<std::size_t>(y * w_ + x);
          if (d < best[i]) best[i] = d, of_[i] = static_cast<std::int32_t>(n);
        }
    }
  }
  void move() {
    std::vector<double> sizes(centres_.size(), 0.0);
    std::vector<Centre> sums(centres_.size(), Centre{0, 0, std::vector<double>(static_cast<std::size_t>(c_), 0.0)});
    for (std::int64_t y = 0; y < h_; ++y)
      for (std::int64_t x = 0; x < w_; ++x) {
        const std::size_t n = static_cast<std::size_t>(of_[static_cast<std::size_t>(y * w_ + x)]);
        ++sizes[n];
        sums[n].y += static_cast<double>(y) + 0.5, sums[n].x += static_cast<double>(x) + 0.5;
        for (std::int64_t k = 0; k < c_; ++k) sums[n].value[static_cast<std::size_t>(k)] += at(y, x, k);
      }
    for (std::size_t n = 0; n < centres_.size(); ++n) {
      if (sizes[n] == 0) continue;
      centres_[n].y = sums[n].y / sizes[n], centres_[n].x = sums[n].x / sizes[n];
      for (std::size_t k = 0; k < sums[n].value.size(); ++k) centres_[n].value[k] = sums[n].value[k] / sizes[n];
    }
  }

  std::span<const Real> input_;
  std::int64_t h_, w_, c_;
  double step_ = 1, scale_ = 1, placeWeight_ = 1;
  std::vector<Centre> centres_;
  std::vector<std::int32_t> of_;
};

/// Every connected piece by itself; pieces of fewer than `least` pixels join the piece before or beside them.
std::vector<std::int32_t> connectedPieces(const std::vector<std::int32_t>& of, std::int64_t h, std::int64_t w, std::size_t least) {
  std::vector<std::int32_t> piece(of.size(), -1);
  std::int32_t next = 0;
  for (std::size_t start = 0; start < of.size(); ++start) {
    if (piece[start] >= 0) continue;
    std::int32_t neighbour = -1;
    std::vector<std::size_t> members{start};
    piece[start] = next;
    for (std::size_t m = 0; m < members.size(); ++m) {
      const std::int64_t y = static_cast<std::int64_t>(members[m]) / w, x = static_cast<std::int64_t>(members[m]) % w;
      const std::int64_t around[4][2] = {{y - 1, x}, {y, x - 1}, {y, x + 1}, {y + 1, x}};
      for (const auto& [ny, nx] : around) {
        if (ny < 0 || nx < 0 || ny >= h || nx >= w) continue;
        const std::size_t j = static_cast<std::size_t>(ny * w + nx);
        if (piece[j] < 0 && of[j] == of[start]) {
          piece[j] = next;
          members.push_back(j);
        } else if (piece[j] >= 0 && piece[j] != next && neighbour < 0) {
          neighbour = piece[j];
        }
      }
    }
    if (members.size() < least && neighbour >= 0)
      for (std::size_t m : members) piece[m] = neighbour;
    else
      ++next;
  }
  return piece;
}

}  // namespace

Groups elementGroups(const Shape& shape) {
  Groups g;
  g.count = shape.size();
  g.of.resize(static_cast<std::size_t>(g.count));
  std::iota(g.of.begin(), g.of.end(), 0);
  return g;
}

Groups pixelGroups(const Shape& shape) { return shape.isImage() ? squareGroups(shape, 1) : elementGroups(shape); }
Groups stepGroups(const Shape& shape) { return shape.rank() == 2 ? squareGroups(shape, 1) : elementGroups(shape); }

Groups squareGroups(const Shape& shape, std::int64_t size) {
  if (shape.rank() == 1) return elementGroups(shape);
  const std::int64_t columns = (plane(shape)[1] + size - 1) / size;
  return byPixel(shape, overPixels(shape, [&](std::int64_t y, std::int64_t x) { return y / size * columns + x / size; }));
}

Groups gridGroups(const Shape& shape, std::int64_t rows, std::int64_t columns) {
  if (shape.rank() == 1) return elementGroups(shape);
  const IntPair size = plane(shape);
  const std::int64_t c = shape.isImage() ? columns : 1;
  return byPixel(shape, overPixels(shape, [&](std::int64_t y, std::int64_t x) { return rows * y / size[0] * c + c * x / size[1]; }));
}

Groups patchGroups(const Shape& shape, std::span<const Real> input, std::int64_t count, double compactness) {
  if (shape.rank() == 1) return elementGroups(shape);
  const std::int64_t pixels = shape[0] * plane(shape)[1];
  if (!shape.isImage()) return gridGroups(shape, std::min(count, shape[0]), 1);
  std::vector<std::int32_t> of = Slic(shape, input, std::min(count, pixels), compactness).run();
  const std::size_t least = static_cast<std::size_t>(std::max<std::int64_t>(1, pixels / std::max<std::int64_t>(count, 1) / 4));
  of = connectedPieces(of, shape[0], shape[1], least);
  closeGaps(of);
  return byPixel(shape, std::move(of));
}

Groups columnGroups(const Dataset& data) {
  const Shape& shape = data.spec.input;
  const std::size_t features = static_cast<std::size_t>(shape.dims.back()), all = static_cast<std::size_t>(shape.size());
  Groups g;
  if (shape.isImage()) return elementGroups(shape);
  std::vector<std::int32_t> ofFeature(features);
  std::map<std::int32_t, std::int32_t> known;
  // One group a table column; a number made of several columns has one of its own.
  for (std::size_t f = 0; f < features; ++f) {
    const std::int32_t origin = f < data.featureOrigins.size() ? data.featureOrigins[f] : -1;
    const auto found = origin >= 0 ? known.find(origin) : known.end();
    if (found != known.end()) {
      ofFeature[f] = found->second;
      continue;
    }
    ofFeature[f] = static_cast<std::int32_t>(g.count++);
    if (origin >= 0) known[origin] = ofFeature[f];
    const bool inTable = origin >= 0 && data.table && static_cast<std::size_t>(origin) < data.table->columns.size();
    g.names.push_back(inTable                          ? data.table->columns[static_cast<std::size_t>(origin)].name
                      : f < data.featureNames.size() ? data.featureNames[f]
                                                     : "feature " + numberText(f + 1));
  }
  for (std::size_t i = 0; i < all; ++i) g.of.push_back(ofFeature[i % features]);
  return g;
}

std::vector<Param> groupParams() {
  return {{.id = "groups", .label = "Features", .help = "What is switched off together: single numbers, pixels, squares, patches of like pixels, or time steps. "
                                                        "Automatic: columns of a table, steps of a series, a grid of at most 7 × 7 cells of an image.",
           .fallback = std::string("auto"),
           .choices = {{"auto", "Automatic"}, {"elements", "Single numbers"}, {"pixels", "Pixels"}, {"squares", "Squares"},
                       {"grid", "Grid"}, {"patches", "Patches"}, {"steps", "Time steps"}}},
          {.id = "square", .label = "Square", .help = "Pixels along a square's side, or steps in a stretch.", .fallback = std::int64_t{4}, .low = 1,
           .high = 1024, .sliderLow = 1, .sliderHigh = 16, .onlyIf = {{"groups", {"squares"}}}},
          {.id = "grid", .label = "Cells", .help = "Rows and columns of the grid.", .fallback = IntPair{3, 3}, .low = 1, .high = 256,
           .sliderLow = 1, .sliderHigh = 16, .onlyIf = {{"groups", {"grid"}}}},
          {.id = "patches", .label = "Patches", .help = "About how many patches; 20 to 60 is usual.", .fallback = std::int64_t{30}, .low = 2,
           .high = 1000, .sliderLow = 4, .sliderHigh = 100, .onlyIf = {{"groups", {"patches"}}}}};
}

Result<Groups> chooseGroups(const Shape& shape, std::span<const Real> input, std::span<const std::int32_t> given, const Params& settings,
                            std::span<const Param> described) {
  if (!given.empty()) {
    Groups g;
    g.of.assign(given.begin(), given.end());
    if (g.of.size() != static_cast<std::size_t>(shape.size())) return problem("The groups do not cover the input: " + numberText(g.of.size()) + " of " + numberText(shape.size()) + " numbers.");
    std::vector<char> used(g.of.size(), 0);
    for (std::int32_t v : g.of) {
      if (v < 0 || static_cast<std::size_t>(v) >= used.size()) return problem("There is no group " + numberText(v) + ".");
      used[static_cast<std::size_t>(v)] = 1;
      g.count = std::max<std::int64_t>(g.count, v + 1);
    }
    for (std::int64_t v = 0; v < g.count; ++v)
      if (!used[static_cast<std::size_t>(v)]) return problem("Group " + numberText(v) + " is empty.");
    return g;
  }
  const std::string kind = param<std::string>(settings, described, "groups");
  const bool image = shape.isImage(), series = shape.rank() == 2;
  if (kind == "elements") return elementGroups(shape);
  if (kind == "pixels") return image ? Result<Groups>(pixelGroups(shape)) : problem("Only images have pixels; this input is " + shape.text() + ".");
  if (kind == "steps") return series ? Result<Groups>(stepGroups(shape)) : problem("Only series have time steps; this input is " + shape.text() + ".");
  if (kind == "auto") {
    if (!image) return stepGroups(shape);
    return gridGroups(shape, std::min<std::int64_t>(7, shape[0]), std::min<std::int64_t>(7, shape[1]));
  }
  if (!image && !series) return problem("A table has no neighbourhood to cut into " + kind + "; choose single numbers.");
  if (kind == "squares") return squareGroups(shape, param<std::int64_t>(settings, described, "square"));
  if (kind == "patches") return patchGroups(shape, input, param<std::int64_t>(settings, described, "patches"));
  const IntPair grid = param<IntPair>(settings, described, "grid");
  if (grid[0] > shape[0] || (image && grid[1] > shape[1])) return problem("The grid has more cells than the input " + shape.text() + " has places.");
  return gridGroups(shape, grid[0], grid[1]);
}

}  // namespace vitrine
