// Images and series from arrays, CIFAR and folders, and what prepares them.
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "core/base/zip_archive.h"
#include "core/data/arrays.h"
#include "core/data/image_set.h"
#include "core/data/open.h"
#include "core/io/project.h"
#include "tests/core/data_helpers.h"

namespace vitrine {
namespace {

using data_test::Folder;

/// Bytes of an NPY file of version 1, as numpy writes it.
std::string npy(const std::string& descr, const std::string& shape, const std::string& data, bool fortran = false) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
  while ((header.size() + 11) % 64 != 0) header += ' ';
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size() & 255) + static_cast<char>(header.size() >> 8) + header + data;
}

template <class T>
std::string raw(const std::vector<T>& values, bool swap = false) {
  std::string out;
  for (const T v : values) {
    char b[sizeof(T)];
    std::memcpy(b, &v, sizeof(T));
    if (swap) std::reverse(b, b + sizeof(T));
    out.append(b, sizeof(T));
  }
  return out;
}

std::string bytes(int n, int step = 1) {
  std::string out;
  for (int i = 0; i < n; ++i) out += static_cast<char>(i * step % 256);
  return out;
}

NpyArray read(const std::string& file) {
  const Result<NpyArray> a = readNpy(file, "a.npy");
  EXPECT_TRUE(a.ok()) << (a ? "" : a.error().text());
  return a ? *a : NpyArray{};
}

void expectRefused(const std::string& file, const char* part) {
  const Result<NpyArray> a = readNpy(file, "a.npy");
  ASSERT_FALSE(a.ok()) << part;
  EXPECT_NE(a.error().text().find(part), std::string::npos) << a.error().text();
}

TEST(Npy, ReadsEveryNumberType) {
  const std::vector<float> wanted{0, 1, 2, 100};
  const auto is = [&](const std::string& descr, const std::string& data) {
    const NpyArray a = read(npy(descr, "(4,)", data));
    for (std::int64_t i = 0; i < 4; ++i) EXPECT_EQ(a.at(i), static_cast<double>(wanted[static_cast<std::size_t>(i)])) << descr;
  };
  is("|u1", raw<std::uint8_t>({0, 1, 2, 100}));
  is("|i1", raw<std::int8_t>({0, 1, 2, 100}));
  for (const bool big : {false, true}) {
    const std::string end = big ? ">" : "<";
    is(end + "u2", raw<std::uint16_t>({0, 1, 2, 100}, big));
    is(end + "i2", raw<std::int16_t>({0, 1, 2, 100}, big));
    is(end + "u4", raw<std::uint32_t>({0, 1, 2, 100}, big));
    is(end + "i4", raw<std::int32_t>({0, 1, 2, 100}, big));
    is(end + "u8", raw<std::uint64_t>({0, 1, 2, 100}, big));
    is(end + "i8", raw<std::int64_t>({0, 1, 2, 100}, big));
    is(end + "f4", raw<float>({0, 1, 2, 100}, big));
    is(end + "f8", raw<double>({0, 1, 2, 100}, big));
    is(end + "f2", raw<std::uint16_t>({0x0000, 0x3c00, 0x4000, 0x5640}, big));
  }
  const NpyArray truth = read(npy("|b1", "(2,)", std::string("\0\1", 2)));
  EXPECT_EQ(truth.at(0), 0);
  EXPECT_EQ(truth.at(1), 1);
}

TEST(Npy, FortranOrderComesOutInC) {
  // [[0, 1, 2], [3, 4, 5]] stored column by column.
  const NpyArray a = read(npy("<f4", "(2, 3)", raw<float>({0, 3, 1, 4, 2, 5}), true));
  for (std::int64_t i = 0; i < 6; ++i) EXPECT_EQ(a.at(i), static_cast<double>(i));
}

TEST(Npy, RefusesWhatItMust) {
  expectRefused("PNG", "NPY signature");
  expectRefused(npy("|O", "(1,)", "x"), "pickles");
  expectRefused(npy("<c8", "(1,)", bytes(8)), "'<c8'");
  expectRefused(npy("<U4", "(1,)", bytes(16)), "'<U4'");
  expectRefused(npy("<f4", "(3,)", bytes(8)), "12 for this shape");
  expectRefused(npy("<f4", "(1000000000, 1000000000)", ""), "2^48");
  expectRefused(npy("<f4", "(-1,)", ""), "a size of -1");
  std::string large = npy("<f4", "(1,)", bytes(4));
  large[8] = static_cast<char>(0xff), large[9] = static_cast<char>(0xff);
  expectRefused(large, "at most 10000");
}

