#include "core/io/recipe_json.h"

#include <array>
#include <limits>
#include <utility>

#include "core/data/steps.h"

namespace vitrine {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostCount = std::numeric_limits<std::int32_t>::max();
constexpr std::array<std::pair<ColumnKind, const char*>, 4> kKinds{{{ColumnKind::Number, "number"}, {ColumnKind::Category, "category"}, {ColumnKind::Date, "date"}, {ColumnKind::Text, "text"}}};
constexpr std::array<std::pair<Role, const char*>, 7> kRoles{{{Role::Feature, "feature"}, {Role::Target, "target"}, {Role::Weight, "weight"}, {Role::Group, "group"}, {Role::Time, "time"}, {Role::Split, "split"}, {Role::Ignore, "ignore"}}};
constexpr std::array<std::pair<Task, const char*>, 3> kTasks{{{Task::Classification, "classification"}, {Task::Regression, "regression"}, {Task::Labels, "labels"}}};

template <class E, std::size_t N>
std::string nameOf(const std::array<std::pair<E, const char*>, N>& names, E value) {
  for (const auto& [v, name] : names)
    if (v == value) return name;
  return {};
}

template <class E, std::size_t N>
E valueOf(JsonReader& r, const std::array<std::pair<E, const char*>, N>& names, const std::string& text, const std::string& place) {
  std::string all;
  for (const auto& [v, name] : names) {
    if (text == name) return v;
    all += (all.empty() ? "" : ", ") + std::string(name);
  }
  r.fault(place, "'" + text + "'", all);
  return names[0].first;
}

std::string oneChar(char c) { return c == 0 ? std::string() : std::string(1, c); }

char charOf(JsonReader& r, const json& in, const std::string& key, const std::string& place) {
  const std::string text = r.text(in, key, place);
  if (text.size() > 1) r.fault(place + "." + key, "'" + text + "'", "one character, or none");
  return text.empty() ? '\0' : text[0];
}

bool flag(JsonReader& r, const json& in, const std::string& key, const std::string& place) {
  if (!r.ok()) return false;
  if (!in.contains(key) || !in.at(key).is_boolean()) r.fault(place + "." + key, in.contains(key) ? in.at(key).dump() : "nothing", "true or false");
  return r.ok() && in.at(key).get<bool>();
}

std::string among(JsonReader& r, const json& in, const std::string& key, const std::string& place, std::initializer_list<const char*> legal) {
  const std::string text = r.text(in, key, place);
  std::string all;
  for (const char* l : legal) {
    if (text == l) return text;
    all += (all.empty() ? "" : ", ") + std::string(l);
  }
  r.fault(place + "." + key, "'" + text + "'", all);
  return *legal.begin();
}

}  // namespace

std::string taskName(Task task) { return nameOf(kTasks, task); }
Task taskNamed(JsonReader& r, const std::string& name, const std::string& place) { return valueOf(r, kTasks, name, place); }

json recipeToJson(const Recipe& recipe) {
  const CsvFormat& f = recipe.format;
  json out;
  out["format"] = {{"encoding", f.encoding}, {"separator", oneChar(f.separator)}, {"quote", oneChar(f.quote)}, {"header", f.header},
                   {"decimal", oneChar(f.decimal)}, {"skip", f.skip}, {"missing", f.missing}};
  // Not there: still to be told from the file.
  if (f.thousands) out["format"]["thousands"] = oneChar(*f.thousands);
  if (f.comment) out["format"]["comment"] = oneChar(*f.comment);
  json columns = json::array(), steps = json::array();
  for (const ColumnPlan& c : recipe.columns) {
    json column{{"name", c.name}, {"role", nameOf(kRoles, c.role)}, {"odd_as_missing", c.oddAsMissing}};
    if (c.kind) column["kind"] = nameOf(kKinds, *c.kind);
    if (c.marksMissing) column["marks_missing"] = *c.marksMissing;
    columns.push_back(std::move(column));
  }
  for (const StepPlan& s : recipe.steps) steps.push_back({{"type", s.type}, {"params", paramsToJson(s.params)}});
  out["columns"] = std::move(columns);
  out["steps"] = std::move(steps);
  if (recipe.task) out["task"] = taskName(*recipe.task);
  const SplitPlan& s = recipe.split;
  out["split"] = {{"mode", s.mode}, {"validation", s.validation}, {"test", s.test}, {"stratify", s.stratify}, {"seed", s.seed}, {"folds", s.folds}, {"fold", s.fold}};
  out["series"] = {{"mode", recipe.series.mode}, {"length", recipe.series.length}, {"stride", recipe.series.stride}, {"horizon", recipe.series.horizon}};
  out["images"] = paramsToJson(imageParamsOf(recipe.images));
  out["balance"] = recipe.balance;
  return out;
}

