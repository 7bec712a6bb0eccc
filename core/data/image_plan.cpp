// What can be chosen for images, said once.
#include <array>

#include "core/data/recipe.h"

namespace vitrine {
namespace {

std::vector<Param> make() {
  const auto number = [](const char* id, const char* label, const char* help, double high, double usual) {
    return Param{.id = id, .label = label, .help = help, .fallback = 0.0, .low = 0, .high = high, .sliderLow = 0, .sliderHigh = usual};
  };
  const auto whole = [](const char* id, const char* label, const char* help, double high, double usual) {
    return Param{.id = id, .label = label, .help = help, .fallback = std::int64_t{0}, .low = 0, .high = high, .sliderLow = 0, .sliderHigh = usual};
  };
  const auto flag = [](const char* id, const char* label, const char* help) { return Param{.id = id, .label = label, .help = help, .fallback = false}; };
  return {
      whole("height", "Height", "Pixels after scaling; 0: as the images are, where all are of one size. 28 to 64 train quickly.", 4096, 128),
      whole("width", "Width", "Pixels after scaling; 0: as the images are, where all are of one size. 28 to 64 train quickly.", 4096, 128),
      Param{.id = "fit", .label = "Other shapes", .help = "What becomes of images with another ratio of width to height.", .fallback = std::string("crop"),
            .choices = {{"crop", "Cut out the middle"}, {"pad", "Fill up with black"}, {"stretch", "Stretch"}}},
      flag("grey", "Grey", "One channel of brightness instead of red, green and blue."),
      Param{.id = "ground", .label = "Ground", .help = "What stands behind the transparent parts of a picture.", .fallback = std::string("white"),
            .choices = {{"white", "White"}, {"black", "Black"}, {"grey", "Grey"}}},
      flag("take_damaged", "Take damaged pictures", "Pictures that are cut short or damaged are used as far as they can be read; the rest of their pixels is made up. "
                                                    "Otherwise they are left out."),
      Param{.id = "layout", .label = "Arrays are", .help = "How the axes of an array are understood.", .fallback = std::string("auto"),
            .choices = {{"auto", "As they look"}, {"last", "Images, channels last"}, {"first", "Images, channels first"}, {"series", "Series of steps × features"}}},
      Param{.id = "scaling", .label = "Scaling", .help = "Range: black is 0, white is 1. Standardise: each channel has mean 0 and deviation 1 over the training images.",
            .fallback = std::string("range"), .choices = {{"range", "To 0 … 1"}, {"standardise", "Standardise each channel"}}},
      whole("shift", "Shift", "Moves each training image up to so many pixels, anew in every epoch; 1 to 4 is usual.", 1000, 8),
      flag("flip_horizontal", "Mirror left and right", "Every other training image; not for digits and letters."),
      flag("flip_vertical", "Mirror up and down", "Every other training image; for pictures without an up and down."),
      number("rotate", "Rotate", "Turns each training image up to so many degrees; 5 to 15 is usual.", 180, 45),
      number("noise", "Noise", "Deviation of normal noise added to the network's inputs; 0.01 to 0.1 is usual.", 100, 0.3),
      whole("cutout", "Cut-out", "Side of a square that is blanked at random (DeVries and Taylor 2017); a quarter of the image is usual.", 1000, 16),
  };
}

}  // namespace

std::span<const Param> imageParams() {
  static const std::vector<Param> all = make();
  return all;
}

Params imageParamsOf(const ImagePlan& p) {
  const Augmentation& a = p.augment;
  return {{"height", p.height}, {"width", p.width}, {"fit", p.fit}, {"grey", p.grey}, {"ground", p.ground}, {"take_damaged", p.takeDamaged}, {"layout", p.layout}, {"scaling", p.scaling}, {"shift", a.shift},
          {"flip_horizontal", a.flipHorizontal}, {"flip_vertical", a.flipVertical}, {"rotate", a.rotate}, {"noise", a.noise}, {"cutout", a.cutout}};
}

ImagePlan imagePlanOf(const Params& v) {
  const std::span<const Param> all = imageParams();
  const auto whole = [&](const char* id) { return param<std::int64_t>(v, all, id); };
  const auto text = [&](const char* id) { return param<std::string>(v, all, id); };
  const auto flag = [&](const char* id) { return param<bool>(v, all, id); };
  const auto number = [&](const char* id) { return param<double>(v, all, id); };
  return {whole("height"), whole("width"), text("fit"), flag("grey"), text("ground"), flag("take_damaged"), text("layout"), text("scaling"),
          {whole("shift"), flag("flip_horizontal"), flag("flip_vertical"), number("rotate"), number("noise"), whole("cutout")}};
}

}  // namespace vitrine
