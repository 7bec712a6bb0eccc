#include "app/explain_samples.h"

#include <QCoreApplication>
#include <QLocale>
#include <QPainter>
#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/explain/groups.h"
#include "core/train/outputs.h"
#include "core/train/step.h"
#include "widgets/editor/category.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

std::uint64_t newId() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

QString tell(const char* text) { return QCoreApplication::translate("vitrine::ExplainSample", text); }

std::vector<Real> prepared(const Dataset& data, const std::vector<double>& raw) {
  std::vector<Real> input(raw.size());
  prepareInputs(data, 1, raw.data(), input.data());
  return input;
}

}  // namespace

ExplainSample sampleOfRow(const Dataset& data, std::int32_t row) {
  ExplainSample s;
  s.id = newId();
  s.row = row;
  s.name = tell("sample %1").arg(row);
  s.raw.resize(static_cast<std::size_t>(data.spec.input.size()));
  data.inputs.readRow(row, s.raw.data());
  s.input.resize(s.raw.size());
  gatherInputs(data, {&row, 1}, s.input.data());
  return s;
}

ExplainSample sampleOfRaw(const Dataset& data, const QString& name, std::vector<double> raw) {
  ExplainSample s;
  s.id = newId();
  s.name = name;
  s.input = prepared(data, raw);
  s.raw = std::move(raw);
  return s;
}

ExplainSample sampleOfImage(const Dataset& data, const QString& name, const QImage& image) {
  const Shape& shape = data.spec.input;
  const int h = static_cast<int>(shape[0]), w = static_cast<int>(shape[1]), channels = static_cast<int>(shape[2]);
  QImage page(w, h, QImage::Format_RGB32);
  page.fill(Qt::black);
  const QImage fitted = image.convertToFormat(QImage::Format_ARGB32).scaled(w, h, Qt::KeepAspectRatio, Qt::SmoothTransformation);
  QPainter painter(&page);
  painter.drawImage((w - fitted.width()) / 2, (h - fitted.height()) / 2, fitted);
  painter.end();
  const PixelRange range = pixelRange(data);
  std::vector<double> raw(static_cast<std::size_t>(shape.size()));
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      const QRgb p = page.pixel(x, y);
      const double rgb[] = {qRed(p) / 255.0, qGreen(p) / 255.0, qBlue(p) / 255.0};
      // Rec. 601 luma, as the readers of gray images have it.
      const double gray = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
      for (int c = 0; c < channels; ++c)
        raw[static_cast<std::size_t>((y * w + x) * channels + c)] =
            range.black + (channels == 3 ? rgb[c] : gray) * (range.white - range.black);
    }
  return sampleOfRaw(data, name, std::move(raw));
}

std::vector<Real> shownInput(const Dataset& data, const ExplainSample& sample) {
  std::vector<Real> out;
  for (const double v : sample.raw) out.push_back(static_cast<Real>(v));
  if (!data.spec.input.isImage()) return out;
  const PixelRange range = pixelRange(data);
  for (Real& v : out) v = static_cast<Real>((static_cast<double>(v) - range.black) / (range.white - range.black));
  return out;
}

std::vector<FeatureGroup> featureGroups(const Dataset& data) {
  const Groups columns = columnGroups(data);
  std::vector<FeatureGroup> groups(static_cast<std::size_t>(columns.count));
  const auto name = [&](std::size_t i) { return i < data.featureNames.size() ? fromCore(data.featureNames[i]) : tell("feature %1").arg(i + 1); };
  for (std::size_t i = 0; i < columns.of.size(); ++i) groups[static_cast<std::size_t>(columns.of[i])].members.push_back(static_cast<int>(i));
  for (std::size_t g = 0; g < groups.size(); ++g) {
    FeatureGroup& group = groups[g];
    group.name = g < columns.names.size() ? fromCore(columns.names[g]) : name(static_cast<std::size_t>(group.members.front()));
    if (group.members.size() < 2) continue;
    // One-hot features are named "column=category"; a number and a flag that it was missing are no categories.
    const QString head = group.name + QLatin1Char('=');
    for (int m : group.members) {
      const QString whole = name(static_cast<std::size_t>(m));
      if (whole.startsWith(head)) group.categories << whole.mid(head.size());
    }
    if (group.categories.size() != static_cast<qsizetype>(group.members.size())) group.categories.clear();
  }
  return groups;
}

QStringList groupValues(const Dataset& data, const std::vector<FeatureGroup>& groups, const ExplainSample& sample) {
  QStringList out;
  for (const FeatureGroup& g : groups) {
    const std::size_t first = static_cast<std::size_t>(g.members.front());
    const std::int32_t origin = first < data.featureOrigins.size() ? data.featureOrigins[first] : -1;
    if (sample.row >= 0 && origin >= 0 && data.table && static_cast<std::size_t>(sample.row) < data.tableRows.size()) {
      const Column& column = data.table->columns[static_cast<std::size_t>(origin)];
      const std::int32_t row = data.tableRows[static_cast<std::size_t>(sample.row)];
      out << (column.isMissing(row) ? tell("missing") : column.kind == ColumnKind::Number ? numberText(column.value(row), 5) : fromCore(column.text(row)));
    } else if (g.categories.isEmpty()) {
      out << numberText(sample.raw[first], 5);
    } else {
      int at = 0;
      for (int k = 1; k < static_cast<int>(g.members.size()); ++k)
        if (sample.raw[static_cast<std::size_t>(g.members[static_cast<std::size_t>(k)])] > sample.raw[static_cast<std::size_t>(g.members[static_cast<std::size_t>(at)])]) at = k;
      out << g.categories.value(at);
    }
  }
  return out;
}

std::vector<Real> groupSums(const std::vector<FeatureGroup>& groups, std::span<const Real> values) {
  std::vector<Real> out;
  for (const FeatureGroup& g : groups) {
    Real sum = 0;
    for (int m : g.members) sum += values[static_cast<std::size_t>(m)];
    out.push_back(sum);
  }
  return out;
}

std::vector<Real> predictions(const Snapshot& snapshot, std::span<const Real> inputs, std::int64_t rows, std::stop_token stop) {
  const Network& network = *snapshot.network;
  const std::int64_t n = network.outputs(), size = network.data().input.size();
  const std::int64_t block = std::clamp<std::int64_t>(static_cast<std::int64_t>(2e8 / std::max(1.0, static_cast<double>(network.costPerSample()))), 1, 64);
  std::vector<Real> out(static_cast<std::size_t>(rows * n));
  Workspace ws(network, std::min(block, std::max<std::int64_t>(rows, 1)), false, false);
  for (std::int64_t first = 0; first < rows; first += block) {
    if (stop.stop_requested()) return {};
    const std::int64_t count = std::min(block, rows - first);
    std::copy_n(inputs.data() + first * size, count * size, ws.input());
    const Real* logits = network.forward(snapshot.state->params.span(), ws, count);
    readOutputs(network, *snapshot.data, count, logits, out.data() + first * n);
  }
  return out;
}

}  // namespace vitrine
