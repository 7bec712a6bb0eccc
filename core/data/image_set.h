#pragma once

#include <functional>

#include "core/data/dataset.h"
#include "core/data/open.h"

namespace vitrine {

/// Images or series as a file has them, before they are split and scaled. Immutable; shared by every data set made of it.
struct ImageSet {
  std::string name;
  Shape shape;                           ///< one sample: {height, width, channels} or {steps, features}
  Samples inputs;
  std::vector<std::int32_t> classes;     ///< classification: one a sample
  std::vector<std::string> classNames;
  std::vector<double> targets;           ///< regression, labels: `targetNames` a sample
  std::vector<std::string> targetNames;
  bool labels = false;                   ///< targets are 0 or 1, any number of them at once
  std::vector<Part> parts;               ///< as the file tells them; empty: it does not
  std::vector<std::string> notes;        ///< what was left out, and why
  Source source;
  ImagePlan plan;                        ///< sizes as they were settled
  std::shared_ptr<const std::string> bytes;  ///< the file itself, when it is small
};
using ImageSetPtr = std::shared_ptr<const ImageSet>;

/// The usual recipe: the file's own split where it has one, else a fifth held back.
Recipe defaultRecipe(const ImageSet& set);

/// Splits, fits the scaling on the training samples and gives the data set. What the file calls test validates when there is
/// no validation part of its own.
Result<DatasetPtr> prepareImages(const ImageSetPtr& set, const Recipe& recipe);

/// Reads IDX, NPY or NPZ, CIFAR or a folder of images (see open.h), sized as `plan` says. Zero height: as found.
Result<ImageSetPtr> readImages(const std::filesystem::path& path, const ImagePlan& plan = {}, std::stop_token stop = {}, const Progress& progress = {});
/// NPZ or NPY held in memory; `kind` is "npz" or "npy".
Result<ImageSetPtr> readImageBytes(std::string bytes, const std::string& kind, const std::string& name, const ImagePlan& plan = {});

/// A picture file's pixels: bytes, or numbers as they stand in the file where it has more than 8 bits a number.
struct DecodedImage {
  std::int64_t height = 0, width = 0, channels = 0;  ///< 1 or 3
  std::vector<std::uint8_t> values;                  ///< [height × width × channels]; empty when only its size was asked for
  std::vector<float> numbers;                        ///< the same, of deep pictures
  double white = 255;                                ///< the number of white: 255 of bytes, 65535 of 16 bits, 1 of floats, or what a PNM says
  std::string damage;                                ///< what is wrong with a picture that was taken nevertheless
  bool isDeep() const { return white != 255; }
};
struct DecodeRequest {
  bool sizeOnly = false;               ///< height, width and white
  std::int64_t height = 0, width = 0;  ///< 0: as it is
  std::string fit = "crop";            ///< see ImagePlan; so for what follows
  int channels = 0;                    ///< 1 or 3; 0: as it is
  std::string ground = "white";
  bool takeDamaged = false;
};
/// Decodes a file of one of the kinds that picture_kind.h calls readable; called from several threads at once. `name` is for errors. A picture
/// that is cut short or damaged is an error unless it is asked for. The engine knows no toolkit: the program sets this once, at its start.
/// Without one a folder of images is refused.
using ImageDecoder = std::function<Result<DecodedImage>(std::string_view bytes, const std::string& name, const DecodeRequest&)>;
void setImageDecoder(ImageDecoder decoder);
const ImageDecoder& imageDecoder();

}  // namespace vitrine
