// Decoding of pictures: no file gives pixels that are not in it, and none costs more than its result.
#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QTemporaryDir>
#include <set>

#include "app/image_decoder.h"
#include "core/data/image_set.h"
#include "core/data/picture_kind.h"

namespace vitrine {
namespace {

std::string contentOf(const QString& path) {
  QFile f(path);
  EXPECT_TRUE(f.open(QIODevice::ReadOnly)) << qPrintable(path);
  return f.readAll().toStdString();
}

std::string pictureFile(const QString& name) { return contentOf(QStringLiteral(VITRINE_TEST_DATA "/pictures/") + name); }

Result<DecodedImage> decoded(const std::string& bytes, const DecodeRequest& request = {}) {
  installImageDecoder();
  return imageDecoder()(bytes, "picture", request);
}

/// The same picture, pixel by pixel.
bool same(const DecodedImage& a, const DecodedImage& b) {
  return a.height == b.height && a.width == b.width && a.channels == b.channels && a.white == b.white && a.values == b.values && a.numbers == b.numbers;
}

QStringList pictureFiles() { return QDir(QStringLiteral(VITRINE_TEST_DATA "/pictures")).entryList(QDir::Files); }

// The cut after which only what is no pixel is missing may be taken; any other would make pixels up.
TEST(Pictures, NoCutOfAnyFormatGivesInventedPixels) {
  int files = 0, cuts = 0, taken = 0;
  for (const QString& name : pictureFiles()) {
    const std::string bytes = pictureFile(name);
    const Result<DecodedImage> whole = decoded(bytes);
    ASSERT_TRUE(whole.ok()) << whole.error().text();
    ++files;
    int wrong = 0;
    std::size_t first = 0;
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      const Result<DecodedImage> cut = decoded(bytes.substr(0, n));
      ++cuts;
      taken += cut.ok();
      if (cut && !same(*cut, *whole) && wrong++ == 0) first = n;
    }
    EXPECT_EQ(wrong, 0) << qPrintable(name) << ": " << wrong << " of " << bytes.size() << " cuts, the first after " << first << " bytes";
  }
  EXPECT_GE(files, 50);
  EXPECT_GT(cuts, 40000);
  RecordProperty("cuts", cuts);
  RecordProperty("taken", taken);
}

TEST(Pictures, ABitmapThatMisplacesItsPixelsIsWholeToo) {
  for (const char* name : {"rgb.bmp", "pal.bmp", "b565.bmp", "b4.bmp"}) {
    std::string bytes = pictureFile(QString::fromLatin1(name));
    const Result<DecodedImage> whole = decoded(bytes);
    bytes.replace(10, 4, 4, '\0');
    const Result<DecodedImage> misplaced = decoded(bytes);
    ASSERT_TRUE(misplaced.ok()) << name << misplaced.error().text();
    EXPECT_TRUE(same(*misplaced, *whole)) << name;
    EXPECT_FALSE(decoded(bytes.substr(0, bytes.size() - 1)).ok()) << name;
  }
}

TEST(Pictures, DamageInTheMiddleIsAnError) {
  for (const char* name : {"base.jpg", "prog.jpg", "restart.jpg", "noise.gif", "glzw.tif", "rle8.bmp", "plain.pgm", "lossy.webp"}) {
    std::string bytes = pictureFile(QString::fromLatin1(name));
    // A stretch of the pixels' codes is lost.
    bytes.erase(bytes.size() * 6 / 10, bytes.size() / 6);
    EXPECT_FALSE(decoded(bytes).ok()) << name;
  }
  // Bytes that no code stands for.
  std::string bytes = pictureFile(QStringLiteral("base.jpg"));
  for (std::size_t i = bytes.size() * 8 / 10; i < bytes.size() * 9 / 10; i += 2) bytes[i] = '\xff', bytes[i + 1] = '\0';
  const Result<DecodedImage> image = decoded(bytes);
  ASSERT_FALSE(image.ok());
  EXPECT_NE(image.error().text().find("picture: found a damaged picture (Corrupt JPEG data"), std::string::npos) << image.error().text();
}

TEST(Pictures, DamagedOnesAreTakenByChoiceAndItIsSaid) {
  for (const char* name : {"base.jpg", "prog.jpg", "rgb.bmp", "noise.gif", "t.ppm"}) {
    const std::string bytes = pictureFile(QString::fromLatin1(name));
    DecodeRequest request;
    request.takeDamaged = true;
    const Result<DecodedImage> half = decoded(bytes.substr(0, bytes.size() * 8 / 10), request), whole = decoded(bytes, request);
    ASSERT_TRUE(half.ok()) << name << ": " << half.error().text();
    EXPECT_FALSE(half->damage.empty()) << name;
    EXPECT_TRUE(whole->damage.empty()) << name << whole->damage;
    EXPECT_EQ(half->values.size(), whole->values.size()) << name;
  }
}

TEST(Pictures, DrawingsAreNoPictures) {
  for (const char* text : {"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>", "%PDF-1.4", "%!PS-Adobe-3.0 EPSF-3.0", "no picture"}) {
    const Result<DecodedImage> image = decoded(text);
    ASSERT_FALSE(image.ok()) << text;
    EXPECT_NE(image.error().text().find("PNG, JPEG, BMP, PNM, GIF, TIFF and WebP"), std::string::npos) << image.error().text();
  }
  // An icon, which Qt could read.
  EXPECT_FALSE(decoded(std::string("\0\0\1\0\1\0\1\1\0\0\1\0\x18\0\x30\0\0\0\x16\0\0\0", 22)).ok());
}

TEST(Pictures, SixteenBitsStay) {
  const Result<DecodedImage> grey = decoded(pictureFile(QStringLiteral("g16.png")));
  ASSERT_TRUE(grey.ok());
  EXPECT_EQ(grey->channels, 1);
  EXPECT_EQ(grey->white, 65535);
  for (std::size_t i = 0; i < grey->numbers.size(); ++i) ASSERT_EQ(grey->numbers[i], static_cast<float>(1060 + (i % 23) * (i / 23) % 79));
  EXPECT_EQ(decoded(pictureFile(QStringLiteral("g16.tif")))->numbers, grey->numbers);
  const Result<DecodedImage> pgm = decoded(pictureFile(QStringLiteral("deep.pgm")));
  EXPECT_EQ(pgm->white, 4095);
  EXPECT_EQ(pgm->numbers, grey->numbers);
  for (const char* name : {"deep.png", "deep.ppm", "deep.tif"}) {
    const Result<DecodedImage> colour = decoded(pictureFile(QString::fromLatin1(name)));
    ASSERT_TRUE(colour.ok());
    ASSERT_EQ(colour->channels, 3) << name;
    for (std::size_t y = 0; y < 19; ++y)
      for (std::size_t x = 0; x < 23; ++x) {
        const float* c = colour->numbers.data() + 3 * (y * 23 + x);
        ASSERT_EQ(c[0], float(x * 2000)) << name;
        ASSERT_EQ(c[1], float(y * 3000)) << name;
        ASSERT_EQ(c[2], float(x * y * 100)) << name;
      }
  }
  // Scaled in 16 bits, too: no number is lost between two of 8.
  const Result<DecodedImage> small = decoded(pictureFile(QStringLiteral("g16.png")), {.height = 9, .width = 11, .fit = "stretch"});
  ASSERT_EQ(small->numbers.size(), 99u);
  for (const float v : small->numbers) EXPECT_TRUE(v >= 1060 && v <= 1138) << v;
  EXPECT_GT(std::set<float>(small->numbers.begin(), small->numbers.end()).size(), 20u);
}

TEST(Pictures, TransparentOnesGetTheChosenGround) {
  for (const char* name : {"alpha.png", "alpha.tif", "alpha.webp"})
    for (const auto& [ground, level] : {std::pair("white", 255), std::pair("black", 0), std::pair("grey", 128)}) {
      DecodeRequest request;
      request.ground = ground;
      const Result<DecodedImage> image = decoded(pictureFile(QString::fromLatin1(name)), request);
      ASSERT_TRUE(image.ok()) << name;
      ASSERT_EQ(image->channels, 3);
      // Columns 0 to 7 are transparent, and 8 to 11 half so.
      for (int x = 0; x < 8; ++x) EXPECT_NEAR(image->values[static_cast<std::size_t>(3 * x)], level, 1) << name << ground;
      const Result<DecodedImage> plain = decoded(pictureFile(QStringLiteral("rgb.png")));
      if (QLatin1String(name) == QLatin1String("alpha.png")) {
        EXPECT_NEAR(image->values[3 * 10], (plain->values[3 * 10] * 128 + level * 127) / 255.0, 2);
      }
    }
  // In 16 bits.
  QImage deep(3, 1, QImage::Format_RGBA64);
  deep.fill(Qt::transparent);
  QTemporaryDir folder;
  ASSERT_TRUE(deep.save(folder.filePath(QStringLiteral("a.png"))));
  const Result<DecodedImage> image = decoded(contentOf(folder.filePath(QStringLiteral("a.png"))));
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(image->white, 65535);
  EXPECT_EQ(image->numbers, std::vector<float>(3, 65535));
}

TEST(Pictures, CameraOrientationIsHeeded) {
  // An Exif block that says "turned right by 90 degrees", behind the JFIF mark.
  const std::string exif("\xff\xe1\x00\x22" "Exif\0\0" "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 36);
  const std::string plain = pictureFile(QStringLiteral("grey.jpg"));
  const Result<DecodedImage> upright = decoded(plain), turned = decoded(plain.substr(0, 2) + exif + plain.substr(2));
  ASSERT_TRUE(turned.ok()) << turned.error().text();
  ASSERT_EQ(turned->height, upright->width);
  ASSERT_EQ(turned->width, upright->height);
  for (std::int64_t y = 0; y < upright->height; ++y)
    for (std::int64_t x = 0; x < upright->width; ++x)
      ASSERT_EQ(turned->values[static_cast<std::size_t>(x * turned->width + turned->width - 1 - y)], upright->values[static_cast<std::size_t>(y * upright->width + x)]);
}

// A picture of 1 × 32 768 in 100 bytes cost 28 s and 1.6 GB.
TEST(Pictures, ThinOnesCostNoMoreThanTheirResult) {
  QTemporaryDir folder;
  for (const QSize size : {QSize(1, 32768), QSize(32768, 1), QSize(3, 30000)}) {
    QImage thin(size, QImage::Format_Grayscale8);
    for (int y = 0; y < thin.height(); ++y) std::fill_n(thin.scanLine(y), thin.width(), uchar(y * 200 / thin.height()));
    ASSERT_TRUE(thin.save(folder.filePath(QStringLiteral("t.png"))));
    const std::string bytes = contentOf(folder.filePath(QStringLiteral("t.png")));
    for (const char* fit : {"crop", "pad", "stretch"}) {
      const Result<DecodedImage> image = decoded(bytes, {.height = 80, .width = 60, .fit = fit, .channels = 1});
      ASSERT_TRUE(image.ok());
      EXPECT_EQ(image->height, 80);
      EXPECT_EQ(image->width, 60);
      const auto at = [&](int y, int x) { return int(image->values[static_cast<std::size_t>(y * 60 + x)]); };
      if (QLatin1String(fit) == QLatin1String("crop")) {
        EXPECT_NEAR(at(40, 30), size.height() == 1 ? 0 : 100, 2);
      }
      // What is thin beyond a pixel stays one pixel, in the middle.
      if (QLatin1String(fit) == QLatin1String("pad")) {
        EXPECT_EQ(at(0, 0), 0);
        EXPECT_NEAR(at(40, 29), size.height() == 1 ? 0 : 100, 5);
      }
      if (QLatin1String(fit) == QLatin1String("stretch")) {
        EXPECT_NEAR(at(79, 0), size.height() == 1 ? 0 : 199, 5);
      }
    }
  }
}

TEST(Pictures, HugeOnesAreRefusedBeforeTheyAreDecoded) {
  // Headers that tell of 30 000 × 30 000 pixels, with nothing behind them.
  const std::string png = std::string("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x75\x30\0\0\x75\x30\x08\x02\0\0\0", 29) + std::string("\x5d\x5f\x96\x8e", 4);
  std::string gif = pictureFile(QStringLiteral("noise.gif"));
  gif[6] = gif[8] = '\x30', gif[7] = gif[9] = '\x75';
  for (const std::string& bytes : {std::string("P5 30000 30000 255\n"), std::string("P6 30000 30000 65535\n"), std::string("P1 30000 30000\n")}) {
    for (const bool take : {false, true}) {
      DecodeRequest request;
      request.takeDamaged = take;
      const Result<DecodedImage> image = decoded(bytes, request);
      ASSERT_FALSE(image.ok());
      EXPECT_NE(image.error().text().find("expected at most 512 MiB"), std::string::npos) << image.error().text();
    }
  }
  for (const std::string& bytes : {png, gif}) EXPECT_FALSE(decoded(bytes).ok());
  EXPECT_NE(decoded("P5 40000 1 255\n").error().text().find("at most 32768 each way"), std::string::npos);
}

}  // namespace
}  // namespace vitrine
