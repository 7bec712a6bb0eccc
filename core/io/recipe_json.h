#pragma once

#include "core/data/recipe.h"
#include "core/io/strict_json.h"

namespace vitrine {

nlohmann::json recipeToJson(const Recipe& recipe);
/// Faults go to `reader`.
Recipe recipeFromJson(JsonReader& reader, const nlohmann::json& in, const std::string& place);

}  // namespace vitrine
