#include "core/data/dataset.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine {

Samples Samples::fromBytes(const Shape& shape, std::vector<std::uint8_t> values) {
  Samples s;
  s.size_ = shape.size();
  s.count_ = static_cast<std::int64_t>(values.size()) / s.size_;
  s.bytes_ = std::make_shared<const std::vector<std::uint8_t>>(std::move(values));
  return s;
}

Samples Samples::fromFloats(const Shape& shape, std::vector<float> values) {
  Samples s;
  s.size_ = shape.size();
  s.count_ = static_cast<std::int64_t>(values.size()) / s.size_;
  s.floats_ = std::make_shared<const std::vector<float>>(std::move(values));
  return s;
}

namespace {

/// z of `size` raw numbers; a scaling shorter than that is one of the channels, which stand last.
template <class T>
void standardise(const Standardisation& scaling, std::size_t size, const T* raw, Real* out) {
  const std::size_t channels = scaling.mean.size();
  for (std::size_t at = 0; at < size; at += channels)
    for (std::size_t c = 0; c < channels; ++c) out[at + c] = static_cast<Real>((static_cast<double>(raw[at + c]) - scaling.mean[c]) / scaling.deviation[c]);
}

}  // namespace

bool Samples::needDoubles(std::span<const double> values) {
  constexpr double kVisible = 1e-6;
  double low = INFINITY, high = -INFINITY, most = 0;
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    const double lost = std::abs(static_cast<double>(static_cast<float>(v)) - v);
    if (lost > 0 && v == std::nearbyint(v)) return true;
    low = std::min(low, v), high = std::max(high, v), most = std::max(most, lost);
  }
  return low < high && most > kVisible * (high - low);
}

Samples Samples::fromColumns(std::int64_t count, std::vector<SampleColumn> columns) {
  auto layout = std::make_shared<Layout>();
  Samples s;
  s.count_ = count;
  for (const SampleColumn& c : columns) {
    Place p{!c.codes.empty() || c.width > 1 ? Place::Index : needDoubles(c.numbers) ? Place::Double : Place::Float, s.size_, c.width, 0};
    p.at = (p.kind == Place::Float ? layout->floats : p.kind == Place::Double ? layout->doubles : layout->codes)++;
    layout->placeOf.insert(layout->placeOf.end(), static_cast<std::size_t>(c.width), static_cast<std::int32_t>(layout->places.size()));
    layout->places.push_back(p);
    s.size_ += c.width;
  }
  const auto room = [count](std::int64_t each) { return static_cast<std::size_t>(count * each); };
  std::vector<float> floats(room(layout->floats));
  std::vector<double> doubles(room(layout->doubles));
  std::vector<std::int32_t> codes(room(layout->codes));
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const Place& p = layout->places[c];
    for (std::int64_t r = 0; r < count; ++r) {
      const std::size_t from = static_cast<std::size_t>(r);
      if (p.kind == Place::Float) floats[static_cast<std::size_t>(r * layout->floats + p.at)] = static_cast<float>(columns[c].numbers[from]);
      if (p.kind == Place::Double) doubles[static_cast<std::size_t>(r * layout->doubles + p.at)] = columns[c].numbers[from];
      if (p.kind == Place::Index) codes[static_cast<std::size_t>(r * layout->codes + p.at)] = columns[c].codes[from];
    }
    columns[c] = {};  // given back one after the other: both at once may be much
  }
  s.floats_ = std::make_shared<const std::vector<float>>(std::move(floats));
  if (layout->doubles == 0 && layout->codes == 0) return s;
  s.doubles_ = std::make_shared<const std::vector<double>>(std::move(doubles));
  s.codes_ = std::make_shared<const std::vector<std::int32_t>>(std::move(codes));
  s.layout_ = std::move(layout);
  return s;
}

