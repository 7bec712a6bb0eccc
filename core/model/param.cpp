#include "core/model/param.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace vitrine {
namespace {

std::string numberText(double v) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), v).ptr};
}

Status outside(const Param& p, double v) {
  if (std::isfinite(v) && v >= p.low && v <= p.high) return {};
  return Error{{}, "parameter '" + p.label + "'", numberText(v), numberText(p.low) + " to " + numberText(p.high), {}};
}

const char* kindName(const ParamValue& v) {
  constexpr std::array<const char*, 5> names{"yes or no", "a whole number", "a number", "one of its choices", "a pair of whole numbers"};
  return names[v.index()];
}

bool isText(const Param& p) { return std::holds_alternative<std::string>(p.fallback) && p.choices.empty(); }

}  // namespace

Status checkParam(const Param& p, const ParamValue& value) {
  if (value.index() != p.fallback.index())
    return Error{{}, "parameter '" + p.label + "'", kindName(value), isText(p) ? "a text" : kindName(p.fallback), {}};
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return outside(p, static_cast<double>(*whole));
  if (const auto* real = std::get_if<double>(&value)) return outside(p, *real);
  if (const auto* pair = std::get_if<IntPair>(&value)) {
    for (std::int64_t v : *pair)
      if (Status s = outside(p, static_cast<double>(v)); !s) return s;
  }
  if (const auto* id = std::get_if<std::string>(&value); id && !p.choices.empty()) {
    std::string legal;
    for (const Choice& c : p.choices) {
      if (c.id == *id) return {};
      legal += (legal.empty() ? "" : ", ") + c.id;
    }
    return Error{{}, "parameter '" + p.label + "'", "'" + *id + "'", "one of " + legal, {}};
  }
  return {};
}

Status checkParams(std::span<const Param> described, const Params& values) {
  for (const auto& [id, value] : values) {
    const Param* known = nullptr;
    for (const Param& p : described)
      if (p.id == id) known = &p;
    if (!known) return problem("There is no parameter '" + id + "'.");
    if (Status s = checkParam(*known, value); !s) return s;
  }
  return {};
}

std::string paramText(const Param& p, const ParamValue& value) {
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "yes" : "no";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* real = std::get_if<double>(&value)) return numberText(*real);
  if (const auto* pair = std::get_if<IntPair>(&value)) return std::to_string((*pair)[0]) + " × " + std::to_string((*pair)[1]);
  const std::string& id = std::get<std::string>(value);
  for (const Choice& c : p.choices)
    if (c.id == id) return c.label;
  return id;
}

bool paramShown(const Param& p, const Params& values, std::span<const Param> described) {
  const auto holds = [&](const Condition& c) {
    const std::string chosen = param<std::string>(values, described, c.id);
    if (std::find(c.values.begin(), c.values.end(), chosen) == c.values.end()) return false;
    return std::none_of(described.begin(), described.end(), [&](const Param& other) { return other.id == c.id && !paramShown(other, values, described); });
  };
  return std::all_of(p.onlyIf.begin(), p.onlyIf.end(), holds) || std::any_of(p.orIf.begin(), p.orIf.end(), holds);
}

}  // namespace vitrine