std::string npz(std::vector<std::pair<std::string, std::string>> arrays) {
  std::vector<ZipEntry> entries;
  for (auto& [name, data] : arrays) entries.push_back({name + ".npy", data});
  return *makeZip(entries);
}

TEST(Arrays, TrainAndTestImages) {
  Folder folder;
  folder.write("m.npz", npz({{"x_train", npy("|u1", "(4, 2, 3)", bytes(24))}, {"y_train", npy("<i8", "(4,)", raw<std::int64_t>({0, 5, 0, 5}))},
                             {"x_test", npy("|u1", "(2, 2, 3)", bytes(12))}, {"y_test", npy("<i8", "(2,)", raw<std::int64_t>({5, 0}))}}));
  const Result<DatasetPtr> d = openData(folder.path() / "m.npz");
  ASSERT_TRUE(d.ok()) << d.error().text();
  EXPECT_EQ((*d)->spec.input, (Shape{2, 3, 1}));
  EXPECT_EQ((*d)->spec.classes, (std::vector<std::string>{"0", "5"}));
  EXPECT_EQ((*d)->train.size(), 4u);
  EXPECT_EQ((*d)->validation, (std::vector<std::int32_t>{4, 5}));
  EXPECT_EQ((*d)->classes, (std::vector<std::int32_t>{0, 1, 0, 1, 1, 0}));
  EXPECT_EQ((*d)->inputs.raw(1, 0), 6);
  std::vector<Real> x(6);
  const std::int32_t row = 3;
  gatherInputs(**d, {&row, 1}, x.data());
  EXPECT_EQ(x[5], Real(23) / Real(255));
}

TEST(Arrays, ChannelsFirstAndRealPixels) {
  Folder folder;
  // Two images of 3 channels, 2 × 5, channel first.
  std::vector<float> v(60);
  std::iota(v.begin(), v.end(), -10.0f);
  folder.write("c.npz", npz({{"images", npy("<f4", "(2, 3, 2, 5)", raw(v))}, {"labels", npy("|u1", "(2, 1)", bytes(2))}}));
  const Result<DatasetPtr> d = openData(folder.path() / "c.npz", {.validationShare = 0});
  ASSERT_TRUE(d.ok()) << d.error().text();
  EXPECT_EQ((*d)->spec.input, (Shape{2, 5, 3}));
  // Pixel (1, 2) of image 0, channel 2 stands at 2 · 10 + 1 · 5 + 2 in the file.
  EXPECT_EQ((*d)->inputs.raw(0, (1 * 5 + 2) * 3 + 2), 27 - 10);
  // The smallest training number is black, the largest white.
  std::vector<Real> x(30);
  const std::int32_t row = 0;
  gatherInputs(**d, {&row, 1}, x.data());
  EXPECT_EQ(x[0], 0);
  EXPECT_NEAR(static_cast<double>(x[1]), 10.0 / 59, 1e-6);
}

TEST(Arrays, OneHotLabelsNumbersAndSeries) {
  Folder folder;
  folder.write("hot.npz", npz({{"x", npy("|u1", "(3, 2, 2)", bytes(12))}, {"y", npy("<f4", "(3, 2)", raw<float>({1, 0, 0, 1, 1, 0}))}}));
  EXPECT_EQ((*openData(folder.path() / "hot.npz"))->classes, (std::vector<std::int32_t>{0, 1, 0}));
  folder.write("labels.npz", npz({{"x", npy("|u1", "(3, 2, 2)", bytes(12))}, {"y", npy("|u1", "(3, 2)", std::string("\1\1\0\0\1\0", 6))}}));
  EXPECT_EQ((*openData(folder.path() / "labels.npz"))->spec.task, Task::Labels);
  folder.write("numbers.npz", npz({{"x", npy("<f8", "(3, 5, 2)", raw(std::vector<double>(30, 0.25)))}, {"y", npy("<f4", "(3,)", raw<float>({1.5, 2, 3}))}}));
  const Result<DatasetPtr> series = openData(folder.path() / "numbers.npz");
  ASSERT_TRUE(series.ok()) << series.error().text();
  EXPECT_EQ((*series)->spec.task, Task::Regression);
  EXPECT_EQ((*series)->spec.input, (Shape{5, 2}));
}

