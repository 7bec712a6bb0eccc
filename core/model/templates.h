#pragma once

#include <functional>
#include <span>
#include <string>

#include "core/model/graph.h"

namespace vitrine {

/// A known-good network for given data, laid out.
struct GraphTemplate {
  std::string id, name;
  std::string help;  ///< one sentence on what it shows
  /// Why it does not suit the data ("needs images"), or success.
  std::function<Status(const DataSpec&)> suits;
  /// Requires suits().
  std::function<Graph(const DataSpec&)> make;
};

std::span<const GraphTemplate> templateRegistry();
const GraphTemplate* findTemplate(const std::string& id);
/// The one a newcomer should get for this data.
const GraphTemplate& defaultTemplate(const DataSpec& data);

}  // namespace vitrine
