#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/base/result.h"

namespace vitrine {

/// Two whole numbers, vertical first: a kernel, a stride.
using IntPair = std::array<std::int64_t, 2>;
/// A choice is held as its id (string).
using ParamValue = std::variant<bool, std::int64_t, double, std::string, IntPair>;

struct Choice {
  std::string id, label;
  bool operator==(const Choice&) const = default;
};

/// That choice `id` is one of `values`.
struct Condition {
  std::string id;
  std::vector<std::string> values;
  bool operator==(const Condition&) const = default;
};

/// One parameter, said once: the form, the JSON, the checks and the help all read this. The same description serves
/// layers, losses, optimisers and explainers. What kind it is follows from its default's type.
struct Param {
  std::string id;        ///< key in JSON: "units"
  std::string label;     ///< in a form: "Units"
  std::string help;      ///< one sentence, with a typical range
  ParamValue fallback;   ///< the default
  double low = 0, high = 0;              ///< legal range of a number (both ends included)
  double sliderLow = 0, sliderHigh = 0;  ///< usual range, for a slider; equal: none
  bool logarithmic = false;              ///< a slider moves in factors (learning rates)
  std::vector<Choice> choices = {};      ///< legal ids, for a string
  std::vector<Condition> onlyIf = {};    ///< shown and used only where all of them hold,
  std::vector<Condition> orIf = {};      ///< or one of these
};

/// Values by parameter id. What is absent has its default.
using Params = std::map<std::string, ParamValue>;

/// The value of `id`, or its default from `described`. Requires that `described` has it with type T.
template <class T>
T param(const Params& values, std::span<const Param> described, const std::string& id) {
  if (auto it = values.find(id); it != values.end())
    if (const T* value = std::get_if<T>(&it->second)) return *value;
  for (const Param& p : described)
    if (p.id == id) return std::get<T>(p.fallback);
  return T{};
}

/// Whether `value` is legal for `p`: type, finite, range, choice. The error says what was found and expected.
Status checkParam(const Param& p, const ParamValue& value);
/// Every value known, legal; unknown ids are refused.
Status checkParams(std::span<const Param> described, const Params& values);
/// As a person reads it: "3 × 3", "0.001", "same".
std::string paramText(const Param& p, const ParamValue& value);
/// Whether `p` counts under these values (see Param::onlyIf). A condition on a choice that does not count itself does not hold.
bool paramShown(const Param& p, const Params& values, std::span<const Param> described);

}  // namespace vitrine
