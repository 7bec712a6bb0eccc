#include "core/data/deal_out.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/base/numbers.h"
#include "core/base/random.h"
#include "core/data/cells.h"
#include "core/data/split.h"

namespace vitrine {
namespace {

using Parts = std::vector<Part>;

std::int64_t share(double of, std::int64_t count) { return of > 0 ? std::max<std::int64_t>(1, std::llround(of * static_cast<double>(count))) : 0; }

Parts byRatio(const SplitPlan& plan, const SplitInput& in) {
  const std::span<const std::int32_t> classes = plan.stratify ? in.classes : std::span<const std::int32_t>();
  Parts parts(static_cast<std::size_t>(in.count), Part::Train);
  const std::vector<std::int32_t> held = splitRows(in.count, classes, plan.validation + plan.test, plan.seed).validation;
  for (const std::int32_t r : held) parts[static_cast<std::size_t>(r)] = plan.validation > 0 ? Part::Validation : Part::Test;
  if (plan.test <= 0 || plan.validation <= 0) return parts;
  std::vector<std::int32_t> heldClasses;
  for (const std::int32_t r : held)
    if (!classes.empty()) heldClasses.push_back(classes[static_cast<std::size_t>(r)]);
  const Split second = splitRows(static_cast<std::int64_t>(held.size()), heldClasses, plan.test / (plan.validation + plan.test), plan.seed, 0);
  for (const std::int32_t i : second.validation) parts[static_cast<std::size_t>(held[static_cast<std::size_t>(i)])] = Part::Test;
  return parts;
}

/// The rows of each group, the groups in random order.
std::vector<std::vector<std::int32_t>> shuffledGroups(const SplitPlan& plan, const SplitInput& in) {
  std::map<std::int32_t, std::size_t> index;
  std::vector<std::vector<std::int32_t>> groups;
  for (std::int64_t r = 0; r < in.count; ++r) {
    const std::int32_t g = in.groups.empty() ? -1 : in.groups[static_cast<std::size_t>(r)];
    std::size_t at = groups.size();
    if (g >= 0) at = index.emplace(g, groups.size()).first->second;
    if (at == groups.size()) groups.emplace_back();
    groups[at].push_back(static_cast<std::int32_t>(r));
  }
  std::vector<std::int32_t> order(groups.size());
  std::iota(order.begin(), order.end(), 0);
  Rng rng(plan.seed, Stream::Split);
  rng.shuffle(std::span<std::int32_t>(order));
  std::vector<std::vector<std::int32_t>> out;
  for (const std::int32_t i : order) out.push_back(std::move(groups[static_cast<std::size_t>(i)]));
  return out;
}

Result<Parts> byGroup(const SplitPlan& plan, const SplitInput& in) {
  if (in.groups.empty()) return Error{{}, "split", "no column with the role 'group'", "one, to split by groups", {}};
  const auto groups = shuffledGroups(plan, in);
  const std::size_t needed = 1 + (plan.validation > 0) + (plan.test > 0);
  if (groups.size() < needed) return Error{{}, "split", std::to_string(groups.size()) + " groups", "at least " + std::to_string(needed), {}};
  Parts parts(static_cast<std::size_t>(in.count), Part::Train);
  std::size_t next = 0;
  const auto take = [&](double of, Part part) {
    const std::int64_t wanted = share(of, in.count);
    std::int64_t have = 0;
    // As near to the share as whole groups come; one group stays for training.
    while (wanted > 0 && next + 1 < groups.size() &&
           (have == 0 || have + static_cast<std::int64_t>(groups[next].size()) / 2 < wanted)) {
      for (const std::int32_t r : groups[next]) parts[static_cast<std::size_t>(r)] = part;
      have += static_cast<std::int64_t>(groups[next++].size());
    }
  };
  take(plan.test, Part::Test);
  take(plan.validation, Part::Validation);
  return parts;
}

/// The last of each group (of all, where there are none) validate and test.
Parts byTime(const SplitPlan& plan, const SplitInput& in) {
  std::map<std::int32_t, std::vector<std::int32_t>> series;
  for (std::int64_t i = 0; i < in.count; ++i) {
    const std::int32_t r = in.order.empty() ? static_cast<std::int32_t>(i) : in.order[static_cast<std::size_t>(i)];
    series[in.groups.empty() ? 0 : in.groups[static_cast<std::size_t>(r)]].push_back(r);
  }
  Parts parts(static_cast<std::size_t>(in.count), Part::Train);
  for (const auto& [unused, rows] : series) {
    const std::int64_t n = static_cast<std::int64_t>(rows.size());
    const std::int64_t test = std::min(share(plan.test, n), n - 1), validation = std::min(share(plan.validation, n), n - 1 - test);
    for (std::int64_t i = n - test - validation; i < n; ++i)
      parts[static_cast<std::size_t>(rows[static_cast<std::size_t>(i)])] = i < n - test ? Part::Validation : Part::Test;
  }
  return parts;
}

Result<Parts> byColumn(const SplitInput& in) {
  if (!in.column) return Error{{}, "split", "no column with the role 'split'", "one whose cells are train, validation or test", {}};
  Parts parts;
  bool train = false;
  for (std::int64_t i = 0; i < in.count; ++i) {
    const std::string text = in.column->text(in.rows[static_cast<std::size_t>(i)]);
    const std::string name = lowerAscii(text);
    if (name == "train" || name == "training")
      parts.push_back(Part::Train), train = true;
    else if (name == "validation" || name == "valid" || name == "val" || name == "dev")
      parts.push_back(Part::Validation);
    else if (name == "test")
      parts.push_back(Part::Test);
    else
      return Error{{}, "column '" + in.column->name + "'", shownCell(text), "train, validation or test", {}};
  }
  if (!train) return Error{{}, "column '" + in.column->name + "'", "no row for training", "cells that say train", {}};
  return parts;
}

/// Each class (or, with groups, each group whole) dealt over the folds; fold sizes differ by one at most.
Result<Parts> byFolds(const SplitPlan& plan, const SplitInput& in) {
  const std::int64_t k = plan.folds;
  if (k < 2 || k > in.count || plan.fold < 0 || plan.fold >= k)
    return Error{{}, "split", std::to_string(k) + " folds, fold " + std::to_string(plan.fold + 1), "2 to " + std::to_string(in.count) + " folds", {}};
  Parts parts(static_cast<std::size_t>(in.count), Part::Train);
  if (!in.groups.empty()) {
    auto groups = shuffledGroups(plan, in);
    if (static_cast<std::int64_t>(groups.size()) < k) return Error{{}, "split", std::to_string(groups.size()) + " groups", "at least one for each fold", {}};
    std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    std::vector<std::size_t> load(static_cast<std::size_t>(k));
    for (const auto& g : groups) {
      const auto least = std::min_element(load.begin(), load.end());
      *least += g.size();
      if (least - load.begin() == plan.fold)
        for (const std::int32_t r : g) parts[static_cast<std::size_t>(r)] = Part::Validation;
    }
    return parts;
  }
  std::map<std::int32_t, std::vector<std::int32_t>> classes;
  for (std::int64_t r = 0; r < in.count; ++r)
    classes[plan.stratify && !in.classes.empty() ? in.classes[static_cast<std::size_t>(r)] : 0].push_back(static_cast<std::int32_t>(r));
  Rng rng(plan.seed, Stream::Split);
  std::int64_t dealt = 0;
  for (auto& [unused, rows] : classes) {
    if (plan.stratify && !in.classes.empty() && rows.size() == 1) continue;
    rng.shuffle(std::span<std::int32_t>(rows));
    for (const std::int32_t r : rows)
      if (dealt++ % k == plan.fold) parts[static_cast<std::size_t>(r)] = Part::Validation;
  }
  return parts;
}

/// What is not even in training cannot be learned: such a class gets its first row back.
Parts everyClassTrains(Parts parts, std::span<const std::int32_t> classes) {
  std::map<std::int32_t, std::size_t> first;
  for (std::size_t r = classes.size(); r-- > 0;) {
    std::size_t& at = first.emplace(classes[r], r).first->second;
    if (parts[r] == Part::Train || parts[at] != Part::Train) at = r;
  }
  for (const auto& [unused, r] : first) parts[r] = Part::Train;
  return parts;
}

}  // namespace

Result<Parts> dealOut(const SplitPlan& plan, const SplitInput& in) {
  const bool good = plan.validation >= 0 && plan.test >= 0 && plan.validation + plan.test <= 0.9;
  if (!good) return Error{{}, "split", "shares " + numberText(plan.validation) + " and " + numberText(plan.test), "0 to 0.9 together", {}};
  if (plan.mode == "group") return byGroup(plan, in);
  if (plan.mode == "time") return byTime(plan, in);
  if (plan.mode == "column") return byColumn(in);
  if (plan.mode == "folds") {
    Result<Parts> parts = byFolds(plan, in);
    if (!parts || !in.groups.empty()) return parts;  // a group stays whole
    return everyClassTrains(std::move(*parts), in.classes);
  }
  if (plan.mode != "ratio") return Error{{}, "split", "'" + plan.mode + "'", "ratio, group, time, column or folds", {}};
  return everyClassTrains(byRatio(plan, in), in.classes);
}

void takeParts(Dataset& d, std::span<const Part> parts) {
  for (std::size_t r = 0; r < parts.size(); ++r) {
    const std::int32_t row = static_cast<std::int32_t>(r);
    if (parts[r] == Part::Train) d.train.push_back(row);
    if (parts[r] == Part::Validation) d.validation.push_back(row);
    if (parts[r] == Part::Test) d.test.push_back(row);
  }
}

namespace {

/// "3 classes have no row in training and cannot be learned: a, b, c."
void addSentence(std::vector<std::string>& out, const std::vector<std::string>& names, const std::string& what) {
  constexpr std::size_t kMostNamed = 8;
  if (names.empty()) return;
  std::string text = names.size() == 1 ? "The class " : std::to_string(names.size()) + " classes ";
  if (names.size() == 1) {
    out.push_back(text + names.front() + " has " + what + ".");
    return;
  }
  text += "have " + what + ": ";
  const std::size_t named = names.size() > kMostNamed + 1 ? kMostNamed : names.size();
  for (std::size_t i = 0; i < named; ++i) text.append(i > 0 ? ", " : "").append(names[i]);
  out.push_back(text + (named < names.size() ? " … and " + std::to_string(names.size() - named) + " more." : "."));
}

}  // namespace

std::vector<std::string> classesWithoutRows(const Dataset& data) {
  std::vector<std::string> out;
  if (data.spec.task != Task::Classification) return out;
  const std::size_t n = data.spec.classes.size();
  std::vector<std::int64_t> all(n), train(n), validation(n);
  for (const std::int32_t k : data.classes) ++all[static_cast<std::size_t>(k)];
  for (const std::int32_t r : data.train) ++train[static_cast<std::size_t>(data.classes[static_cast<std::size_t>(r)])];
  for (const std::int32_t r : data.validation) ++validation[static_cast<std::size_t>(data.classes[static_cast<std::size_t>(r)])];
  std::vector<std::string> unlearned, unchecked;
  for (std::size_t k = 0; k < n; ++k) {
    if (all[k] > 0 && train[k] == 0) unlearned.push_back(data.spec.classes[k]);
    if (all[k] > 0 && validation[k] == 0) unchecked.push_back(data.spec.classes[k]);
  }
  addSentence(out, unlearned, "no training row and cannot be learned");
  if (!data.validation.empty()) addSentence(out, unchecked, "no validation row");
  return out;
}

void oversample(Dataset& d, std::uint64_t seed) {
  std::map<std::int32_t, std::vector<std::int32_t>> classes;
  for (const std::int32_t r : d.train) classes[d.classes[static_cast<std::size_t>(r)]].push_back(r);
  std::size_t most = 0;
  for (const auto& [unused, rows] : classes) most = std::max(most, rows.size());
  Rng rng(seed, Stream::Split);
  for (const auto& [unused, rows] : classes)
    for (std::size_t i = rows.size(); i < most; ++i) d.train.push_back(rows[static_cast<std::size_t>(rng.uniform() * static_cast<double>(rows.size())) % rows.size()]);
  std::sort(d.train.begin(), d.train.end());
}

}  // namespace vitrine
