#include "core/data/image_set.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/data/deal_out.h"

namespace vitrine {
namespace {

ImageDecoder& decoder() {
  static ImageDecoder one;
  return one;
}

/// What the file says, where it tells a part for every sample. A test part alone validates.
std::vector<Part> givenParts(const ImageSet& set) {
  std::vector<Part> parts = set.parts;
  if (std::find(parts.begin(), parts.end(), Part::Validation) == parts.end())
    for (Part& p : parts)
      if (p == Part::Test) p = Part::Validation;
  return parts;
}

/// Mean and population deviation of each channel over the training samples' raw numbers.
Standardisation channelScaling(const Dataset& d) {
  const std::size_t channels = static_cast<std::size_t>(d.spec.input[d.spec.input.rank() - 1]);
  std::vector<double> sum(channels), squares(channels);
  const std::int64_t size = d.inputs.size();
  for (const std::int32_t r : d.train)
    for (std::int64_t i = 0; i < size; ++i) sum[static_cast<std::size_t>(i) % channels] += d.inputs.raw(r, i);
  const double n = static_cast<double>(d.train.size()) * static_cast<double>(size) / static_cast<double>(channels);
  Standardisation s;
  for (const double v : sum) s.mean.push_back(v / n);
  for (const std::int32_t r : d.train)
    for (std::int64_t i = 0; i < size; ++i) {
      const double v = d.inputs.raw(r, i) - s.mean[static_cast<std::size_t>(i) % channels];
      squares[static_cast<std::size_t>(i) % channels] += v * v;
    }
  for (const double v : squares) s.deviation.push_back(v > 0 ? std::sqrt(v / n) : 1);
  return s;
}

Status checkFinite(const ImageSet& set) {
  if (set.inputs.isBytes()) return {};
  for (std::int64_t r = 0; r < set.inputs.count(); ++r) {
    const std::span<const float> row = set.inputs.floatRow(r);
    for (std::size_t i = 0; i < row.size(); ++i)
      if (!std::isfinite(row[i])) return Error{{}, "sample " + std::to_string(r) + ", number " + std::to_string(i), std::isnan(row[i]) ? "NaN" : "infinity", "a finite number", {}};
  }
  return {};
}

}  // namespace

void setImageDecoder(ImageDecoder one) { decoder() = std::move(one); }
const ImageDecoder& imageDecoder() { return decoder(); }

Recipe defaultRecipe(const ImageSet& set) {
  Recipe r;
  r.images = set.plan;
  if (!set.parts.empty()) r.split.mode = "given";
  if (!set.shape.isImage()) r.images.scaling = "standardise";
  return r;
}

Result<DatasetPtr> prepareImages(const ImageSetPtr& set, const Recipe& recipe) {
  if (Status s = checkParams(imageParams(), imageParamsOf(recipe.images)); !s) return s.error();
  if (Status s = checkFinite(*set); !s) return s.error();
  auto d = std::make_shared<Dataset>();
  d->name = set->name;
  d->spec.input = set->shape;
  d->inputs = set->inputs;
  d->images = set;
  d->recipe = recipe;
  d->source = set->source;
  d->notes = set->notes;
  d->fileBytes = set->bytes;
  d->classes = set->classes;
  d->targets = set->targets;
  if (set->labels) {
    d->spec.task = Task::Labels;
    d->spec.classes = set->targetNames;
    d->spec.outputs = static_cast<std::int64_t>(set->targetNames.size());
  } else if (set->targetNames.empty()) {
    d->spec.classes = set->classNames;
    d->spec.outputs = static_cast<std::int64_t>(set->classNames.size());
  } else {
    d->spec.task = Task::Regression;
    d->spec.outputs = static_cast<std::int64_t>(set->targetNames.size());
    for (const std::string& name : set->targetNames) d->targetName += (d->targetName.empty() ? "" : ", ") + name;
  }
  std::vector<Part> parts;
  if (recipe.split.mode == "given") {
    if (set->parts.empty()) return Error{{}, "split", "'given', but the file tells no parts", "'ratio' or 'folds'", {}};
    parts = givenParts(*set);
  } else {
    if (recipe.split.mode != "ratio" && recipe.split.mode != "folds") return Error{{}, "split", "'" + recipe.split.mode + "'", "'ratio', 'folds' or 'given' for images", {}};
    SplitInput in;
    in.count = d->inputs.count();
    in.classes = d->classes;
    Result<std::vector<Part>> dealt = dealOut(recipe.split, in);
    if (!dealt) return dealt.error();
    parts = std::move(*dealt);
  }
  takeParts(*d, parts);
  if (d->train.empty()) return Error{{}, "split", "no sample for training", "at least one", {}};
  if (d->inputs.isBytes()) {
    d->low = 0, d->high = 255;
  } else {
    d->low = std::numeric_limits<double>::infinity(), d->high = -d->low;
    for (const std::int32_t r : d->train)
      for (const float v : d->inputs.floatRow(r)) d->low = std::min(d->low, static_cast<double>(v)), d->high = std::max(d->high, static_cast<double>(v));
    if (d->low >= 0 && d->high <= 1) d->low = 0, d->high = 1;
    if (!(d->high > d->low)) d->high = d->low + 1;
  }
  if (recipe.images.scaling == "standardise")
    d->inputScaling = channelScaling(*d);
  else if (recipe.images.scaling != "range")
    return Error{{}, "scaling", "'" + recipe.images.scaling + "'", "'range' or 'standardise'", {}};
  else if (!d->inputs.isBytes() && (d->low != 0 || d->high != 1))
    d->inputScaling = {{d->low}, {d->high - d->low}};
  if (d->spec.task == Task::Regression) d->targetScaling = fitStandardisation(d->targets, d->spec.outputs, d->train);
  for (std::string& note : classesWithoutRows(*d)) d->notes.push_back(std::move(note));
  if (recipe.balance == "oversample" && d->spec.task == Task::Classification) oversample(*d, recipe.split.seed);
  return DatasetPtr(d);
}

}  // namespace vitrine
