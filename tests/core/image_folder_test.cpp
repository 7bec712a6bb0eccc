// What a folder of pictures becomes, and what is said of what it does not become. And files that are told by their content.
#include <gtest/gtest.h>

#include "core/data/image_set.h"
#include "core/data/open.h"
#include "core/data/picture_checks.h"
#include "core/data/picture_kind.h"
#include "tests/core/data_helpers.h"

namespace vitrine {
namespace {

using data_test::Folder;

/// PNM alone: the engine's own.
class ImageFolder : public testing::Test {
 protected:
  ImageFolder() {
    setImageDecoder([](std::string_view bytes, const std::string& name, const DecodeRequest& request) -> Result<DecodedImage> {
      DecodedImage out;
      Result<PnmImage> pnm = request.sizeOnly ? readPnmHeader(bytes, name) : readPnm(bytes, name, request.takeDamaged ? &out.damage : nullptr);
      if (!pnm) return pnm.error();
      out.height = pnm->height, out.width = pnm->width, out.channels = pnm->channels;
      if (pnm->white > 255)
        out.white = static_cast<double>(pnm->white), out.numbers.assign(pnm->values.begin(), pnm->values.end());
      else
        out.values.assign(pnm->values.begin(), pnm->values.end());
      return out;
    });
  }
  ~ImageFolder() override { setImageDecoder({}); }

  void write(const std::string& name, const std::string& bytes) {
    std::filesystem::create_directories((folder_.path() / name).parent_path());
    folder_.write(name, bytes);
  }
  /// Two classes of two pictures each.
  void writeClasses(const std::string& below = "") {
    for (const char* c : {"cats", "dogs"})
      for (int i = 1; i <= 2; ++i) write(below + c + "/" + std::to_string(i) + ".pgm", grey(10 * i));
  }
  static std::string grey(int level) { return std::string("P5 2 1 255\n") + static_cast<char>(level) + static_cast<char>(level + 1); }

  Dataset opened(const ImagePlan& plan = {}) {
    const Result<ImageSetPtr> set = readImages(folder_.path(), plan);
    EXPECT_TRUE(set.ok()) << (set ? "" : set.error().text());
    if (!set) return {};
    Recipe recipe = defaultRecipe(**set);
    recipe.split.validation = 0;
    const Result<DatasetPtr> d = prepareImages(*set, recipe);
    EXPECT_TRUE(d.ok()) << (d ? "" : d.error().text());
    return d ? **d : Dataset{};
  }
  static std::string notes(const Dataset& d) {
    std::string all;
    for (const std::string& n : d.notes) all += n + "\n";
    return all;
  }
  static void expectSaid(const Dataset& d, const std::string& part) { EXPECT_NE(notes(d).find(part), std::string::npos) << part << "\nin\n" << notes(d); }

