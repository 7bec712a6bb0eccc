#include "core/insight/sample_table.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/numbers.h"

namespace vitrine {
namespace {

/// Cells of a table made for looking: it is a copy, and must stay small beside the data.
constexpr std::int64_t kMostCells = 50'000'000;
constexpr std::int64_t kMostShownColumns = 1000;
constexpr std::int64_t kLookEvery = 4096;

/// Of samples and targets, which are floats but where these would lose digits.
Column numberColumn(std::string name, std::int64_t rows, const std::function<double(std::int64_t)>& at) {
  Column c;
  c.name = std::move(name);
  c.numbers.resize(static_cast<std::size_t>(rows));
  for (std::int64_t r = 0; r < rows; ++r) {
    c.numbers[static_cast<std::size_t>(r)] = at(r);
    c.missing += std::isnan(c.numbers[static_cast<std::size_t>(r)]);
  }
  c.single = !Samples::needDoubles(c.numbers);
  return c;
}

/// The samples' own features and targets, for data that were no table.
void makeTable(SampleTable& t, std::stop_token stop) {
  const Dataset& d = *t.data;
  auto table = std::make_shared<Table>();
  table->name = d.name;
  const std::int64_t n = d.count();
  if (d.spec.input.rank() == 1) {
    const std::int64_t all = d.inputs.size(), shown = std::min({all, kMostShownColumns, std::max<std::int64_t>(1, kMostCells / std::max<std::int64_t>(1, n))});
    t.leftOutColumns = all - shown;
    for (std::int64_t f = 0; f < shown && !stop.stop_requested(); ++f) {
      const std::size_t i = static_cast<std::size_t>(f);
      t.features.push_back(static_cast<int>(table->columns.size()));
      table->columns.push_back(numberColumn(i < d.featureNames.size() ? d.featureNames[i] : "x" + std::to_string(f + 1), n, [&](std::int64_t r) { return d.inputs.raw(r, f); }));
    }
  }
  t.targets = {static_cast<int>(table->columns.size())};
  if (d.spec.task == Task::Classification) {
    Column c;
    c.name = d.targetName.empty() ? "class" : d.targetName;
    c.kind = ColumnKind::Category;
    c.codes = d.classes;
    c.names = d.spec.classes;
    table->columns.push_back(std::move(c));
  } else {
    t.targets.clear();
    for (std::int64_t k = 0; k < d.spec.outputs && k < kMostShownColumns; ++k) {
      const std::size_t i = static_cast<std::size_t>(k);
      std::string name = i < d.spec.classes.size() ? d.spec.classes[i] : d.spec.outputs == 1 && !d.targetName.empty() ? d.targetName : "y" + std::to_string(k + 1);
      t.targets.push_back(static_cast<int>(table->columns.size()));
      table->columns.push_back(numberColumn(std::move(name), n, [&](std::int64_t r) { return d.targets[static_cast<std::size_t>(r * d.spec.outputs + k)]; }));
    }
  }
  t.table = std::move(table);
  t.samples.resize(static_cast<std::size_t>(n));
  std::iota(t.samples.begin(), t.samples.end(), 0);
  t.rowsOf = t.samples;
}

void shareTable(SampleTable& t) {
  const Dataset& d = *t.data;
  t.table = d.table;
  t.samples.assign(static_cast<std::size_t>(d.table->rows()), -1);
  t.rowsOf = d.tableRows;
  for (std::size_t s = 0; s < d.tableRows.size(); ++s) {
    std::int32_t& sample = t.samples[static_cast<std::size_t>(d.tableRows[s])];
    if (sample < 0) sample = static_cast<std::int32_t>(s);
  }
  for (std::size_t c = 0; c < d.table->columns.size() && c < d.recipe.columns.size(); ++c) {
    if (d.recipe.columns[c].role == Role::Feature) t.features.push_back(static_cast<int>(c));
    if (d.recipe.columns[c].role == Role::Target) t.targets.push_back(static_cast<int>(c));
  }
}

}  // namespace

bool SampleTable::isNumeric(int c) const { return column(c).kind == ColumnKind::Number || column(c).kind == ColumnKind::Date; }

std::vector<double> SampleTable::numbers(int c, std::stop_token stop) const {
  const Column& from = column(c);
  std::vector<double> out(static_cast<std::size_t>(rows()));
  for (std::int64_t r = 0; r < rows(); ++r) {
    if (r % kLookEvery == 0 && stop.stop_requested()) return {};
    out[static_cast<std::size_t>(r)] = from.value(r);
  }
  return out;
}

SampleTablePtr sampleTable(DatasetPtr data, std::stop_token stop) {
  auto t = std::make_shared<SampleTable>();
  t->data = std::move(data);
  const Dataset& d = *t->data;
  if (d.table)
    shareTable(*t);
  else
    makeTable(*t, stop);
  if (stop.stop_requested()) return nullptr;
  t->parts.assign(static_cast<std::size_t>(t->table->rows()), Part::Unused);
  const auto mark = [&](const std::vector<std::int32_t>& samples, Part part) {
    for (const std::int32_t s : samples) t->parts[static_cast<std::size_t>(t->rowsOf[static_cast<std::size_t>(s)])] = part;
  };
  mark(d.train, Part::Train);
  mark(d.validation, Part::Validation);
  mark(d.test, Part::Test);
  if (d.spec.task == Task::Classification) {
    t->classes.assign(t->parts.size(), -1);
    for (std::size_t r = 0; r < t->parts.size(); ++r)
      if (t->samples[r] >= 0) t->classes[r] = d.classes[static_cast<std::size_t>(t->samples[r])];
  }
  return t;
}

RowGroups allInOne(const SampleTable& table) { return {std::vector<std::int32_t>(static_cast<std::size_t>(table.rows())), {0}, 0}; }

RowGroups byPart(const SampleTable& table) {
  RowGroups g;
  std::int64_t counts[4] = {};
  std::int32_t groupOf[4];
  for (const Part p : table.parts) ++counts[static_cast<int>(p)];
  for (int p = 0; p < 4; ++p) {
    groupOf[p] = static_cast<std::int32_t>(g.keys.size());
    if (counts[p] > 0) g.keys.push_back(p);
  }
  for (const Part p : table.parts) g.of.push_back(groupOf[static_cast<int>(p)]);
  return g;
}

RowGroups byClass(const SampleTable& table, int most) {
  const std::size_t n = table.data->spec.classes.size();
  std::vector<std::int64_t> counts(n);
  for (const std::int32_t c : table.classes)
    if (c >= 0) ++counts[static_cast<std::size_t>(c)];
  std::vector<int> chosen(n);
  std::iota(chosen.begin(), chosen.end(), 0);
  RowGroups g;
  if (n > static_cast<std::size_t>(most)) {
    std::stable_sort(chosen.begin(), chosen.end(), [&](int a, int b) { return counts[static_cast<std::size_t>(a)] > counts[static_cast<std::size_t>(b)]; });
    g.others = static_cast<std::int64_t>(n) - most + 1;
    chosen.resize(static_cast<std::size_t>(most - 1));
    std::sort(chosen.begin(), chosen.end());
  }
  g.keys = chosen;
  std::vector<std::int32_t> groupOf(n, static_cast<std::int32_t>(chosen.size()));
  for (std::size_t i = 0; i < chosen.size(); ++i) groupOf[static_cast<std::size_t>(chosen[i])] = static_cast<std::int32_t>(i);
  if (g.others > 0) g.keys.push_back(RowGroups::kOthers);
  for (const std::int32_t c : table.classes) g.of.push_back(c < 0 ? -1 : groupOf[static_cast<std::size_t>(c)]);
  return g;
}

namespace {

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && std::isspace(static_cast<unsigned char>(s.front()))) s.remove_prefix(1);
  while (!s.empty() && std::isspace(static_cast<unsigned char>(s.back()))) s.remove_suffix(1);
  return s;
}

