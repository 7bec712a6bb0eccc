#include <algorithm>

#include "core/base/numbers.h"
#include "core/explain/coalitions.h"
#include "core/explain/methods.h"
#include "core/explain/pass.h"

namespace vitrine {
namespace {

std::vector<Param> params() {
  return {{.id = "window", .label = "Window", .help = "What is covered at once: rows × columns of an image, steps × features of a series; of a table the "
                                                      "second number of columns (1 is usual: they have no neighbours). Larger than the input: all of it.",
           .fallback = IntPair{4, 4}, .low = 1, .high = 65536, .sliderLow = 1, .sliderHigh = 16},
          {.id = "stride", .label = "Stride", .help = "From one window to the next; smaller than the window, they overlap and are averaged.",
           .fallback = IntPair{2, 2}, .low = 1, .high = 65536, .sliderLow = 1, .sliderHigh = 16},
          {.id = "channels", .label = "Channels", .help = "Of an image: covered all together, or one at a time.", .fallback = std::string("together"),
           .choices = {{"together", "Together"}, {"apart", "One at a time"}}},
          {.id = "value", .label = "Fill with", .help = "What covers the window where no baseline is chosen; in the network's units.", .fallback = 0.0,
           .low = -1e6, .high = 1e6, .sliderLow = -1, .sliderHigh = 1}};
}

/// Starts of windows along an axis: ceil((size − window) / stride) + 1; the last may stick out and is cut.
struct Axis {
  std::int64_t size, window, stride;
  Axis(std::int64_t n, std::int64_t w, std::int64_t s) : size(n), window(std::min(w, n)), stride(s) {}
  std::int64_t count() const { return (size - window + stride - 1) / stride + 1; }
  std::int64_t first(std::int64_t i) const { return std::min(i * stride, size); }
  std::int64_t last(std::int64_t i) const { return std::min(i * stride + window, size); }
};

/// The input as rows × columns × depth: windows move over rows, columns and (apart) depth.
struct Windows {
  Axis rows, columns, depth;
  std::int64_t count() const { return rows.count() * columns.count() * depth.count(); }
  template <class F>
  void each(std::int64_t i, F&& f) const {
    const std::int64_t d = i % depth.count(), c = i / depth.count() % columns.count(), r = i / depth.count() / columns.count();
    for (std::int64_t y = rows.first(r); y < rows.last(r); ++y)
      for (std::int64_t x = columns.first(c); x < columns.last(c); ++x)
        for (std::int64_t z = depth.first(d); z < depth.last(d); ++z)
          f(static_cast<std::size_t>((y * columns.size + x) * depth.size + z));
  }
};

Windows windowsOf(const Shape& s, IntPair window, IntPair stride, bool apart) {
  if (s.isImage()) return {{s[0], window[0], stride[0]}, {s[1], window[1], stride[1]}, {s[2], apart ? 1 : s[2], 1}};
  const std::int64_t rows = s.rank() == 2 ? s[0] : 1;
  return {{rows, window[0], stride[0]}, {s.size() / rows, window[1], stride[1]}, {1, 1, 1}};
}

Result<Attribution> explain(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = params();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  std::vector<Real> cover = baselineOf(args);
  if (args.baseline.empty()) std::fill(cover.begin(), cover.end(), static_cast<Real>(param<double>(args.settings, described, "value")));
  const Shape& shape = args.network.data().input;
  // Given groups (a table's columns) are covered whole: windows move over them instead of over the input's numbers.
  const bool grouped = !args.groups.empty();
  const Result<Groups> groups = grouped ? chooseGroups(shape, args.input, args.groups, {}, {}) : Groups{};
  if (!groups) return groups.error();
  const Windows windows = windowsOf(grouped ? Shape{groups->count} : shape, param<IntPair>(args.settings, described, "window"),
                                    param<IntPair>(args.settings, described, "stride"),
                                    param<std::string>(args.settings, described, "channels") == "apart");
  if (windows.count() > 1000000) return problem("That would be " + numberText(windows.count()) + " windows; choose a larger stride.");
  Passes passes(args, start->goal, false, windows.count());
  const Result<std::vector<double>> f = passes.values(windows.count(), [&](std::int64_t i, Real* x) {
    std::copy(args.input.begin(), args.input.end(), x);
    if (!grouped) return windows.each(i, [&](std::size_t at) { x[at] = cover[at]; });
    windows.each(i, [&](std::size_t group) {
      for (std::size_t j = 0; j < cover.size(); ++j)
        if (groups->of[j] == static_cast<std::int32_t>(group)) x[j] = cover[j];
    });
  });
  if (!f) return f.error();
  Means drops(grouped ? static_cast<std::size_t>(groups->count) : args.input.size());
  for (std::int64_t i = 0; i < windows.count(); ++i) {
    if (args.stop.stop_requested()) return explainStopped();
    windows.each(i, [&](std::size_t at) { drops.add(at, 1, start->value - (*f)[static_cast<std::size_t>(i)]); });
  }
  Attribution a = attributionOf("occlusion", args, start->goal, start->value);
  a.values = drops.values();
  if (grouped) spreadOver(*groups, std::vector<double>(a.values.begin(), a.values.end()), a);
  a.seconds = watch.seconds();
  return a;
}

}  // namespace

ExplainerSpec occlusionSpec() {
  return {.id = "occlusion",
          .name = "Occlusion",
          .help = "How much the output drops when a window is covered, slid over the whole input; where windows overlap, the mean.",
          .formula = "mean over windows w ∋ i of f(x) − f(x with w covered)",
          .source = "Zeiler, Fergus 2014",
          .params = params(),
          .supports = fitsAll,
          .explain = explain,
          .family = ExplainerSpec::Family::Perturbation,
          .usual = [](const Shape& input) { return input.rank() == 1 ? Params{{"window", IntPair{1, 1}}, {"stride", IntPair{1, 1}}} : Params{}; },
          .usesBaseline = true,
          .usesGroups = true};
}

}  // namespace vitrine