Recipe recipeFromJson(JsonReader& r, const json& in, const std::string& place) {
  Recipe out;
  const json& f = r.object(in, "format", place);
  const std::string fp = place + ".format";
  out.format.encoding = r.text(f, "encoding", fp);
  out.format.separator = charOf(r, f, "separator", fp);
  out.format.quote = charOf(r, f, "quote", fp);
  out.format.header = static_cast<int>(r.whole(f, "header", fp, -1, kHeaderInComment));
  out.format.decimal = charOf(r, f, "decimal", fp);
  if (r.ok() && f.contains("thousands")) out.format.thousands = charOf(r, f, "thousands", fp);
  // Older projects say nothing of lines to skip and of comments: there were none.
  const bool old = r.ok() && !f.contains("skip");
  out.format.skip = old ? 0 : r.whole(f, "skip", fp, -1, kMostCount);
  if (r.ok() && f.contains("comment")) out.format.comment = charOf(r, f, "comment", fp);
  if (old) out.format.comment = '\0';
  const json& missing = r.array(f, "missing", fp);
  out.format.missing.clear();
  for (std::size_t i = 0; r.ok() && i < missing.size(); ++i) {
    if (!missing[i].is_string()) r.fault(fp + ".missing", missing[i].dump(), "texts");
    if (r.ok()) out.format.missing.push_back(missing[i].get<std::string>());
  }
  const json& columns = r.array(in, "columns", place);
  for (std::size_t i = 0; r.ok() && i < columns.size(); ++i) {
    const std::string at = place + ".columns[" + std::to_string(i) + "]";
    if (!columns[i].is_object()) {
      r.fault(at, columns[i].dump(), "an object");
      break;
    }
    ColumnPlan c;
    c.name = r.text(columns[i], "name", at);
    c.role = valueOf(r, kRoles, r.text(columns[i], "role", at), at + ".role");
    c.oddAsMissing = flag(r, columns[i], "odd_as_missing", at);
    if (r.ok() && columns[i].contains("kind")) c.kind = valueOf(r, kKinds, r.text(columns[i], "kind", at), at + ".kind");
    if (r.ok() && columns[i].contains("marks_missing")) c.marksMissing = flag(r, columns[i], "marks_missing", at);
    out.columns.push_back(std::move(c));
  }
  const json& steps = r.array(in, "steps", place);
  for (std::size_t i = 0; r.ok() && i < steps.size(); ++i) {
    const std::string at = place + ".steps[" + std::to_string(i) + "]";
    if (!steps[i].is_object()) {
      r.fault(at, steps[i].dump(), "an object");
      break;
    }
    const std::string type = r.text(steps[i], "type", at);
    const StepSpec* spec = findStep(type);
    if (r.ok() && !spec) r.fault(at + ".type", "'" + type + "'", "a kind of step that is known");
    if (!r.ok()) break;
    out.steps.push_back({type, r.params(r.object(steps[i], "params", at), at + ".params", spec->params)});
  }
  if (r.ok() && in.contains("task")) out.task = taskNamed(r, r.text(in, "task", place), place + ".task");
  const json& s = r.object(in, "split", place);
  const std::string sp = place + ".split";
  out.split.mode = among(r, s, "mode", sp, {"ratio", "group", "time", "column", "folds", "given"});
  out.split.validation = r.number(s, "validation", sp);
  out.split.test = r.number(s, "test", sp);
  out.split.stratify = flag(r, s, "stratify", sp);
  out.split.seed = r.seed(s, "seed", sp);
  out.split.folds = r.whole(s, "folds", sp, 2, kMostCount);
  out.split.fold = r.whole(s, "fold", sp, 0, kMostCount);
  const json& series = r.object(in, "series", place);
  const std::string se = place + ".series";
  out.series.mode = among(r, series, "mode", se, {"none", "windows", "rows"});
  out.series.length = r.whole(series, "length", se, 1, 100000);
  out.series.stride = r.whole(series, "stride", se, 1, 100000);
  out.series.horizon = r.whole(series, "horizon", se, 0, 100000);
  if (r.ok() && in.contains("images")) {
    const json& given = r.object(in, "images", place);
    Params images = r.params(given, place + ".images", imageParams());
    // Older projects laid what is transparent on black.
    if (r.ok() && !given.contains("ground")) images["ground"] = std::string("black");
    if (r.ok()) out.images = imagePlanOf(images);
  }
  out.balance = among(r, in, "balance", place, {"none", "oversample"});
  return out;
}

}  // namespace vitrine