bool containsAscii(std::string_view whole, std::string_view part) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b)); };
  return std::search(whole.begin(), whole.end(), part.begin(), part.end(), same) != whole.end();
}

/// "column > 3".
struct Condition {
  int column = -1;
  std::string sign, text;
  std::optional<double> number;

  bool holds(double v) const {
    const double n = *number;
    // Columns keep floats: 0.1 as a person types it is the float that is nearest.
    const bool same = v == n || static_cast<float>(v) == static_cast<float>(n);
    if (std::isnan(v)) return false;
    if (sign == "=") return same;
    if (sign == "!=") return !same;
    if (sign == "<") return v < n && !same;
    if (sign == "<=") return v < n || same;
    if (sign == ">") return v > n && !same;
    return v > n || same;
  }
};

std::optional<Condition> conditionOf(const Table& table, std::string_view text) {
  for (const char* sign : {"<=", ">=", "!=", "=", "<", ">"}) {
    const std::size_t at = text.find(sign);
    if (at == std::string_view::npos) continue;
    const std::string_view name = trimmed(text.substr(0, at)), value = trimmed(text.substr(at + std::string_view(sign).size()));
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (table.columns[c].name != name) continue;
      Condition found{static_cast<int>(c), sign, std::string(value), {}};
      if (table.columns[c].kind == ColumnKind::Number)
        found.number = parseNumber<double>(value);
      else if (const double date = parseDate(value); table.columns[c].kind == ColumnKind::Date && !std::isnan(date))
        found.number = date;
      const bool words = table.columns[c].kind == ColumnKind::Category || table.columns[c].kind == ColumnKind::Text;
      if (found.number || (words && (found.sign == "=" || found.sign == "!="))) return found;
    }
  }
  return std::nullopt;
}

