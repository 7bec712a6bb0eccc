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

double Samples::raw(std::int64_t row, std::int64_t i) const {
  const std::size_t at = static_cast<std::size_t>(row * size_ + i);
  return bytes_ ? static_cast<double>((*bytes_)[at]) : static_cast<double>((*floats_)[at]);
}

std::span<const std::uint8_t> Samples::byteRow(std::int64_t row) const {
  assert(bytes_ && row >= 0 && row < count_);
  return {bytes_->data() + row * size_, static_cast<std::size_t>(size_)};
}

std::span<const float> Samples::floatRow(std::int64_t row) const {
  assert(floats_ && row >= 0 && row < count_);
  return {floats_->data() + row * size_, static_cast<std::size_t>(size_)};
}

void Samples::gather(std::span<const std::int32_t> rows, Real* out) const {
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

namespace {

/// z of `size` raw numbers; a scaling shorter than that is one of the channels, which stand last.
template <class T>
void standardise(const Standardisation& scaling, std::size_t size, const T* raw, Real* out) {
  const std::size_t channels = scaling.mean.size();
  for (std::size_t at = 0; at < size; at += channels)
    for (std::size_t c = 0; c < channels; ++c) out[at + c] = static_cast<Real>((static_cast<double>(raw[at + c]) - scaling.mean[c]) / scaling.deviation[c]);
}

}  // namespace

void gatherInputs(const Dataset& data, std::span<const std::int32_t> rows, Real* out) {
  if (data.inputScaling.empty()) return data.inputs.gather(rows, out);
  const std::size_t size = static_cast<std::size_t>(data.inputs.size());
  for (const std::int32_t row : rows) {
    if (data.inputs.isBytes())
      standardise(data.inputScaling, size, data.inputs.byteRow(row).data(), out);
    else
      standardise(data.inputScaling, size, data.inputs.floatRow(row).data(), out);
    out += size;
  }
}

void gatherClasses(const Dataset& data, std::span<const std::int32_t> rows, std::int32_t* out) {
  for (const std::int32_t row : rows) *out++ = data.classes[static_cast<std::size_t>(row)];
}

void gatherTargets(const Dataset& data, std::span<const std::int32_t> rows, Real* out) {
  const std::int64_t n = data.spec.outputs;
  for (const std::int32_t row : rows) {
    const float* from = data.targets.data() + row * n;
    if (data.targetScaling.empty())
      for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<Real>(from[i]);
    else
      standardise(data.targetScaling, static_cast<std::size_t>(n), from, out);
    out += n;
  }
}

void prepareInputs(const Dataset& data, std::int64_t rows, const float* raw, Real* out) {
  const std::int64_t size = data.spec.input.size();
  for (std::int64_t r = 0; r < rows; ++r, raw += size, out += size) {
    if (data.inputScaling.empty())
      for (std::int64_t i = 0; i < size; ++i) out[i] = static_cast<Real>(raw[i]) / (data.inputs.isBytes() ? Real(255) : Real(1));
    else
      standardise(data.inputScaling, static_cast<std::size_t>(size), raw, out);
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
  std::vector<float> raw(static_cast<std::size_t>(data.spec.input.size()), static_cast<float>(range.black));
  std::vector<Real> black(raw.size()), white(raw.size());
  prepareInputs(data, 1, raw.data(), black.data());
  std::fill(raw.begin(), raw.end(), static_cast<float>(range.white));
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

Standardisation fitStandardisation(std::span<const float> values, std::int64_t columns, std::span<const std::int32_t> rows) {
  Standardisation fit;
  fit.mean.assign(static_cast<std::size_t>(columns), 0);
  fit.deviation.assign(static_cast<std::size_t>(columns), 1);
  if (rows.empty()) return fit;
  const double n = static_cast<double>(rows.size());
  const auto at = [&](std::int32_t row, std::size_t column) {
    return values[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + column];
  };
  for (std::size_t c = 0; c < fit.mean.size(); ++c) {
    float low = at(rows[0], c), high = low;
    double sum = 0, squares = 0;
    for (const std::int32_t row : rows) {
      low = std::min(low, at(row, c));
      high = std::max(high, at(row, c));
      sum += at(row, c);
    }
    // A constant column is told by its values: rounding in the sums would leave a deviation near, not at, zero.
    fit.mean[c] = low == high ? static_cast<double>(low) : sum / n;
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