double Samples::at(const Place& p, std::int64_t row, std::int64_t i) const {
  if (p.kind == Place::Float) return static_cast<double>((*floats_)[static_cast<std::size_t>(row * layout_->floats + p.at)]);
  if (p.kind == Place::Double) return (*doubles_)[static_cast<std::size_t>(row * layout_->doubles + p.at)];
  return (*codes_)[static_cast<std::size_t>(row * layout_->codes + p.at)] == i - p.first ? 1 : 0;
}

double Samples::raw(std::int64_t row, std::int64_t i) const {
  if (layout_) return at(layout_->places[static_cast<std::size_t>(layout_->placeOf[static_cast<std::size_t>(i)])], row, i);
  const std::size_t at = static_cast<std::size_t>(row * size_ + i);
  return bytes_ ? static_cast<double>((*bytes_)[at]) : static_cast<double>((*floats_)[at]);
}

void Samples::readRow(std::int64_t row, double* out) const {
  if (!layout_) {
    for (std::int64_t i = 0; i < size_; ++i) out[i] = raw(row, i);
    return;
  }
  std::fill_n(out, size_, 0.0);
  for (const Place& p : layout_->places) {
    if (p.kind != Place::Index)
      out[p.first] = at(p, row, p.first);
    else if (const std::int32_t code = (*codes_)[static_cast<std::size_t>(row * layout_->codes + p.at)]; code >= 0)
      out[p.first + code] = 1;
  }
}

std::span<const std::uint8_t> Samples::byteRow(std::int64_t row) const {
  assert(bytes_ && row >= 0 && row < count_);
  return {bytes_->data() + row * size_, static_cast<std::size_t>(size_)};
}

std::span<const float> Samples::floatRow(std::int64_t row) const {
  assert(floats_ && !layout_ && row >= 0 && row < count_);
  return {floats_->data() + row * size_, static_cast<std::size_t>(size_)};
}

void Samples::gather(std::span<const std::int32_t> rows, Real* out) const {
  if (layout_) return gather(rows, Standardisation{std::vector<double>(static_cast<std::size_t>(size_), 0.0), std::vector<double>(static_cast<std::size_t>(size_), 1.0)}, out);
  for (const std::int32_t row : rows) {
    assert(row >= 0 && row < count_);
    if (bytes_) {
      const std::uint8_t* from = bytes_->data() + row * size_;
      for (std::int64_t i = 0; i < size_; ++i) out[i] = static_cast<Real>(from[i]) / Real(255);
    } else {
      const float* from = floats_->data() + row * size_;
      for (std::int64_t i = 0; i < size_; ++i) out[i] = static_cast<Real>(from[i]);
    }
    out += size_;
  }
}

void Samples::gather(std::span<const std::int32_t> rows, const Standardisation& scaling, Real* out) const {
  if (!layout_) {
    for (const std::int32_t row : rows) {
      bytes_ ? standardise(scaling, static_cast<std::size_t>(size_), byteRow(row).data(), out) : standardise(scaling, static_cast<std::size_t>(size_), floatRow(row).data(), out);
      out += size_;
    }
    return;
  }
  const std::size_t channels = scaling.mean.size();
  const auto scaled = [&](double v, std::int64_t i) {
    const std::size_t c = static_cast<std::size_t>(i) % channels;
    return static_cast<Real>((v - scaling.mean[c]) / scaling.deviation[c]);
  };
  // What most elements of indices are is the same in every row.
  std::vector<Real> zeros(static_cast<std::size_t>(size_));
  for (const Place& p : layout_->places)
    if (p.kind == Place::Index)
      for (std::int64_t i = p.first; i < p.first + p.width; ++i) zeros[static_cast<std::size_t>(i)] = scaled(0, i);
  for (const std::int32_t row : rows) {
    assert(row >= 0 && row < count_);
    std::copy(zeros.begin(), zeros.end(), out);
    for (const Place& p : layout_->places) {
      if (p.kind != Place::Index) {
        out[p.first] = scaled(at(p, row, p.first), p.first);
      } else if (const std::int32_t code = (*codes_)[static_cast<std::size_t>(row * layout_->codes + p.at)]; code >= 0) {
        out[p.first + code] = scaled(1, p.first + code);
      }
    }
    out += size_;
  }
}

