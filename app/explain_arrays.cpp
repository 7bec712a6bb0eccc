#include "app/explain_arrays.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <algorithm>
#include <limits>

#include "core/io/npy_file.h"
#include "widgets/editor/category.h"

namespace vitrine {
namespace {

QString stemOf(const QString& path) {
  const QFileInfo info(path);
  return info.absolutePath() + QLatin1Char('/') + info.completeBaseName();
}

QJsonArray texts(const std::vector<std::string>& all) {
  QJsonArray out;
  for (const std::string& s : all) out << fromCore(s);
  return out;
}

QJsonValue valueOf(const ParamValue& value) {
  if (const auto* b = std::get_if<bool>(&value)) return *b;
  if (const auto* n = std::get_if<std::int64_t>(&value)) return qint64(*n);
  if (const auto* d = std::get_if<double>(&value)) return *d;
  if (const auto* pair = std::get_if<IntPair>(&value)) return QJsonArray{qint64((*pair)[0]), qint64((*pair)[1])};
  return fromCore(std::get<std::string>(value));
}

/// A column's maps, one sample after the other, and what they are.
struct Arrays {
  const ExplainWall& wall;
  const Dataset& data;
  std::vector<FeatureGroup> groups;  ///< of a table: its own columns

  explicit Arrays(const ExplainWall& w) : wall(w), data(*w.snapshot()->data), groups(table() ? featureGroups(data) : std::vector<FeatureGroup>()) {}
  bool table() const { return data.spec.input.rank() == 1; }
  /// Its numbers are those of the network's inputs, which one-hot columns have several of.
  bool byColumns(const Attribution& a) const { return table() && !a.ofUnits && a.values.size() == static_cast<std::size_t>(data.spec.input.size()); }
  std::vector<std::int64_t> shapeOf(const Attribution& a) const {
    return byColumns(a) ? std::vector<std::int64_t>{static_cast<std::int64_t>(groups.size())} : std::vector<std::int64_t>(a.shape.dims.begin(), a.shape.dims.end());
  }
  std::vector<Real> valuesOf(const Attribution& a) const {
    if (!byColumns(a)) return a.values;
    return a.groupValues.size() == groups.size() ? std::vector<Real>(a.groupValues.begin(), a.groupValues.end()) : groupSums(groups, a.values);
  }
  QJsonArray axesOf(const Attribution& a) const {
    QJsonArray axes{QStringLiteral("sample")};
    const QStringList picture{QStringLiteral("row"), QStringLiteral("column"), QStringLiteral("channel")}, series{QStringLiteral("step"), QStringLiteral("feature")};
    const QStringList& known = data.spec.input.isImage() ? picture : series;
    for (int i = 0; i < static_cast<int>(shapeOf(a).size()); ++i)
      axes << (a.ofUnits ? QStringLiteral("unit axis %1").arg(i) : table() ? (byColumns(a) ? QStringLiteral("column") : QStringLiteral("unit")) : known.value(i));
    return axes;
  }
};

QJsonObject aboutSample(const Dataset& data, const ExplainSample& s, const WallSample& shown) {
  QJsonObject out{{QStringLiteral("name"), s.name}, {QStringLiteral("row"), s.row >= 0 ? QJsonValue(s.row) : QJsonValue()}};
  if (shown.trueClass >= 0) out[QStringLiteral("true class")] = fromCore(data.spec.classes[static_cast<std::size_t>(shown.trueClass)]);
  if (shown.trueValue) out[QStringLiteral("true value")] = *shown.trueValue;
  QJsonArray answer;
  for (const double p : shown.probabilities) answer << p;
  out[QStringLiteral("network's answer")] = answer;
  return out;
}

/// Of the whole: data, samples, and what the numbers along an axis are called.
QJsonObject aboutAll(const Arrays& arrays, const QString& note) {
  const Dataset& data = arrays.data;
  QJsonObject all{{QStringLiteral("data"), fromCore(data.name)}, {QStringLiteral("step"), qint64(arrays.wall.snapshot()->state->step)}};
  if (!note.isEmpty()) all[QStringLiteral("note")] = note;
  if (!data.spec.classes.empty()) all[QStringLiteral("classes")] = texts(data.spec.classes);
  const WallData shown = arrays.wall.wallData();
  QJsonArray samples;
  for (std::size_t i = 0; i < shown.samples.size(); ++i) samples << aboutSample(data, arrays.wall.samples()[i], shown.samples[i]);
  all[QStringLiteral("samples")] = samples;
  if (!arrays.table()) {
    if (!data.featureNames.empty()) all[QStringLiteral("features")] = texts(data.featureNames);
    return all;
  }
  QJsonArray columns, inputs;
  for (const FeatureGroup& g : arrays.groups) columns << g.name;
  for (std::int64_t i = 0; i < data.spec.input.size(); ++i)
    for (const FeatureGroup& g : arrays.groups)
      if (std::find(g.members.begin(), g.members.end(), static_cast<int>(i)) != g.members.end())
        inputs << QJsonObject{{QStringLiteral("name"), static_cast<std::size_t>(i) < data.featureNames.size() ? fromCore(data.featureNames[static_cast<std::size_t>(i)]) : g.name},
                              {QStringLiteral("column"), g.name}};
  all[QStringLiteral("columns")] = columns;
  all[QStringLiteral("network's inputs")] = inputs;
  return all;
}

QJsonObject aboutColumn(const Arrays& arrays, const ArrayFile& file, const Attribution& any, const std::vector<std::int64_t>& shape) {
  const ExplainWall& wall = arrays.wall;
  const WallColumn& column = wall.columns()[static_cast<std::size_t>(file.column)];
  QJsonObject settings;
  const Params used = settingsFor(*column.spec, arrays.data.spec.input, column.settings);
  for (const Param& p : column.spec->params) {
    const auto it = used.find(p.id);
    settings[fromCore(p.id)] = valueOf(it == used.end() ? p.fallback : it->second);
  }
  QJsonArray dims, explained, outputs;
  for (const std::int64_t n : shape) dims << qint64(n);
  for (std::size_t i = 0; i < wall.samples().size(); ++i) {
    const Attribution* a = wall.attribution(static_cast<int>(i), file.column);
    explained << (a ? QJsonValue(targetName(*wall.snapshot(), a->explained)) : QJsonValue());
    outputs << (a ? QJsonValue(a->outputValue) : QJsonValue());
  }
  const bool background = averages(*column.spec, wall.baseline());
  return {{QStringLiteral("file"), QFileInfo(file.path).fileName()},
          {QStringLiteral("method"), fromCore(column.spec->name)},
          {QStringLiteral("id"), fromCore(column.spec->id)},
          {QStringLiteral("settings"), settings},
          {QStringLiteral("target"), choiceName(column.target.value_or(wall.target()), arrays.data)},
          {QStringLiteral("explained"), explained},
          {QStringLiteral("output"), outputs},
          {QStringLiteral("baseline"), background ? QJsonValue(baselineName({BaselineChoice::Background})) : column.spec->usesBaseline ? QJsonValue(baselineName(wall.baseline())) : QJsonValue()},
          {QStringLiteral("shape"), dims},
          {QStringLiteral("axes"), arrays.axesOf(any)}};
}

}  // namespace

QString fileWords(QString text) {
  text.replace(QChar(0x2212), QStringLiteral(" minus "));
  QString out;
  for (const QChar c : text)
    if (c.isLetterOrNumber()) out += c;
    else if (!out.isEmpty() && !out.endsWith(QLatin1Char('-'))) out += QLatin1Char('-');
  out = out.left(60);
  while (out.endsWith(QLatin1Char('-'))) out.chop(1);
  return out;
}

QString arraysAbout(const QString& path) { return stemOf(path) + QStringLiteral(".json"); }

std::vector<ArrayFile> arrayFiles(const ExplainWall& wall, const QString& path) {
  std::vector<ArrayFile> files;
  for (int c = 0; c < static_cast<int>(wall.columns().size()); ++c) {
    bool any = false;
    for (int i = 0; i < static_cast<int>(wall.samples().size()) && !any; ++i) any = wall.attribution(i, c);
    if (!any) continue;
    const WallColumn& column = wall.columns()[static_cast<std::size_t>(c)];
    QStringList parts{stemOf(path), QString::number(c + 1), fromCore(column.spec->id)};
    if (const TargetChoice target = column.target.value_or(wall.target()); target != TargetChoice{}) parts << fileWords(choiceName(target, *wall.snapshot()->data));
    files.push_back({c, wall.columns().size() == 1 ? path : parts.join(QLatin1Char('-')) + QStringLiteral(".npy")});
  }
  return files;
}

Status writeArrays(const ExplainWall& wall, const QString& path, const QString& note) {
  const Arrays arrays(wall);
  QJsonArray about;
  for (const ArrayFile& file : arrayFiles(wall, path)) {
    const int rows = static_cast<int>(wall.samples().size());
    const Attribution* any = nullptr;
    for (int i = 0; i < rows && !any; ++i) any = wall.attribution(i, file.column);
    std::vector<std::int64_t> shape = arrays.shapeOf(*any);
    shape.insert(shape.begin(), rows);
    const std::size_t size = arrays.valuesOf(*any).size();
    std::vector<float> values;
    for (int i = 0; i < rows; ++i) {
      const Attribution* a = wall.attribution(i, file.column);
      if (!a || a->shape != any->shape) {
        values.insert(values.end(), size, std::numeric_limits<float>::quiet_NaN());
        continue;
      }
      const std::vector<Real> map = arrays.valuesOf(*a);
      values.insert(values.end(), map.begin(), map.end());
    }
    if (Status s = writeNpy(file.path.toStdString(), shape, values); !s) return s;
    about << aboutColumn(arrays, file, *any, shape);
  }
  QJsonObject all = aboutAll(arrays, note);
  all[QStringLiteral("arrays")] = about;
  const QString name = arraysAbout(path);
  QSaveFile out(name);
  if (!out.open(QIODevice::WriteOnly) || out.write(QJsonDocument(all).toJson()) < 0 || !out.commit()) return problem(ExplainWall::tr("%1 could not be written: %2").arg(name, out.errorString()).toStdString());
  return {};
}

}  // namespace vitrine