TEST(Arrays, TwoAxesAreATable) {
  Folder folder;
  folder.write("X_train.npy", npy("<f8", "(4, 2)", raw<double>({1, 2, 3, 4, 5, 6, 7, 8})));
  folder.write("y_train.npy", npy("<i8", "(4,)", raw<std::int64_t>({0, 1, 0, 1})));
  folder.write("X_test.npy", npy("<f8", "(2, 2)", raw<double>({1, 2, 3, 4})));
  folder.write("y_test.npy", npy("<i8", "(2,)", raw<std::int64_t>({0, 1})));
  ASSERT_TRUE(isTable(folder.path() / "X_train.npy"));
  const Result<DatasetPtr> d = openData(folder.path() / "X_train.npy");
  ASSERT_TRUE(d.ok()) << d.error().text();
  EXPECT_EQ((*d)->featureNames, (std::vector<std::string>{"x1", "x2"}));
  EXPECT_EQ((*d)->train.size(), 4u);
  EXPECT_EQ((*d)->validation.size(), 2u);
  // Fitted on the first four rows alone: mean of x1 is 4.
  std::vector<Real> x(2);
  const std::int32_t row = 4;
  gatherInputs(**d, {&row, 1}, x.data());
  EXPECT_NEAR(static_cast<double>(x[0]), (1 - 4) / std::sqrt(5.0), 1e-6);
}

TEST(Arrays, FaultsNameTheArray) {
  Folder folder;
  const auto refused = [&](std::vector<std::pair<std::string, std::string>> arrays, const char* part) {
    folder.write("f.npz", npz(std::move(arrays)));
    const Result<DatasetPtr> d = openData(folder.path() / "f.npz");
    ASSERT_FALSE(d.ok()) << part;
    EXPECT_NE(d.error().text().find(part), std::string::npos) << d.error().text();
  };
  const std::string x = npy("|u1", "(3, 2, 2)", bytes(12));
  refused({{"x", x}, {"y", npy("|u1", "(2,)", bytes(2))}}, "one for each sample");
  refused({{"x", x}}, "no targets");
  refused({{"x", x}, {"y", npy("|u1", "(3,)", std::string(3, '\1'))}}, "only the class 1");
  refused({{"a", x}, {"b", x}, {"c", x}}, "arrays named 'a', 'b', 'c'");
  refused({{"x", npy("<f4", "(3, 2, 2)", raw(std::vector<float>(12, NAN)))}, {"y", npy("|u1", "(3,)", bytes(3))}}, "NaN");
  refused({{"x", npy("|O", "(3, 2, 2)", bytes(12))}, {"y", npy("|u1", "(3,)", bytes(3))}}, "pickles");
  folder.write("other.npz", *makeZip({{"readme.txt", "no arrays here"}}));
  const Result<DatasetPtr> other = openData(folder.path() / "other.npz");
  ASSERT_FALSE(other.ok());
  EXPECT_NE(other.error().text().find("no arrays"), std::string::npos) << other.error().text();
}