/// Whether a row's cells are wanted.
class CellFilter {
 public:
  CellFilter(const Table& table, const RowFilter& filter) : table_(table), text_(trimmed(filter.text)), contains_(filter.contains) {
    if (!contains_) contains_ = containsAscii;
    if (text_.empty()) return;
    condition_ = conditionOf(table, text_);
    // A text's categories are looked through once, not in every row.
    for (const Column& c : table.columns) {
      hits_.emplace_back();
      for (const std::string& name : c.names) hits_.back().push_back(condition_ ? name == condition_->text : contains_(name, text_));
    }
  }
  bool operator()(std::int64_t row) const {
    if (text_.empty()) return true;
    if (condition_) {
      const Column& c = table_.columns[static_cast<std::size_t>(condition_->column)];
      if (condition_->number) return condition_->holds(c.value(row));
      return hit(static_cast<std::size_t>(condition_->column), row) == (condition_->sign == "=") && !c.isMissing(row);
    }
    for (std::size_t c = 0; c < table_.columns.size(); ++c)
      if (hit(c, row)) return true;
    return false;
  }

 private:
  bool hit(std::size_t c, std::int64_t row) const {
    const Column& column = table_.columns[c];
    if (column.kind == ColumnKind::Category || column.kind == ColumnKind::Text) {
      const std::int32_t code = column.codes[static_cast<std::size_t>(row)];
      return code >= 0 && hits_[c][static_cast<std::size_t>(code)];
    }
    return !column.isMissing(row) && column.text(row).find(text_) != std::string::npos;
  }
  const Table& table_;
  std::string text_;
  std::function<bool(std::string_view, std::string_view)> contains_;
  std::optional<Condition> condition_;
  std::vector<std::vector<bool>> hits_;
};

/// What rows are sorted by.
std::function<double(std::int32_t)> keyOf(const SampleTable& t, int column, std::vector<double>& ranks) {
  if (column == RowOrder::BySample) return [&t](std::int32_t r) { return t.samples[static_cast<std::size_t>(r)] < 0 ? kNan : t.samples[static_cast<std::size_t>(r)]; };
  if (column == RowOrder::ByPart) return [&t](std::int32_t r) { return t.parts[static_cast<std::size_t>(r)] == Part::Unused ? kNan : static_cast<double>(t.parts[static_cast<std::size_t>(r)]); };
  if (column == RowOrder::ByClass)
    return [&t](std::int32_t r) { return t.classes.empty() || t.classes[static_cast<std::size_t>(r)] < 0 ? kNan : static_cast<double>(t.classes[static_cast<std::size_t>(r)]); };
  const Column& c = t.column(column);
  if (c.kind != ColumnKind::Text) return [&c](std::int32_t r) { return c.value(r); };
  // Texts are numbered as they appear; they are sorted as they read.
  std::vector<std::int32_t> order(c.names.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return c.names[static_cast<std::size_t>(a)] < c.names[static_cast<std::size_t>(b)]; });
  ranks.resize(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) ranks[static_cast<std::size_t>(order[i])] = static_cast<double>(i);
  return [&c, &ranks](std::int32_t r) { return c.codes[static_cast<std::size_t>(r)] < 0 ? kNan : ranks[static_cast<std::size_t>(c.codes[static_cast<std::size_t>(r)])]; };
}

}  // namespace

std::vector<std::int32_t> arrangeRows(const SampleTable& t, const RowFilter& filter, const RowOrder& order, std::stop_token stop) {
  const CellFilter wanted(*t.table, filter);
  std::vector<std::int32_t> rows;
  const std::int32_t n = static_cast<std::int32_t>(t.rows());
  for (std::int32_t r = 0; r < n; ++r) {
    if (r % kLookEvery == 0 && stop.stop_requested()) return {};
    const std::size_t i = static_cast<std::size_t>(r);
    if (filter.part && t.parts[i] != *filter.part) continue;
    if (filter.classOf && (t.classes.empty() || t.classes[i] != *filter.classOf)) continue;
    if (wanted(r)) rows.push_back(r);
  }
  if (order.column == RowOrder::None) return rows;
  std::vector<double> ranks;
  const std::function<double(std::int32_t)> key = keyOf(t, order.column, ranks);
  std::vector<std::pair<double, std::int32_t>> keyed;
  std::vector<std::int32_t> missing;
  keyed.reserve(rows.size());
  for (const std::int32_t r : rows) {
    const double k = key(r);
    if (std::isnan(k))
      missing.push_back(r);
    else
      keyed.emplace_back(order.descending ? -k : k, r);
  }
  if (stop.stop_requested()) return {};
  std::sort(keyed.begin(), keyed.end());
  for (std::size_t i = 0; i < keyed.size(); ++i) rows[i] = keyed[i].second;
  std::copy(missing.begin(), missing.end(), rows.begin() + static_cast<std::ptrdiff_t>(keyed.size()));
  return rows;
}

}  // namespace vitrine
