// Data sets written down in a test.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "core/data/prepare.h"
#include "core/data/read_table.h"
#include "core/insight/sample_table.h"

namespace vitrine::test {

/// A CSV as a table; empty, and a failure, where that cannot be.
inline Table csvTable(const std::string& csv, CsvFormat format = {}) {
  Result<Table> table = readCsvTable(csv, format);
  if (!table) return ADD_FAILURE() << table.error().text(), Table{};
  return *table;
}

/// A CSV prepared by its usual recipe, or by what `change` makes of it; null, and a failure, where that cannot be.
inline SampleTablePtr tableOf(const std::string& csv, const std::function<void(Recipe&)>& change = {}) {
  const TablePtr shared = std::make_shared<const Table>(csvTable(csv));
  Recipe recipe = defaultRecipe(*shared);
  if (change) change(recipe);
  Result<DatasetPtr> data = prepare(shared, recipe);
  if (!data) return ADD_FAILURE() << data.error().text(), nullptr;
  return sampleTable(*data);
}

}  // namespace vitrine::test
