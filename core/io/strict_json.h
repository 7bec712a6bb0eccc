#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/result.h"
#include "core/model/graph.h"

namespace vitrine {

/// JSON as nlohmann reads it, but a key that stands twice in an object is refused, and errors name file and byte.
Result<nlohmann::json> parseStrict(std::string_view text, const std::string& file);

/// Reads values of one JSON document and tells what does not fit, with its place ("graph.nodes[3].id"). After the first
/// fault all further reads give defaults; `status` says what it was.
class JsonReader {
 public:
  explicit JsonReader(std::string file) : file_(std::move(file)) {}

  const nlohmann::json& object(const nlohmann::json& in, const std::string& key, const std::string& place);
  const nlohmann::json& array(const nlohmann::json& in, const std::string& key, const std::string& place);
  std::string text(const nlohmann::json& in, const std::string& key, const std::string& place);
  std::int64_t whole(const nlohmann::json& in, const std::string& key, const std::string& place, std::int64_t low, std::int64_t high);
  std::uint64_t seed(const nlohmann::json& in, const std::string& key, const std::string& place);
  double number(const nlohmann::json& in, const std::string& key, const std::string& place);
  /// Values of what `described` lists; unknown ids and illegal values are faults.
  Params params(const nlohmann::json& in, const std::string& place, std::span<const Param> described);
  void fault(const std::string& place, std::string found, std::string expected);
  bool ok() const { return !error_; }
  Error error() const { return *error_; }

 private:
  const nlohmann::json* find(const nlohmann::json& in, const std::string& key, const std::string& place);
  ParamValue value(const nlohmann::json& in, const Param& p, const std::string& place);
  std::string file_;
  std::optional<Error> error_;
};

nlohmann::json paramsToJson(const Params& params);

nlohmann::json graphToJsonValue(const Graph& graph);
/// Faults go to `reader`.
Graph graphFromJsonValue(JsonReader& reader, const nlohmann::json& in, const std::string& place);

}  // namespace vitrine
