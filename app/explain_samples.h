#pragma once

#include <QImage>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <vector>

#include "core/data/dataset.h"
#include "core/train/trainer.h"

namespace vitrine {

/// What the Explain workspace explains: a row of the data, a drawing, a loaded picture or an edited row.
struct ExplainSample {
  std::uint64_t id = 0;      ///< another one whenever its numbers change
  std::int32_t row = -1;     ///< of the data set; -1: of no row
  QString name;              ///< "sample 17", "drawn"
  bool pinned = false;
  std::vector<double> raw;   ///< in the features' own units, as Samples::raw()
  std::vector<Real> input;   ///< as the network gets it
};

/// Columns that stand for one original column (one-hot), or a column alone.
struct FeatureGroup {
  QString name;
  std::vector<int> members;
  QStringList categories;  ///< one a member; empty: a number
};

/// Requires a row of the data.
ExplainSample sampleOfRow(const Dataset& data, std::int32_t row);
/// `raw`: one number a feature in its own units.
ExplainSample sampleOfRaw(const Dataset& data, const QString& name, std::vector<double> raw);
/// A picture at the size of the network's input: whole picture, edges padded with black, averaged where it shrinks.
/// Gray for one channel. Requires image data and a picture that is not null.
ExplainSample sampleOfImage(const Dataset& data, const QString& name, const QImage& image);

/// An image's raw numbers as 0 (black) … 1 (white); others as they are.
std::vector<Real> shownInput(const Dataset& data, const ExplainSample& sample);

/// A table's features as its file had them. Generated data: one group a feature.
std::vector<FeatureGroup> featureGroups(const Dataset& data);
/// What each group holds, as the file has it.
QStringList groupValues(const Dataset& data, const std::vector<FeatureGroup>& groups, const ExplainSample& sample);
/// Members' attributions added up: [groups].
std::vector<Real> groupSums(const std::vector<FeatureGroup>& groups, std::span<const Real> values);

/// What the network says of inputs [rows × input size], as it is read (core/train/outputs.h): [rows × outputs]. A stop gives an empty vector.
std::vector<Real> predictions(const Snapshot& snapshot, std::span<const Real> inputs, std::int64_t rows, std::stop_token stop = {});

}  // namespace vitrine