namespace {

template <class T>
std::span<const T> valuesOf(const std::shared_ptr<const std::vector<T>>& values, std::int64_t row, std::int64_t count) {
  if (!values || count == 0) return {};
  const std::size_t each = values->size() / static_cast<std::size_t>(count);
  return std::span<const T>(*values).subspan(static_cast<std::size_t>(row) * each, each);
}

}  // namespace

bool Samples::same(std::int64_t a, std::int64_t b) const {
  const auto equal = [&](const auto& values) { return std::ranges::equal(valuesOf(values, a, count_), valuesOf(values, b, count_)); };
  return equal(bytes_) && equal(floats_) && equal(doubles_) && equal(codes_);
}

std::uint64_t Samples::hash(std::int64_t row) const {
  std::uint64_t h = 1469598103934665603ull;  // FNV-1a
  const auto add = [&](const auto& values) {
    const std::span<const std::byte> bytes = std::as_bytes(valuesOf(values, row, count_));
    for (const std::byte b : bytes) h = (h ^ static_cast<std::uint64_t>(b)) * 1099511628211ull;
  };
  add(bytes_), add(floats_), add(doubles_), add(codes_);
  return h;
}

bool Samples::isWide(std::int64_t i) const { return layout_ && layout_->places[static_cast<std::size_t>(layout_->placeOf[static_cast<std::size_t>(i)])].kind == Place::Double; }

std::int64_t Samples::indexed() const {
  std::int64_t n = 0;
  if (layout_)
    for (const Place& p : layout_->places) n += p.kind == Place::Index ? p.width : 0;
  return n;
}

std::int64_t Samples::bytes() const {
  const auto of = [](const auto& values) { return values ? static_cast<std::int64_t>(values->size() * sizeof((*values)[0])) : 0; };
  return of(bytes_) + of(floats_) + of(doubles_) + of(codes_);
}

void gatherInputs(const Dataset& data, std::span<const std::int32_t> rows, Real* out) {
  data.inputScaling.empty() ? data.inputs.gather(rows, out) : data.inputs.gather(rows, data.inputScaling, out);
}

void gatherClasses(const Dataset& data, std::span<const std::int32_t> rows, std::int32_t* out) {
  for (const std::int32_t row : rows) *out++ = data.classes[static_cast<std::size_t>(row)];
}

void gatherTargets(const Dataset& data, std::span<const std::int32_t> rows, Real* out) {
  const std::int64_t n = data.spec.outputs;
  for (const std::int32_t row : rows) {
    const double* from = data.targets.data() + row * n;
    if (data.targetScaling.empty())
      for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<Real>(from[i]);
    else
      standardise(data.targetScaling, static_cast<std::size_t>(n), from, out);
    out += n;
  }
}

void prepareInputs(const Dataset& data, std::int64_t rows, const double* raw, Real* out) {
  const std::int64_t size = data.spec.input.size();
  std::vector<double> kept(static_cast<std::size_t>(size));
  for (std::int64_t r = 0; r < rows; ++r, raw += size, out += size) {
    for (std::int64_t i = 0; i < size; ++i) kept[static_cast<std::size_t>(i)] = data.inputs.isWide(i) ? raw[i] : static_cast<double>(static_cast<float>(raw[i]));
    if (data.inputScaling.empty())
      for (std::int64_t i = 0; i < size; ++i) out[i] = static_cast<Real>(kept[static_cast<std::size_t>(i)]) / (data.inputs.isBytes() ? Real(255) : Real(1));
    else
      standardise(data.inputScaling, static_cast<std::size_t>(size), kept.data(), out);
  }
}

