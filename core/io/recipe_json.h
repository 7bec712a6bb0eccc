#pragma once

#include "core/data/recipe.h"
#include "core/io/strict_json.h"

namespace vitrine {

/// "classification", "regression", "labels".
std::string taskName(Task task);
/// The task of that name; others are a fault.
Task taskNamed(JsonReader& reader, const std::string& name, const std::string& place);

nlohmann::json recipeToJson(const Recipe& recipe);
/// Faults go to `reader`.
Recipe recipeFromJson(JsonReader& reader, const nlohmann::json& in, const std::string& place);

}  // namespace vitrine
