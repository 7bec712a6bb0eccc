#include "core/data/generators.h"

#include <array>
#include <cmath>
#include <numbers>

#include "core/base/numbers.h"
#include "core/data/split.h"

namespace vitrine {
namespace {

constexpr double kPi = std::numbers::pi;

/// Points to fill, in order.
struct Pen {
  float* xy;
  float* label;
  void point(double x, double y, double value) {
    *xy++ = static_cast<float>(x);
    *xy++ = static_cast<float>(y);
    *label++ = static_cast<float>(value);
  }
};

void spirals(std::int64_t size, double noise, Rng& rng, float* xy, float* label) {
  Pen pen{xy, label};
  const auto arm = [&](std::int64_t n, double turn, double value) {
    for (std::int64_t i = 0; i < n; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(n);
      const double r = 5 * share, t = 1.75 * share * 2 * kPi + turn;
      const double dx = rng.uniform(-1, 1) * noise, dy = rng.uniform(-1, 1) * noise;
      pen.point(r * std::sin(t) + dx, r * std::cos(t) + dy, value);
    }
  };
  arm(size / 2, 0, 1);
  arm(size - size / 2, kPi, -1);
}

// Here, in XOR and in the regressions noise moves the point the label is read at, not the point that is drawn.
void circles(std::int64_t size, double noise, Rng& rng, float* xy, float* label) {
  constexpr double kRadius = 5;
  Pen pen{xy, label};
  const auto ring = [&](std::int64_t n, double inner, double outer) {
    for (std::int64_t i = 0; i < n; ++i) {
      const double r = rng.uniform(inner, outer), angle = rng.uniform(0, 2 * kPi);
      const double x = r * std::sin(angle), y = r * std::cos(angle);
      const double dx = rng.uniform(-kRadius, kRadius) * noise, dy = rng.uniform(-kRadius, kRadius) * noise;
      pen.point(x, y, std::hypot(x + dx, y + dy) < kRadius / 2 ? 1 : -1);
    }
  };
  ring(size / 2, 0, kRadius / 2);
  ring(size - size / 2, kRadius * 0.7, kRadius);
}

void exclusiveOr(std::int64_t size, double noise, Rng& rng, float* xy, float* label) {
  constexpr double kGap = 0.3;  // keeps the quadrants apart
  Pen pen{xy, label};
  for (std::int64_t i = 0; i < size; ++i) {
    double x = rng.uniform(-5, 5), y = rng.uniform(-5, 5);
    x += x > 0 ? kGap : -kGap;
    y += y > 0 ? kGap : -kGap;
    const double dx = rng.uniform(-5, 5) * noise, dy = rng.uniform(-5, 5) * noise;
    pen.point(x, y, (x + dx) * (y + dy) >= 0 ? 1 : -1);
  }
}

void gaussians(std::int64_t size, double noise, Rng& rng, float* xy, float* label) {
  Pen pen{xy, label};
  const double deviation = std::sqrt(0.5 + 7 * noise);  // variance 0.5 … 4
  const auto cloud = [&](std::int64_t n, double centre, double value) {
    for (std::int64_t i = 0; i < n; ++i) {
      const double x = centre + deviation * rng.normal(), y = centre + deviation * rng.normal();
      pen.point(x, y, value);
    }
  };
  cloud(size / 2, 2, 1);
  cloud(size - size / 2, -2, -1);
}

template <class F>
void regression(std::int64_t size, double noise, Rng& rng, float* xy, float* label, F&& value) {
  constexpr double kRadius = 6;
  Pen pen{xy, label};
  for (std::int64_t i = 0; i < size; ++i) {
    const double x = rng.uniform(-kRadius, kRadius), y = rng.uniform(-kRadius, kRadius);
    const double dx = rng.uniform(-kRadius, kRadius) * noise, dy = rng.uniform(-kRadius, kRadius) * noise;
    pen.point(x, y, value(x + dx, y + dy));
  }
}

void plane(std::int64_t size, double noise, Rng& rng, float* xy, float* label) {
  regression(size, noise, rng, xy, label, [](double x, double y) { return (x + y) / 10; });
}

void wave(std::int64_t size, double noise, Rng& rng, float* xy, float* label) {
  regression(size, noise, rng, xy, label, [](double x, double y) { return std::sin(kPi * x / 4) * std::cos(kPi * y / 6); });
}

Status check(const GeneratorSettings& s, const std::string& name) {
  const auto refuse = [&](const char* what, const std::string& found, const char* expected) {
    return Error{name, what, found, expected, {}};
  };
  if (!(s.noise >= 0 && s.noise <= 50)) return refuse("noise", numberText(s.noise), "0 to 50 percent");
  if (s.size < 10 || s.size > 100000) return refuse("size", numberText(s.size), "10 to 100000 samples");
  if (!(s.validationShare >= 0 && s.validationShare <= 0.9))
    return refuse("validation share", numberText(s.validationShare), "0 to 0.9");
  return {};
}

}  // namespace

std::span<const GeneratorSpec> generatorRegistry() {
  static const std::array<GeneratorSpec, 6> specs{{
      {"spirals", "Two spirals", "Two arms wound into each other: needs several hidden units.", Task::Classification, spirals},
      {"circles", "Circles", "A disc within a ring: not separable by a line.", Task::Classification, circles},
      {"xor", "XOR", "Opposite quadrants share a class: the smallest problem a single layer cannot solve.",
       Task::Classification, exclusiveOr},
      {"gaussians", "Gaussians", "Two clouds, which a line can part.", Task::Classification, gaussians},
      {"plane", "Regression plane", "y = (x1 + x2) / 10: a single linear unit fits it.", Task::Regression, plane},
      {"wave", "Regression wave", "y = sin(π x1 / 4) · cos(π x2 / 6): hills and valleys.", Task::Regression, wave},
  }};
  return specs;
}

const GeneratorSpec* findGenerator(const std::string& id) {
  for (const GeneratorSpec& s : generatorRegistry())
    if (s.id == id) return &s;
  return nullptr;
}

Result<DatasetPtr> generate(const std::string& id, const GeneratorSettings& settings) {
  const GeneratorSpec* spec = findGenerator(id);
  if (!spec) return Error{{}, "generator", "'" + id + "'", "one of spirals, circles, xor, gaussians, plane, wave", {}};
  if (const Status status = check(settings, spec->name); !status) return status.error();
  const std::size_t n = static_cast<std::size_t>(settings.size);
  std::vector<float> xy(2 * n), label(n);
  Rng rng(settings.seed, Stream::Generator);
  spec->points(settings.size, settings.noise / 100, rng, xy.data(), label.data());

  auto data = std::make_shared<Dataset>();
  data->name = spec->name;
  data->featureNames = {"x1", "x2"};
  data->targetName = "y";
  if (spec->task == Task::Classification) {
    data->spec = {{2}, 2, Task::Classification, {"orange", "blue"}};
    for (const float value : label) data->classes.push_back(value > 0 ? 1 : 0);
  } else {
    data->spec = {{2}, 1, Task::Regression, {}};
    data->targets.assign(label.begin(), label.end());
  }
  Split split = splitRows(settings.size, data->classes, settings.validationShare, settings.seed);
  data->train = std::move(split.train);
  data->validation = std::move(split.validation);
  data->inputScaling = fitStandardisation(std::vector<double>(xy.begin(), xy.end()), 2, data->train);
  data->inputs = Samples::fromFloats({2}, std::move(xy));
  data->source = {"generator", id, {},
                  {{"noise", numberText(settings.noise)},
                   {"size", numberText(settings.size)},
                   {"seed", numberText(settings.seed)},
                   {"validationShare", numberText(settings.validationShare)}}};
  return DatasetPtr(data);
}

}  // namespace vitrine