void inputsInUnits(const Dataset& data, std::int64_t rows, const Real* prepared, Real* raw) {
  const std::int64_t all = rows * data.spec.input.size();
  const Standardisation& s = data.inputScaling;
  for (std::int64_t i = 0; i < all; ++i) {
    const double v = static_cast<double>(prepared[i]);
    const std::size_t c = s.empty() ? 0 : static_cast<std::size_t>(i) % s.mean.size();
    raw[i] = static_cast<Real>(s.empty() ? v * (data.inputs.isBytes() ? 255 : 1) : v * s.deviation[c] + s.mean[c]);
  }
}

PixelRange pixelRange(const Dataset& data) {
  if (data.inputs.isBytes()) return {0, 255};
  return {data.low, data.high > data.low ? data.high : data.low + 1};
}

std::optional<std::pair<Real, Real>> pixelRangeOfNetwork(const Dataset& data) {
  if (!data.spec.input.isImage() || (!data.inputScaling.empty() && data.inputScaling.mean.size() != 1)) return {};
  const PixelRange range = pixelRange(data);
  std::vector<double> raw(static_cast<std::size_t>(data.spec.input.size()), range.black);
  std::vector<Real> black(raw.size()), white(raw.size());
  prepareInputs(data, 1, raw.data(), black.data());
  std::fill(raw.begin(), raw.end(), range.white);
  prepareInputs(data, 1, raw.data(), white.data());
  return std::pair(black.front(), white.front());
}

std::vector<Real> rawInput(const Dataset& data, std::int32_t row) {
  std::vector<Real> raw;
  for (std::int64_t i = 0; i < data.inputs.size(); ++i) raw.push_back(static_cast<Real>(data.inputs.raw(row, i)));
  return raw;
}

double targetInUnits(const Dataset& data, std::int64_t output, double value) {
  if (data.targetScaling.empty()) return value;
  const std::size_t i = static_cast<std::size_t>(output);
  return value * data.targetScaling.deviation[i] + data.targetScaling.mean[i];
}

Standardisation fitStandardisation(std::span<const double> values, std::int64_t columns, std::span<const std::int32_t> rows) {
  Standardisation fit;
  fit.mean.assign(static_cast<std::size_t>(columns), 0);
  fit.deviation.assign(static_cast<std::size_t>(columns), 1);
  if (rows.empty()) return fit;
  const double n = static_cast<double>(rows.size());
  const auto at = [&](std::int32_t row, std::size_t column) {
    return values[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + column];
  };
  for (std::size_t c = 0; c < fit.mean.size(); ++c) {
    double low = at(rows[0], c), high = low;
    double sum = 0, squares = 0;
    for (const std::int32_t row : rows) {
      low = std::min(low, at(row, c));
      high = std::max(high, at(row, c));
      sum += at(row, c);
    }
    // A constant column is told by its values: rounding in the sums would leave a deviation near, not at, zero.
    fit.mean[c] = low == high ? low : sum / n;
    if (low == high) continue;
    for (const std::int32_t row : rows) {
      const double d = at(row, c) - fit.mean[c];
      squares += d * d;
    }
    fit.deviation[c] = std::sqrt(squares / n);
  }
  return fit;
}

DatasetPtr imagesFromBytes(std::string name, const Shape& shape, std::vector<std::uint8_t> values,
                           std::vector<std::int32_t> classes, std::int64_t classCount) {
  auto data = std::make_shared<Dataset>();
  data->name = std::move(name);
  data->spec = {shape, classCount, Task::Classification, {}};
  for (std::int64_t c = 0; c < classCount; ++c) data->spec.classes.push_back(std::to_string(c));
  data->inputs = Samples::fromBytes(shape, std::move(values));
  data->high = 255;
  data->classes = std::move(classes);
  for (std::int64_t row = 0; row < data->count(); ++row) data->train.push_back(static_cast<std::int32_t>(row));
  return data;
}

}  // namespace vitrine