TEST(Cifar, TenAndHundred) {
  Folder folder;
  std::string ten;
  for (int i = 0; i < 4; ++i) ten += static_cast<char>(i * 3) + bytes(3072, i + 1);
  folder.write("data_batch_1.bin", ten);
  folder.write("test_batch.bin", ten);
  const Result<DatasetPtr> d = openData(folder.path() / "data_batch_1.bin");
  ASSERT_TRUE(d.ok()) << d.error().text();
  EXPECT_EQ((*d)->spec.input, (Shape{32, 32, 3}));
  EXPECT_EQ((*d)->train.size(), 4u);
  EXPECT_EQ((*d)->validation.size(), 4u);
  EXPECT_EQ((*d)->spec.classes[static_cast<std::size_t>((*d)->classes[1])], "cat");
  // Green of pixel 5 of image 0 stands 1024 + 5 bytes behind the label.
  EXPECT_EQ((*d)->inputs.raw(0, 5 * 3 + 1), (1024 + 5) % 256);
  EXPECT_TRUE(openData(folder.path()).ok());

  Folder other;
  std::string hundred;
  for (int i = 0; i < 3; ++i) hundred += std::string(1, '\1') + static_cast<char>(40 + i) + bytes(3072);
  other.write("train.bin", hundred);
  const Result<DatasetPtr> h = openData(other.path() / "train.bin");
  ASSERT_TRUE(h.ok()) << h.error().text();
  EXPECT_EQ((*h)->spec.outputs, 100);
  EXPECT_EQ((*h)->classes[2], 42);
  ten[3073] = 77;
  folder.write("test_batch.bin", ten);
  EXPECT_NE(openData(folder.path() / "data_batch_1.bin").error().text().find("byte 3073: found label 77"), std::string::npos);
  folder.write("test_batch.bin", ten.substr(0, 5000));
  EXPECT_NE(openData(folder.path() / "data_batch_1.bin").error().text().find("records of 3073"), std::string::npos);
}

DatasetPtr grey(Recipe recipe, int n = 8) {
  auto set = std::make_shared<ImageSet>();
  set->name = "g";
  set->shape = {6, 6, 1};
  std::vector<std::uint8_t> v(static_cast<std::size_t>(n) * 36);
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<std::uint8_t>(i * 7 % 251);
  set->inputs = Samples::fromBytes(set->shape, std::move(v));
  for (int i = 0; i < n; ++i) set->classes.push_back(i % 2);
  set->classNames = {"a", "b"};
  const Result<DatasetPtr> d = prepareImages(set, recipe);
  EXPECT_TRUE(d.ok()) << (d ? "" : d.error().text());
  return d ? *d : nullptr;
}

TEST(ImagePreparation, StandardisesByTrainingImagesAlone) {
  Recipe r;
  r.images.scaling = "standardise";
  r.split.validation = 0.5;
  const DatasetPtr d = grey(r);
  double sum = 0, squares = 0;
  std::vector<Real> x(36);
  for (const std::int32_t row : d->train) {
    gatherInputs(*d, {&row, 1}, x.data());
    for (const Real v : x) sum += static_cast<double>(v), squares += static_cast<double>(v) * static_cast<double>(v);
  }
  const double n = 36.0 * static_cast<double>(d->train.size());
  EXPECT_NEAR(sum / n, 0, 1e-5);
  EXPECT_NEAR(squares / n, 1, 1e-5);
  std::vector<Real> back(36);
  inputsInUnits(*d, 1, x.data(), back.data());
  EXPECT_NEAR(static_cast<double>(back[7]), d->inputs.raw(d->train.back(), 7), 1e-3);
}

TEST(ImagePreparation, AugmentationMovesTrainingImagesAndOnlyThem) {
  Recipe r;
  r.images.augment.flipHorizontal = true;
  const DatasetPtr d = grey(r);
  std::vector<Real> plain(36), changed(36), room;
  const std::int32_t row = d->train[0];
  gatherInputs(*d, {&row, 1}, plain.data());
  int mirrored = 0;
  for (std::uint64_t step = 0; step < 64; ++step) {
    gatherTraining(*d, {&row, 1}, 5, step, 0, room, changed.data());
    if (changed == plain) continue;
    ++mirrored;
    for (std::size_t y = 0; y < 6; ++y)
      for (std::size_t c = 0; c < 6; ++c) ASSERT_EQ(changed[y * 6 + c], plain[y * 6 + 5 - c]);
  }
  // Every other time: 64 fair coins fall within these bounds in all but 1 of 10^9 cases, and the seed is fixed.
  EXPECT_GT(mirrored, 8);
  EXPECT_LT(mirrored, 56);
  std::vector<Real> again(36);
  gatherTraining(*d, {&row, 1}, 5, 3, 0, room, changed.data());
  gatherTraining(*d, {&row, 1}, 5, 3, 0, room, again.data());
  EXPECT_EQ(changed, again);
}

