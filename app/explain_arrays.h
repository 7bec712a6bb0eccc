#pragma once

#include "app/explain_wall.h"

namespace vitrine {

/// A column of the wall as an array in a file of its own.
struct ArrayFile {
  int column = 0;
  QString path;
};

/// What writeArrays() writes for a path that a person chose: a file a column that has a map ("path-1-saliency.npy", "path-2-saliency-second-class.npy"),
/// the path itself where there is one column only.
std::vector<ArrayFile> arrayFiles(const ExplainWall& wall, const QString& path);
/// The file beside the arrays that says what they are: "path.json".
QString arraysAbout(const QString& path);
/// Writes arrays and what they are. Row i is the wall's row i, NaN where that has no map. A table's arrays have one number for each of its own
/// columns, as the wall shows them, so that a row's sum is right. `note`: what else must be known of them; empty: nothing.
Status writeArrays(const ExplainWall& wall, const QString& path, const QString& note);
/// What may stand in a file's name on any system: "Shirt − Coat" is "Shirt-minus-Coat".
QString fileWords(QString text);

}  // namespace vitrine
