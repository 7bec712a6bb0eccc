#include "core/data/generators.h"

#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

#include "core/base/random.h"

namespace vitrine {
namespace {

constexpr double kPi = std::numbers::pi, kRadius = 5, kSide = 6;

struct Sample {
  double x, y, target;  ///< target: class 0 or 1, or a number in −1 … 1
};

// The figures of TensorFlow Playground (Smilkov et al. 2017): distributions of its dataset.ts, written anew.

Sample spiral(Rng& rng, std::int64_t i, std::int64_t half, double noise) {
  const bool second = i >= half;
  const double t = static_cast<double>(i % half) / static_cast<double>(half);
  const double angle = 1.75 * t * 2 * kPi + (second ? kPi : 0);
  return {kRadius * t * std::sin(angle) + rng.uniform(-1, 1) * noise, kRadius * t * std::cos(angle) + rng.uniform(-1, 1) * noise,
          second ? 1.0 : 0.0};
}

Sample circle(Rng& rng, std::int64_t i, std::int64_t half, double noise) {
  const double r = i < half ? rng.uniform(0, kRadius * 0.5) : rng.uniform(kRadius * 0.7, kRadius);
  const double angle = rng.uniform(0, 2 * kPi);
  const double x = r * std::sin(angle), y = r * std::cos(angle);
  const double nx = rng.uniform(-kRadius, kRadius) * noise, ny = rng.uniform(-kRadius, kRadius) * noise;
  return {x, y, std::hypot(x + nx, y + ny) < kRadius * 0.5 ? 1.0 : 0.0};
}

Sample xorSquare(Rng& rng, double noise) {
  auto padded = [&] {
    const double v = rng.uniform(-kRadius, kRadius);
    return v + (v > 0 ? 0.3 : -0.3);
  };
  const double x = padded(), y = padded();
  const double nx = rng.uniform(-kRadius, kRadius) * noise, ny = rng.uniform(-kRadius, kRadius) * noise;
  return {x, y, (x + nx) * (y + ny) >= 0 ? 1.0 : 0.0};
}

Sample gaussian(Rng& rng, std::int64_t i, std::int64_t half, double noise) {
  const double deviation = std::sqrt(0.5 + 3.5 * noise / 0.5);
  const double centre = i < half ? 2 : -2;
  return {centre + deviation * rng.normal(), centre + deviation * rng.normal(), i < half ? 1.0 : 0.0};
}

Sample plane(Rng& rng, double noise) {
  const double x = rng.uniform(-kSide, kSide), y = rng.uniform(-kSide, kSide);
  const double nx = rng.uniform(-kSide, kSide) * noise, ny = rng.uniform(-kSide, kSide) * noise;
  return {x, y, std::clamp((x + nx + y + ny) / 10, -1.0, 1.0)};
}

Sample wave(Rng& rng, double noise) {
  static constexpr std::array<std::array<double, 3>, 6> hills{
      {{-4, 2.5, 1}, {0, 2.5, -1}, {4, 2.5, 1}, {-4, -2.5, -1}, {0, -2.5, 1}, {4, -2.5, -1}}};
  const double x = rng.uniform(-kSide, kSide), y = rng.uniform(-kSide, kSide);
  const double nx = x + rng.uniform(-kSide, kSide) * noise, ny = y + rng.uniform(-kSide, kSide) * noise;
  double best = 0;
  for (const auto& [cx, cy, sign] : hills) {
    const double v = sign * std::max(0.0, 1 - std::hypot(nx - cx, ny - cy) / 2);
    if (std::abs(v) > std::abs(best)) best = v;
  }
  return {x, y, best};
}

Sample draw(const std::string& id, Rng& rng, std::int64_t i, std::int64_t half, double noise) {
  if (id == "spirals") return spiral(rng, i, half, noise);
  if (id == "circles") return circle(rng, i, half, noise);
  if (id == "xor") return xorSquare(rng, noise);
  if (id == "gaussians") return gaussian(rng, i, half, noise);
  if (id == "plane") return plane(rng, noise);
  return wave(rng, noise);
}

std::string number(double v) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), v).ptr};
}

}  // namespace

std::span<const GeneratorSpec> generatorRegistry() {
  static const std::array<GeneratorSpec, 6> specs{{
      {"spirals", "Two spirals", "Two arms wound about each other: needs a deep enough network, or good features.", Task::Classification},
      {"circles", "Circles", "A disc within a ring: no straight line parts them.", Task::Classification},
      {"xor", "XOR", "Opposite quadrants belong together: what a single neuron cannot learn.", Task::Classification},
      {"gaussians", "Gaussians", "Two clouds: a straight line parts them well.", Task::Classification},
      {"plane", "Regression plane", "A number that grows along the diagonal: linear regression suffices.", Task::Regression},
      {"wave", "Regression wave", "Three hills and three hollows: a number that needs a hidden layer.", Task::Regression},
  }};
  return specs;
}

const GeneratorSpec* findGenerator(const std::string& id) {
  for (const GeneratorSpec& s : generatorRegistry())
    if (s.id == id) return &s;
  return nullptr;
}

Result<DatasetPtr> generate(const std::string& id, const GeneratorSettings& s) {
  const GeneratorSpec* spec = findGenerator(id);
  if (!spec) return Error{"sample data", {}, "'" + id + "'", "the name of a generator", {}};
  if (s.size < 10 || s.size > 100000) return Error{spec->name, "size", std::to_string(s.size), "10 to 100000 samples", {}};
  if (!(s.noise >= 0 && s.noise <= 0.5)) return Error{spec->name, "noise", number(s.noise), "a share from 0 to 0.5", {}};
  if (!(s.validationShare >= 0.05 && s.validationShare <= 0.9))
    return Error{spec->name, "validation share", number(s.validationShare), "a share from 0.05 to 0.9", {}};
  auto data = std::make_shared<Dataset>();
  data->name = spec->name;
  data->spec.input = {2};
  data->spec.task = spec->task;
  data->featureNames = {"x1", "x2"};
  data->targetName = spec->task == Task::Classification ? "class" : "value";
  data->spec.outputs = spec->task == Task::Classification ? 2 : 1;
  if (spec->task == Task::Classification) data->spec.classes = {"orange", "blue"};
  Rng rng(s.seed, Stream::Generator);
  const std::int64_t half = (s.size + 1) / 2;
  for (std::int64_t i = 0; i < s.size; ++i) {
    const Sample p = draw(id, rng, i, half, s.noise);
    data->inputs.floats.push_back(static_cast<float>(p.x));
    data->inputs.floats.push_back(static_cast<float>(p.y));
    if (spec->task == Task::Classification)
      data->classes.push_back(static_cast<std::int32_t>(p.target));
    else
      data->targets.push_back(static_cast<float>(p.target));
  }
  splitRows(*data, s.seed, s.validationShare);
  fitStandardisation(*data);
  data->source = {"generator", {}, {}, {{"generator", id}, {"size", std::to_string(s.size)}, {"noise", number(s.noise)},
                                        {"seed", std::to_string(s.seed)}, {"validation_share", number(s.validationShare)}}};
  return DatasetPtr(data);
}

}  // namespace vitrine