TEST(ImagePreparation, ShiftCutOutAndNoiseDoWhatTheySay) {
  Recipe r;
  r.images.augment.shift = 2;
  const DatasetPtr d = grey(r);
  std::vector<Real> plain(36), changed(36), room;
  const std::int32_t row = d->train[0];
  gatherInputs(*d, {&row, 1}, plain.data());
  bool moved = false;
  for (std::uint64_t step = 0; step < 20; ++step) {
    gatherTraining(*d, {&row, 1}, 1, step, 0, room, changed.data());
    // It is the image moved by some whole number of pixels each way, with the edge repeated.
    bool found = false;
    for (int dy = -2; dy <= 2; ++dy)
      for (int dx = -2; dx <= 2; ++dx) {
        bool same = true;
        for (int y = 0; y < 6; ++y)
          for (int x = 0; x < 6; ++x)
            same = same && std::abs(changed[static_cast<std::size_t>(y * 6 + x)] - plain[static_cast<std::size_t>(std::clamp(y - dy, 0, 5) * 6 + std::clamp(x - dx, 0, 5))]) < 1e-6;
        found = found || same;
        moved = moved || (same && (dy || dx));
      }
    ASSERT_TRUE(found) << step;
  }
  EXPECT_TRUE(moved);
  Recipe cut;
  cut.images.augment.cutout = 3;
  const DatasetPtr c = grey(cut);
  gatherTraining(*c, {&row, 1}, 1, 0, 0, room, changed.data());
  int blank = 0;
  for (std::size_t i = 0; i < 36; ++i) blank += changed[i] != plain[i];
  EXPECT_GE(blank, 1);
  EXPECT_LE(blank, 9);
  Recipe noisy;
  noisy.images.augment.noise = 0.1;
  const DatasetPtr n = grey(noisy);
  double squares = 0;
  for (std::uint64_t step = 0; step < 200; ++step) {
    gatherTraining(*n, {&row, 1}, 1, step, 0, room, changed.data());
    for (std::size_t i = 0; i < 36; ++i) squares += std::pow(static_cast<double>(changed[i] - plain[i]), 2);
  }
  EXPECT_NEAR(std::sqrt(squares / 7200), 0.1, 0.004);
}

TEST(ImagePreparation, BadSettingsAreRefused) {
  auto set = std::make_shared<ImageSet>();
  set->shape = {2, 2, 1};
  set->inputs = Samples::fromBytes(set->shape, std::vector<std::uint8_t>(8));
  set->classes = {0, 1};
  set->classNames = {"a", "b"};
  const auto refused = [&](const Recipe& r, const char* part) {
    const Result<DatasetPtr> d = prepareImages(set, r);
    ASSERT_FALSE(d.ok()) << part;
    EXPECT_NE(d.error().text().find(part), std::string::npos) << d.error().text();
  };
  Recipe r;
  r.images.augment.rotate = NAN;
  refused(r, "Rotate");
  r = {};
  r.split.mode = "time";
  refused(r, "'time'");
  r.split.mode = "given";
  refused(r, "tells no parts");
}

TEST(ImageProjects, SmallOnesGoIntoTheProjectWithTheirRecipe) {
  Folder folder;
  folder.write("m.npz", npz({{"x", npy("|u1", "(20, 3, 3)", bytes(180))}, {"y", npy("|u1", "(20,)", [] {
                                 std::string s;
                                 for (int i = 0; i < 20; ++i) s += static_cast<char>(i % 2);
                                 return s;
                               }())}}));
  Recipe r = defaultRecipe(**readImages(folder.path() / "m.npz"));
  r.images.scaling = "standardise";
  r.images.augment.rotate = 10;
  r.split.seed = 9;
  const Result<DatasetPtr> d = prepareImages(*readImages(folder.path() / "m.npz"), r);
  ASSERT_TRUE(d.ok()) << d.error().text();
  Project p;
  p.data = *d;
  ASSERT_TRUE(saveProject(folder.path() / "p.vitrine", p).ok());
  std::filesystem::remove(folder.path() / "m.npz");
  const Result<OpenedProject> opened = openProject(folder.path() / "p.vitrine");
  ASSERT_TRUE(opened.ok()) << opened.error().text();
  ASSERT_TRUE(opened->project.data) << opened->warnings.at(0);
  EXPECT_EQ(opened->project.data->recipe, r);
  EXPECT_EQ(opened->project.data->train, (*d)->train);
  EXPECT_EQ(opened->project.data->inputScaling.mean, (*d)->inputScaling.mean);
}

}  // namespace
}  // namespace vitrine
