// Categories: grouped, or turned into numbers.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/data/step_parts.h"

namespace vitrine {
namespace {

/// New categories for old: index by index.
class Regroup : public FittedStep {
 public:
  struct Map {
    std::size_t column;
    std::vector<std::int32_t> to;
    std::vector<std::string> names;
  };
  std::vector<Map> maps;
  Status apply(Frame& f) const override {
    for (const Map& map : maps) {
      FrameColumn& c = f.columns[map.column];
      for (std::int32_t& code : c.codes)
        if (code >= 0) code = map.to[static_cast<std::size_t>(code)];
      c.names = map.names;
    }
    return {};
  }
};

}  // namespace

StepSpec rareSpec() {
  StepSpec s;
  s.id = "rare";
  s.takesOneHot = true;
  s.name = "Group rare categories";
  s.help = "Categories that few training rows have become one, 'other': nothing can be learned of each alone.";
  s.formula = "category = 'other' below the share";
  s.params = {{.id = "percent", .label = "Below percent", .help = "Of the training rows; 1 to 5 is usual.", .fallback = 2.0, .low = 0, .high = 100}, columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const Result<std::vector<std::size_t>> columns = chosenColumns(f, p, d, false, true);
    if (!columns) return columns.error();
    auto step = std::make_unique<Regroup>();
    for (const std::size_t i : *columns) {
      const FrameColumn& c = f.columns[i];
      const std::vector<std::int64_t> counts = trainingCounts(f, c);
      const double least = param<double>(p, d, "percent") / 100 * static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
      Regroup::Map map{i, {}, {}};
      bool any = false;
      for (std::size_t k = 0; k < counts.size(); ++k) {
        const bool rare = static_cast<double>(counts[k]) < least;
        any = any || rare;
        map.to.push_back(rare ? -2 : static_cast<std::int32_t>(map.names.size()));
        if (!rare) map.names.push_back(c.names[k]);
      }
      const std::int32_t other = static_cast<std::int32_t>(map.names.size());
      for (std::int32_t& to : map.to)
        if (to == -2) to = other;
      if (any) map.names.push_back("other");
      step->maps.push_back(std::move(map));
    }
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

namespace {

/// Categories the training rows have, in order, become numbers.
class Encode : public FittedStep {
 public:
  struct Code {
    std::size_t column;
    std::vector<std::int32_t> place;  ///< of each category among those the training rows have; -1: not there
    std::vector<std::string> seen;
  };
  std::vector<Code> codes;
  bool oneHot = true, own = false;

  Status apply(Frame& f) const override {
    std::vector<FrameColumn> out;
    for (std::size_t c = 0; c < f.columns.size(); ++c) {
      FrameColumn& column = f.columns[c];
      const auto code = std::find_if(codes.begin(), codes.end(), [c](const Code& k) { return k.column == c; });
      if (code == codes.end()) {
        out.push_back(std::move(column));
        continue;
      }
      const auto placeOf = [&](std::size_t r) { return column.codes[r] < 0 ? -1 : code->place[static_cast<std::size_t>(column.codes[r])]; };
      if (!oneHot) {
        FrameColumn numbers{column.name, column.origin, false, std::vector<double>(f.size()), {}, {}};
        for (std::size_t r = 0; r < f.size(); ++r) numbers.numbers[r] = placeOf(r);
        out.push_back(std::move(numbers));
        continue;
      }
      const std::int32_t other = own ? static_cast<std::int32_t>(code->seen.size()) : -1;
      for (std::size_t r = 0; r < f.size(); ++r) {
        const std::int32_t place = placeOf(r);
        column.codes[r] = place >= 0 ? place : other;
      }
      column.names = code->seen;
      if (own) column.names.push_back("(other)");
      column.category = false;
      column.oneHot = true;
      out.push_back(std::move(column));
    }
    f.columns = std::move(out);
    return {};
  }
  std::vector<std::pair<std::string, double>> learned() const override {
    std::vector<std::pair<std::string, double>> out;
    for (const Code& c : codes)
      for (std::size_t i = 0; i < c.seen.size(); ++i) out.push_back({c.seen[i], static_cast<double>(i)});
    return out;
  }
};

}  // namespace

StepSpec encodeSpec() {
  StepSpec s;
  s.id = "encode";
  s.takesOneHot = true;
  s.name = "Encode categories";
  s.help = "Networks take numbers: one column of 0 and 1 for each category, or the category's place in the order.";
  s.formula = "one-hot: x_k = 1 for category k, else 0";
  s.params = {{.id = "method", .label = "As", .help = "One-hot for names without an order; numbers for small, middle, large.", .fallback = std::string("onehot"),
               .choices = {{"onehot", "one-hot"}, {"ordinal", "numbers 0, 1, 2 …"}}},
              {.id = "unknown", .label = "Unknown ones", .help = "Categories that no training row has: a column of their own, or zeros in all.", .fallback = std::string("none"),
               .choices = {{"none", "zeros"}, {"own", "a column of their own"}}, .onlyIf = {{"method", {"onehot"}}}},
              columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const Result<std::vector<std::size_t>> columns = chosenColumns(f, p, d, false, true);
    if (!columns) return columns.error();
    auto step = std::make_unique<Encode>();
    step->oneHot = param<std::string>(p, d, "method") == "onehot";
    step->own = param<std::string>(p, d, "unknown") == "own";
    for (const std::size_t i : *columns) {
      const FrameColumn& c = f.columns[i];
      const std::vector<std::int64_t> counts = trainingCounts(f, c);
      Encode::Code code{i, {}, {}};
      for (std::size_t k = 0; k < counts.size(); ++k) {
        code.place.push_back(counts[k] > 0 ? static_cast<std::int32_t>(code.seen.size()) : -1);
        if (counts[k] > 0) code.seen.push_back(c.names[k]);
      }
      if (code.seen.empty()) return nothingToFit(c);
      step->codes.push_back(std::move(code));
    }
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

}  // namespace vitrine
