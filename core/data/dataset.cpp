#include "core/data/dataset.h"

#include <cmath>

#include "core/base/random.h"

namespace vitrine {

void standardise(const Dataset& data, std::span<Real> values) {
  if (data.mean.empty()) return;
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = (values[i] - static_cast<Real>(data.mean[i])) / static_cast<Real>(data.deviation[i]);
}

void gatherInputs(const Dataset& data, std::span<const std::int32_t> rows, Real* out) {
  const std::int64_t n = data.spec.input.size();
  for (std::int32_t row : rows) {
    if (!data.inputs.bytes.empty()) {
      const std::uint8_t* from = data.inputs.bytes.data() + row * n;
      for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<Real>(from[i]) / Real(255);
    } else {
      const float* from = data.inputs.floats.data() + row * n;
      for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<Real>(from[i]);
      standardise(data, {out, static_cast<std::size_t>(n)});
    }
    out += n;
  }
}

void gatherClasses(const Dataset& data, std::span<const std::int32_t> rows, std::int32_t* out) {
  for (std::int32_t row : rows) *out++ = data.classes[static_cast<std::size_t>(row)];
}

void gatherTargets(const Dataset& data, std::span<const std::int32_t> rows, Real* out) {
  for (std::int32_t row : rows)
    for (std::int64_t i = 0; i < data.spec.outputs; ++i)
      *out++ = static_cast<Real>(data.targets[static_cast<std::size_t>(row * data.spec.outputs + i)]);
}

void splitRows(Dataset& data, std::uint64_t seed, double validationShare) {
  const std::int64_t groups = data.spec.task == Task::Classification ? data.spec.outputs : 1;
  std::vector<std::vector<std::int32_t>> members(static_cast<std::size_t>(groups));
  for (std::int32_t r = 0; r < data.count(); ++r)
    members[groups == 1 ? 0 : static_cast<std::size_t>(data.classes[static_cast<std::size_t>(r)])].push_back(r);
  data.train.clear();
  data.validation.clear();
  for (std::size_t g = 0; g < members.size(); ++g) {
    std::vector<std::int32_t>& m = members[g];
    Rng(seed, Stream::Split, g).shuffle(std::span<std::int32_t>(m));
    const auto held = static_cast<std::ptrdiff_t>(std::lround(validationShare * static_cast<double>(m.size())));
    data.validation.insert(data.validation.end(), m.begin(), m.begin() + held);
    data.train.insert(data.train.end(), m.begin() + held, m.end());
  }
  std::sort(data.train.begin(), data.train.end());
  std::sort(data.validation.begin(), data.validation.end());
}

void fitStandardisation(Dataset& data) {
  const std::size_t n = static_cast<std::size_t>(data.spec.input.size());
  std::vector<double> sum(n), squares(n);
  const double count = static_cast<double>(data.train.size());
  for (std::int32_t r : data.train)
    for (std::size_t i = 0; i < n; ++i) sum[i] += data.inputs.floats[static_cast<std::size_t>(r) * n + i];
  for (std::int32_t r : data.train)
    for (std::size_t i = 0; i < n; ++i) {
      const double d = data.inputs.floats[static_cast<std::size_t>(r) * n + i] - sum[i] / count;
      squares[i] += d * d;
    }
  data.mean.resize(n);
  data.deviation.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double deviation = std::sqrt(squares[i] / count);
    data.mean[i] = static_cast<float>(sum[i] / count);
    data.deviation[i] = deviation > 0 ? static_cast<float>(deviation) : 1.0f;
  }
}

DatasetPtr imagesFromBytes(std::string name, Shape shape, std::vector<std::uint8_t> bytes, std::vector<std::int32_t> classes,
                           std::int64_t outputs) {
  auto data = std::make_shared<Dataset>();
  data->name = std::move(name);
  data->spec.input = std::move(shape);
  data->spec.outputs = outputs;
  for (std::int64_t c = 0; c < outputs; ++c) data->spec.classes.push_back(std::to_string(c));
  data->inputs.bytes = std::move(bytes);
  data->classes = std::move(classes);
  for (std::int32_t r = 0; r < data->count(); ++r) data->train.push_back(r);
  return data;
}

}  // namespace vitrine
