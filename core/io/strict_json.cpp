#include "core/io/strict_json.h"

#include <cmath>
#include <set>

namespace vitrine {
namespace {

using nlohmann::json;

const json& nothing() {
  static const json value;
  return value;
}

std::string shortly(const json& v) {
  std::string text = v.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() > 60 ? text.substr(0, 57) + "…" : text;
}

}  // namespace

Result<json> parseStrict(std::string_view text, const std::string& file) {
  std::vector<std::set<std::string>> keys;
  std::string twice;
  constexpr int kDeepest = 64;
  struct TooDeep {};
  const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
    const bool begins = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (begins && depth >= kDeepest) throw TooDeep{};  // here and now: each level more would be memory
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second && twice.empty())
      twice = parsed.get<std::string>();
    return true;
  };
  try {
    json value = json::parse(text.begin(), text.end(), check);
    if (!twice.empty()) return Error{file, "JSON", "the key '" + twice + "' twice in one object", "each key once", {}};
    return value;
  } catch (const TooDeep&) {
    return Error{file, "JSON", "more than " + std::to_string(kDeepest) + " levels", "fewer", {}};
  } catch (const json::parse_error& e) {
    return Error{file, "byte " + std::to_string(e.byte), "no valid JSON", "JSON", {}};
  } catch (const json::exception&) {
    return Error{file, "JSON", "a number out of range", "JSON", {}};
  }
}

void JsonReader::fault(const std::string& place, std::string found, std::string expected) {
  if (!error_) error_ = Error{file_, place, std::move(found), std::move(expected), {}};
}

const json* JsonReader::find(const json& in, const std::string& key, const std::string& place) {
  if (!ok()) return nullptr;
  const auto it = in.is_object() ? in.find(key) : in.end();
  if (!in.is_object() || it == in.end()) {
    fault(place, "no '" + key + "'", "'" + key + "'");
    return nullptr;
  }
  return &*it;
}

const json& JsonReader::object(const json& in, const std::string& key, const std::string& place) {
  const json* v = find(in, key, place);
  if (v && !v->is_object()) fault(place + "." + key, shortly(*v), "an object");
  return ok() ? *v : nothing();
}

const json& JsonReader::array(const json& in, const std::string& key, const std::string& place) {
  const json* v = find(in, key, place);
  if (v && !v->is_array()) fault(place + "." + key, shortly(*v), "a list");
  return ok() ? *v : nothing();
}

std::string JsonReader::text(const json& in, const std::string& key, const std::string& place) {
  const json* v = find(in, key, place);
  if (v && !v->is_string()) fault(place + "." + key, shortly(*v), "a text");
  return ok() ? v->get<std::string>() : std::string();
}

std::int64_t JsonReader::whole(const json& in, const std::string& key, const std::string& place, std::int64_t low, std::int64_t high) {
  const json* v = find(in, key, place);
  if (v && (!v->is_number_integer() || (v->is_number_unsigned() && v->get<std::uint64_t>() > INT64_MAX) || v->get<std::int64_t>() < low ||
            v->get<std::int64_t>() > high))
    fault(place + "." + key, shortly(*v), "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  return ok() ? v->get<std::int64_t>() : low;
}

std::uint64_t JsonReader::seed(const json& in, const std::string& key, const std::string& place) {
  const json* v = find(in, key, place);
  if (v && !v->is_number_unsigned()) fault(place + "." + key, shortly(*v), "a whole number from 0");
  return ok() ? v->get<std::uint64_t>() : 0;
}

double JsonReader::number(const json& in, const std::string& key, const std::string& place) {
  const json* v = find(in, key, place);
  if (v && !v->is_number()) fault(place + "." + key, shortly(*v), "a number");
  return ok() ? v->get<double>() : 0;
}

ParamValue JsonReader::value(const json& in, const Param& p, const std::string& place) {
  if (std::holds_alternative<bool>(p.fallback) && in.is_boolean()) return in.get<bool>();
  if (std::holds_alternative<std::int64_t>(p.fallback) && in.is_number_integer()) return in.get<std::int64_t>();
  if (std::holds_alternative<double>(p.fallback) && in.is_number()) return in.get<double>();
  if (std::holds_alternative<std::string>(p.fallback) && in.is_string()) return in.get<std::string>();
  if (std::holds_alternative<IntPair>(p.fallback) && in.is_array() && in.size() == 2 && in[0].is_number_integer() && in[1].is_number_integer())
    return IntPair{in[0].get<std::int64_t>(), in[1].get<std::int64_t>()};
  fault(place, shortly(in), "a value like " + paramText(p, p.fallback));
  return p.fallback;
}

Params JsonReader::params(const json& in, const std::string& place, std::span<const Param> described) {
  Params out;
  if (!ok() || !in.is_object()) return out;
  for (const auto& [id, v] : in.items()) {
    const Param* known = nullptr;
    for (const Param& p : described)
      if (p.id == id) known = &p;
    const std::string at = place + "." + id;
    if (!known) {
      fault(at, "a parameter that this layer does not have", "none");
      return out;
    }
    ParamValue read = value(v, *known, at);
    if (Status s = checkParam(*known, read); ok() && !s) fault(at, s.error().found, s.error().expected);
    if (!ok()) return out;
    out[id] = std::move(read);
  }
  return out;
}

json paramsToJson(const Params& params) {
  json out = json::object();
  for (const auto& param : params)
    std::visit([&](const auto& x) { out[param.first] = x; }, param.second);
  return out;
}

}  // namespace vitrine