  Folder folder_;
};

TEST_F(ImageFolder, NothingIsDroppedSilently) {
  writeClasses();
  write("cats/photo.heic", std::string("\0\0\0\x18" "ftypheic\0\0\0\0", 16));
  write("cats/layers.psd", "8BPS and more");
  write("dogs/drawing.png", "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
  write("dogs/cut.pgm", "P5 9 9 255\nabc");
  write("dogs/empty.jpg", "");
  write("dogs/notes.txt", "seen in May");
  write("dogs/puppies/3.pgm", grey(60));
  write("labels.csv", "a,b");
  write("birds/readme.md", "none yet");
  std::filesystem::create_directories(folder_.path() / "fish");
  write(".hidden", "x");
  std::filesystem::create_directory_symlink(folder_.path() / "cats", folder_.path() / "linked");
  const Dataset d = opened();
  EXPECT_EQ(d.spec.classes, (std::vector<std::string>{"cats", "dogs"}));
  EXPECT_EQ(d.count(), 5);
  expectSaid(d, "2 of 7 pictures cannot be read and are left out: dogs/cut.pgm, byte 14: found the end of the file");
  expectSaid(d, "dogs/empty.jpg: found an empty file");
  expectSaid(d, "3 files in formats without a reader here left out: cats/layers.psd (Photoshop), cats/photo.heic (HEIC), dogs/drawing.png (SVG); read are PNG, JPEG");
  expectSaid(d, "2 files that are no pictures left out: birds/readme.md, dogs/notes.txt.");
  expectSaid(d, "1 picture in folders within class folders counts to those classes: dogs/puppies.");
  expectSaid(d, "1 file beside the class folders left out: labels.csv.");
  expectSaid(d, "1 folder has no picture that can be read and is no class: birds.");
  expectSaid(d, "1 folder without files: fish.");
  expectSaid(d, "1 link to a folder not followed: linked.");
  expectSaid(d, "1 hidden file or folder passed over.");
}

TEST_F(ImageFolder, ContentTellsWhateverTheFileIsCalled) {
  writeClasses();
  write("cats/3.png", grey(30));
  write("cats/4", grey(40));
  write("dogs/5.txt", grey(50));
  const Dataset d = opened();
  EXPECT_EQ(d.count(), 7);
  EXPECT_EQ(notes(d), "");
}

TEST_F(ImageFolder, ClassesFurtherDownAreFound) {
  writeClasses("archive/pets/");
  const Dataset d = opened();
  EXPECT_EQ(d.spec.classes, (std::vector<std::string>{"cats", "dogs"}));
  expectSaid(d, "The classes are the folders in 'archive/pets'.");
}

TEST_F(ImageFolder, FoldersBesideTrainAndTestAreNamed) {
  writeClasses("train/");
  writeClasses("test/");
  writeClasses("unlabelled/");
  write("test/loose.pgm", grey(7));
  const Dataset d = opened();
  EXPECT_EQ(d.count(), 8);
  expectSaid(d, "1 folder beside those for training and test is not used: unlabelled.");
  expectSaid(d, "1 file beside the class folders left out: test/loose.pgm.");
}

TEST_F(ImageFolder, DamagedPicturesAreTakenOnlyByChoice) {
  writeClasses();
  write("dogs/cut.pgm", "P5 2 1 255\nz");
  EXPECT_EQ(opened().count(), 4);
  ImagePlan plan;
  plan.takeDamaged = true;
  const Dataset d = opened(plan);
  EXPECT_EQ(d.count(), 5);
  expectSaid(d, "1 damaged picture is taken, with made-up pixels: dogs/cut.pgm");
  EXPECT_EQ(d.inputs.raw(4, 0), 'z');
  EXPECT_EQ(d.inputs.raw(4, 1), 0);
}

TEST_F(ImageFolder, SixteenBitsStayAndEightAreBroughtToThem) {
  const auto deep = [](int a, int b, int white) { return "P5 2 1 " + std::to_string(white) + "\n" + std::string{static_cast<char>(a >> 8), static_cast<char>(a), static_cast<char>(b >> 8), static_cast<char>(b)}; };
  write("flaw/1.pgm", deep(1060, 1070, 65535));
  write("flaw/2.pgm", deep(1061, 1071, 65535));
  write("sound/1.pgm", deep(1130, 1138, 65535));
  write("sound/2.pgm", deep(1131, 1138, 65535));
  const Dataset d = opened();
  ASSERT_FALSE(d.inputs.isBytes());
  EXPECT_EQ(d.inputs.raw(0, 1), 1070);
  std::vector<Real> x(2);
  const std::int32_t row = 2;
  gatherInputs(d, {&row, 1}, x.data());
  EXPECT_NEAR(static_cast<double>(x[0]), (1130.0 - 1060) / (1138 - 1060), 1e-6);
  EXPECT_EQ(x[1], 1);
  // 12 bits among themselves keep their numbers; together with others brightness counts.
  for (const char* name : {"flaw/1.pgm", "flaw/2.pgm", "sound/1.pgm", "sound/2.pgm"}) write(name, deep(1060, 4095, 4095));
  EXPECT_EQ(opened().inputs.raw(0, 0), 1060);
  write("sound/3.pgm", grey(254));
  EXPECT_NEAR(opened().inputs.raw(4, 1), 4095, 1e-3);
  write("sound/4.pgm", deep(1, 65535, 65535));
  const Dataset mixed = opened();
  EXPECT_NEAR(mixed.inputs.raw(0, 1), 65535, 1e-2);
  EXPECT_EQ(mixed.inputs.raw(5, 1), 65535);
}

TEST_F(ImageFolder, PicturesOfOneColourAreWarnedAbout) {
  writeClasses();
  write("dogs/9.pgm", std::string("P5 2 1 255\n\7\7"));
  write("cats/9.ppm", std::string("P6 2 1 255\n\1\2\3\1\2\3"));
  setImageDecoder([](std::string_view bytes, const std::string& name, const DecodeRequest&) -> Result<DecodedImage> {
    const Result<PnmImage> pnm = readPnm(bytes, name);
    if (!pnm) return pnm.error();
    DecodedImage out;
    out.height = 1, out.width = 2, out.channels = 3;
    for (std::int64_t i = 0; i < 6; ++i) out.values.push_back(static_cast<std::uint8_t>(pnm->values[static_cast<std::size_t>(pnm->channels == 3 ? i : i / 3)]));
    return out;
  });
  expectSaid(opened(), "⚠ 2 pictures are of one colour throughout: cats/9.ppm, dogs/9.pgm.");
}

TEST_F(ImageFolder, AFolderWithoutClassesSaysWhatIsThere) {
  const auto refused = [&](const std::string& part) {
    const Result<ImageSetPtr> set = readImages(folder_.path());
    ASSERT_FALSE(set.ok());
    EXPECT_NE(set.error().text().find(part), std::string::npos) << set.error().text();
  };
  refused("no folders of pictures (PNG, JPEG, BMP, PNM, GIF, TIFF and WebP)");
  write("1.pgm", grey(1));
  refused("files, but no folders of pictures");
  write("cats/1.pgm", grey(1));
  refused("pictures of one class only, 'cats'");
  write("dogs/1.webp", "no picture");
  refused("the first that cannot be read: dogs/1.webp");
}

TEST(PictureKind, VectorFormatsAndDocumentsAreNeverRead) {
  for (const char* text : {"<svg/>", "\xEF\xBB\xBF \n<?xml version='1.0'?><!-- a drawing --><SVG>", "%PDF-1.7", "%!PS-Adobe", "/* XPM */", "#!/bin/sh", "BMX is a sport, and not a bitmap", "P9 1 1"})
    EXPECT_FALSE(pictureKind(text).readable) << text;
  EXPECT_EQ(pictureKind("<svg/>", "x.png").name, "SVG");
  EXPECT_EQ(pictureKind("???", "x.tga").name, "TGA");
  EXPECT_FALSE(pictureKind(std::string_view("II*\0", 4), "photo.NEF").readable);
  EXPECT_TRUE(pictureKind(std::string_view("II*\0", 4), "photo.tif").readable);
}

}  // namespace
}  // namespace vitrine
