
#include "core/data/open.h"
#include "data_helpers.h"

namespace vitrine {
namespace {

using namespace data_test;

constexpr const char* kImages = "train-images-idx3-ubyte";
constexpr const char* kLabels = "train-labels-idx1-ubyte";
constexpr const char* kTestImages = "t10k-images-idx3-ubyte";
constexpr const char* kTestLabels = "t10k-labels-idx1-ubyte";

const std::string kPixels = ramp(4 * 6);
const std::vector<int> kClasses{2, 0, 1, 2};

void expectRefused(const Result<DatasetPtr>& r, std::initializer_list<const char*> parts) {
  ASSERT_FALSE(r.ok());
  const std::string text = r.error().text();
  for (const char* part : parts) EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
}

/// Four files of 2 × 3 images, each packed or not.
void writeSet(const Folder& folder, bool packed) {
  const auto put = [&](std::string name, const std::string& bytes) { folder.write(name + (packed ? ".gz" : ""), packed ? gzip(bytes) : bytes); };
  put(kImages, idxImages(4, 2, 3, kPixels));
  put(kLabels, idxLabels(kClasses));
  put(kTestImages, idxImages(2, 2, 3, ramp(12)));
  put(kTestLabels, idxLabels({1, 3}));
}

TEST(Idx, AnyOfTheFourFilesOpensAll) {
  for (const bool packed : {false, true}) {
    Folder folder("digits");
    writeSet(folder, packed);
    for (const char* name : {kImages, kLabels, kTestImages, kTestLabels}) {
      const Result<DatasetPtr> data = openData(folder.path() / (std::string(name) + (packed ? ".gz" : "")));
      ASSERT_TRUE(data.ok()) << data.error().text();
      const Dataset& d = **data;
      EXPECT_EQ(d.name, "digits");
      EXPECT_EQ(d.spec, (DataSpec{{2, 3, 1}, 4, Task::Classification, {"0", "1", "2", "3"}}));
      EXPECT_EQ(d.classes, (std::vector<std::int32_t>{2, 0, 1, 2, 1, 3}));
      EXPECT_EQ(d.train, (std::vector<std::int32_t>{0, 1, 2, 3}));
      EXPECT_EQ(d.validation, (std::vector<std::int32_t>{4, 5}));
      ASSERT_TRUE(d.inputs.isBytes());
      EXPECT_EQ(d.inputs.raw(1, 0), 6);
      EXPECT_EQ(d.inputs.raw(5, 2), 8);
      EXPECT_EQ(d.source.kind, "idx");
    }
  }
}

TEST(Idx, PixelsAreDividedBy255) {
  Folder folder;
  folder.write(kLabels, idxLabels({0, 1}));
  const auto path = folder.write(kImages, idxImages(2, 1, 3, std::string("\x00\x7f\xff\x01\x02\x03", 6)));
  const Result<DatasetPtr> data = openData(path);
  ASSERT_TRUE(data.ok()) << data.error().text();
  std::vector<Real> out(6);
  gatherInputs(**data, std::vector<std::int32_t>{1, 0}, out.data());
  const std::vector<Real> expected{1 / Real(255), 2 / Real(255), 3 / Real(255), 0, 127 / Real(255), 1};
  EXPECT_EQ(out, expected);
}

TEST(Idx, WithoutATestPairRowsAreHeldBack) {
  Folder folder;
  std::vector<int> labels;
  for (int i = 0; i < 50; ++i) labels.push_back(i % 5);
  folder.write(kLabels, idxLabels(labels));
  const auto path = folder.write(kImages, idxImages(50, 1, 1, ramp(50)));
  const Result<DatasetPtr> data = openData(path);
  ASSERT_TRUE(data.ok()) << data.error().text();
  EXPECT_EQ((*data)->train.size(), 40u);
  std::vector<int> held(5);
  for (const std::int32_t row : (*data)->validation) ++held[static_cast<std::size_t>((*data)->classes[static_cast<std::size_t>(row)])];
  EXPECT_EQ(held, (std::vector<int>{2, 2, 2, 2, 2}));
}

TEST(Idx, FashionFolderGivesTheClassesNames) {
  Folder folder("my-Fashion-set");
  folder.write(kLabels, idxLabels({0, 9}));
  const Result<DatasetPtr> data = openData(folder.write(kImages, idxImages(2, 1, 1, ramp(2))));
  ASSERT_TRUE(data.ok()) << data.error().text();
  EXPECT_EQ((*data)->name, "Fashion-MNIST");
  EXPECT_EQ((*data)->spec.classes.at(0), "T-shirt/top");
  EXPECT_EQ((*data)->spec.classes.at(9), "Ankle boot");
}

TEST(Idx, PackedMembersInARowAreOneText) {
  Folder folder;
  const std::string images = idxImages(4, 2, 3, kPixels);
  folder.write(kLabels, idxLabels(kClasses));
  const auto path = folder.write(std::string(kImages) + ".gz", gzip(images.substr(0, 11)) + gzip(images.substr(11)));
  const Result<DatasetPtr> data = openData(path);
  ASSERT_TRUE(data.ok()) << data.error().text();
  EXPECT_EQ((*data)->inputs.raw(3, 5), 23);
}

TEST(Idx, RefusesWhatDoesNotFit) {
  const std::string labels = idxLabels(kClasses), images = idxImages(4, 2, 3, kPixels);
  const auto open = [&](const std::string& imageBytes, const std::string& labelBytes) {
    Folder folder;
    folder.write(kLabels, labelBytes);
    return openData(folder.write(kImages, imageBytes));
  };
  ASSERT_TRUE(open(images, labels).ok());
  expectRefused(open(word(0x901) + images.substr(4), labels), {kImages, "byte 0", "0x00000901", "0x00000803"});
  expectRefused(open(labels, labels), {"0x00000801", "expected magic number 0x00000803 (images of unsigned bytes)"});
  expectRefused(open(images, images), {kLabels, "0x00000803", "0x00000801"});
  expectRefused(open(images, idxLabels({1, 2, 0})), {kLabels, "byte 4", "3 labels", "4, one for each image of train-images"});
  expectRefused(open(images, idxLabels({1, 1, 1, 1})), {kLabels, "only the label 1", "two classes"});
  expectRefused(open(idxImages(0, 2, 3, ""), labels), {kImages, "byte 4", "0 images", "1 to"});
  expectRefused(open(idxImages(4, 0, 3, ""), labels), {"byte 8", "0 rows"});
  expectRefused(open(idxImages(4, 2, 0x10000, kPixels), labels), {"byte 12", "65536 columns", "1 to 65535"});
  expectRefused(open(images + "x", labels), {"byte 40", "more data", "24 bytes"});
  expectRefused(open(images.substr(0, 30), labels), {"byte 16", "14 bytes of data", "4 images of 2 × 3 (24 bytes)"});
  expectRefused(open(images.substr(0, 9), labels), {"byte 9", "the end of the data", "header of 16 bytes"});
  expectRefused(open("", labels), {kImages, "an empty file"});
  // 2^31-1 images of 65535²: about 9 · 10^18 bytes, of which nothing may be allocated.
  expectRefused(open(idxImages(0x7fffffff, 0xffff, 0xffff, kPixels), labels), {"byte 16", "24 bytes of data"});
  expectRefused(open(gzip(idxImages(0x7fffffff, 0xffff, 0xffff, kPixels)), labels), {"byte 16", "too few packed bytes"});
}

TEST(Idx, RefusesATestPairOfAnotherSize) {
  Folder folder;
  writeSet(folder, false);
  folder.write(kTestImages, idxImages(2, 3, 2, ramp(12)));
  expectRefused(openData(folder.path() / kImages), {kTestImages, "3 × 2", "2 × 3 as in train-images"});
}

TEST(Idx, RefusesDamagedGzip) {
  Folder folder;
  folder.write(kLabels, idxLabels(kClasses));
  const std::string name = std::string(kImages) + ".gz", packed = gzip(idxImages(4, 2, 3, kPixels));
  expectRefused(openData(folder.write(name, packed.substr(0, packed.size() - 5))), {"train-images-idx3-ubyte.gz", "packed byte", "cut short"});
  std::string sum = packed;
  sum[sum.size() - 6] = static_cast<char>(sum[sum.size() - 6] ^ 1);
  expectRefused(openData(folder.write(name, sum)), {"damaged gzip data", "incorrect data check"});
  expectRefused(openData(folder.write(name, packed + "junk")), {"bytes after the end"});
}

TEST(Idx, RefusesWithoutPartnerOrFile) {
  Folder folder;
  const auto lone = folder.write(kImages, idxImages(4, 2, 3, kPixels));
  expectRefused(openData(lone), {"no labels file beside it", "'train-labels-idx1-ubyte'"});
  expectRefused(openData(folder.path() / "nothing-ubyte"), {"there is no such file"});
  expectRefused(openData(folder.path()), {"reader of pictures"});
  expectRefused(openData("/dev/zero"), {"a device or pipe"});
  expectRefused(openData(folder.write("strange.bin", std::string("\x7f" "ELF\0\1\2", 7))), {"strange.bin", "not known", "IDX"});
  expectRefused(openData(folder.write("some.gz", gzip("just text"))), {"packed data that are not IDX"});
}

/// A cut or changed file is refused, or gives a data set that holds together.
void expectSound(const Result<DatasetPtr>& r) {
  if (!r.ok()) {
    EXPECT_FALSE(r.error().text().empty());
    return;
  }
  const Dataset& d = **r;
  EXPECT_EQ(static_cast<std::int64_t>(d.classes.size()), d.count());
  EXPECT_EQ(static_cast<std::int64_t>(d.train.size() + d.validation.size()), d.count());
  for (const std::int32_t c : d.classes) ASSERT_TRUE(c >= 0 && c < d.spec.outputs);
  std::vector<Real> out(static_cast<std::size_t>(d.inputs.size() * static_cast<std::int64_t>(d.train.size())));
  gatherInputs(d, d.train, out.data());
}

TEST(Idx, CutAnywhereItIsRefused) {
  const std::string images = idxImages(4, 2, 3, kPixels), labels = idxLabels(kClasses);
  for (const bool packed : {false, true}) {
    const std::string whole = packed ? gzip(images) : images, wholeLabels = packed ? gzip(labels) : labels;
    const std::string end = packed ? ".gz" : "";
    Folder folder;
    folder.write(kLabels + end, wholeLabels);
    for (std::size_t n = 0; n < whole.size(); ++n)
      EXPECT_FALSE(openData(folder.write(kImages + end, whole.substr(0, n))).ok()) << n << " bytes of images";
    const auto path = folder.write(kImages + end, whole);
    for (std::size_t n = 0; n < wholeLabels.size(); ++n) {
      folder.write(kLabels + end, wholeLabels.substr(0, n));
      EXPECT_FALSE(openData(path).ok()) << n << " bytes of labels";
    }
    folder.write(kLabels + end, wholeLabels);
    EXPECT_TRUE(openData(path).ok());
  }
}

TEST(Idx, AnyBitFlippedIsRefusedOrSound) {
  const std::string images = idxImages(20, 6, 4, ramp(480));
  std::vector<int> classes;
  for (int i = 0; i < 20; ++i) classes.push_back(i % 3);
  for (const bool packed : {false, true}) {
    const std::string whole = packed ? gzip(images) : images;
    const std::string name = std::string(kImages) + (packed ? ".gz" : "");
    Folder folder;
    folder.write(kLabels, idxLabels(classes));
    for (std::size_t bit = 0; bit < 8 * std::min<std::size_t>(whole.size(), 512); ++bit) {
      std::string changed = whole;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      expectSound(openData(folder.write(name, changed)));
    }
  }
}

TEST(Idx, StopsAndTellsHowFarItIs) {
  Folder folder;
  writeSet(folder, true);
  std::stop_source source;
  source.request_stop();
  expectRefused(openData(folder.path() / (std::string(kImages) + ".gz"), {}, source.get_token()), {"stopped"});
  double last = 0;
  bool grows = true;
  const Progress progress = [&](double share) {
    grows = grows && share >= last;
    last = share;
  };
  ASSERT_TRUE(openData(folder.path() / (std::string(kImages) + ".gz"), {}, {}, progress).ok());
  EXPECT_TRUE(grows);
  EXPECT_DOUBLE_EQ(last, 1);
}

TEST(Idx, FashionMnistOfThePackage) {
  const Result<DatasetPtr> data = openFashionMnist();
  ASSERT_TRUE(data.ok()) << data.error().text();
  const Dataset& d = **data;
  EXPECT_EQ(d.name, "Fashion-MNIST");
  EXPECT_EQ(d.spec.input, (Shape{28, 28, 1}));
  EXPECT_EQ(d.train.size(), 60000u);
  EXPECT_EQ(d.validation.size(), 10000u);
  std::vector<int> train(10), held(10);
  for (const std::int32_t row : d.train) ++train.at(static_cast<std::size_t>(d.classes.at(static_cast<std::size_t>(row))));
  for (const std::int32_t row : d.validation) ++held.at(static_cast<std::size_t>(d.classes.at(static_cast<std::size_t>(row))));
  EXPECT_EQ(train, std::vector<int>(10, 6000));
  EXPECT_EQ(held, std::vector<int>(10, 1000));
  EXPECT_EQ(d.classes[0], 9);
  EXPECT_EQ(d.spec.classes[9], "Ankle boot");
  // The mean pixel of the training images, known to be 0.2860.
  double sum = 0;
  for (const std::int32_t row : d.train)
    for (const std::uint8_t b : d.inputs.byteRow(row)) sum += b;
  EXPECT_NEAR(sum / 255 / 60000 / 784, 0.2860, 5e-5);
}

}  // namespace
}  // namespace vitrine
