// Which arrays belong together, and that others stay where they are.
#include <gtest/gtest.h>

#include <cstring>

#include "core/base/zip_archive.h"
#include "core/data/array_names.h"
#include "core/data/arrays.h"
#include "core/data/image_set.h"
#include "core/data/npy.h"
#include "core/data/open.h"
#include "tests/core/data_helpers.h"
#include "tests/support/allocations.h"

namespace vitrine {
namespace {

using data_test::Folder;

std::string npyWith(const std::string& dictionary, const std::string& data) {
  std::string header = dictionary;
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + data;
}
std::string npy(const std::string& descr, const std::string& shape, const std::string& data) { return npyWith("{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }", data); }

std::string whole(std::initializer_list<std::int64_t> values) {
  std::string out;
  for (const std::int64_t v : values) out.append(reinterpret_cast<const char*>(&v), 8);
  return out;
}

std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (const std::string& s : all) out += s + " ";
  return out;
}

class Families : public testing::Test {
 protected:
  void files(std::initializer_list<const char*> names) {
    for (const char* n : names) folder_.write(n, "");
  }
  std::string family(const char* chosen) {
    const Result<ArrayFamily> f = arrayFamily(folder_.path() / chosen);
    return f ? joined(f->names) : f.error().text();
  }
  Folder folder_;
};

TEST_F(Families, TheChosenFileIsAlwaysRead) {
  files({"X_train.npy", "y_train.npy", "X_test.npy", "y_test.npy", "embeddings.npy"});
  EXPECT_EQ(family("X_train.npy"), "X_train.npy y_train.npy X_test.npy y_test.npy ");
  EXPECT_EQ(family("y_train.npy"), "X_train.npy y_train.npy X_test.npy y_test.npy ");
  EXPECT_EQ(family("X_test.npy"), "X_test.npy y_test.npy ");
  EXPECT_EQ(family("y_test.npy"), "X_test.npy y_test.npy ");
  EXPECT_EQ(family("embeddings.npy"), "embeddings.npy ");
  EXPECT_EQ((*arrayFamily(folder_.path() / "y_test.npy")).notes.at(0), "Read together, by their names: X_test.npy and y_test.npy.");
  EXPECT_EQ((*arrayFamily(folder_.path() / "X_test.npy")).notes.at(1), "'X_train.npy' beside it is not read; choose that one to train on it.");
}

TEST_F(Families, OtherSetsBesideItAreLeftAlone) {
  files({"x.npy", "y.npy", "images.npy", "labels.npy", "data.npy", "train_labels.npy"});
  EXPECT_EQ(family("x.npy"), "x.npy y.npy ");
  EXPECT_EQ(family("labels.npy"), "images.npy labels.npy ");
  EXPECT_EQ(family("train_labels.npy"), "train_labels.npy ");
  // Both y and labels could be meant.
  EXPECT_NE(family("data.npy").find("'labels.npy' and 'y.npy' beside it"), std::string::npos) << family("data.npy");
}

TEST_F(Families, TestSamplesWithoutTargetsDoNotStopTraining) {
  files({"x_train.npy", "y_train.npy", "x_test.npy"});
  EXPECT_EQ(family("x_train.npy"), "x_train.npy y_train.npy ");
  EXPECT_EQ((*arrayFamily(folder_.path() / "x_train.npy")).notes.at(1), "'x_test.npy' is not read: there are no targets beside it.");
}

TEST_F(Families, ASetSaysWhatWasPaired) {
  folder_.write("x_test.npy", npy("|u1", "(4, 2)", data_test::ramp(8)));
  folder_.write("y_test.npy", npy("|u1", "(4,)", std::string("\0\1\0\1", 4)));
  folder_.write("x_train.npy", npy("|u1", "(9, 2)", data_test::ramp(18)));
  folder_.write("y_train.npy", npy("|u1", "(9,)", data_test::ramp(9)));
  const Result<DatasetPtr> d = openData(folder_.path() / "y_test.npy");
  ASSERT_TRUE(d.ok()) << d.error().text();
  EXPECT_EQ((*d)->count(), 4);
  EXPECT_EQ((*d)->notes.at(0), "Read together, by their names: x_test.npy and y_test.npy.");
}

TEST(NpyHeaders, AreReadAsTheyAreWrittenAndRefusedInPlainWords) {
  const Result<NpyArray> old = readNpy(npyWith("{'descr': '<i8', 'fortran_order': False, 'shape': (2L, 1L), }", whole({1, 2})), "a.npy");
  ASSERT_TRUE(old.ok()) << old.error().text();
  EXPECT_EQ(old->shape, (std::vector<std::int64_t>{2, 1}));
  const auto refused = [](const std::string& dictionary, const std::string& part) {
    const Result<NpyArray> a = readNpy(npyWith(dictionary, "12345678"), "a.npy");
    ASSERT_FALSE(a.ok()) << dictionary;
    EXPECT_NE(a.error().text().find(part), std::string::npos) << a.error().text();
  };
  refused("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", "found a size of -1, expected sizes from 0");
  refused("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "found a structured type, expected one type of number");
  refused("{'descr': '<f8', 'shape': (1,), }", "no 'fortran_order' in the header");
  refused("{'descr': '<f8', 'fortran_order': maybe, 'shape': (1,), }", "True or False");
  refused("{'descr': '<f8', 'fortran_order': False, 'shape': (1.5,), }", "a shape that is not understood");
  refused("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", "2^48");
  refused("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'extra': 1}", "the entry 'extra'");
  refused("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", "a second entry 'descr'");
}

TEST(NpyNumbers, WholeOnesKeepTheirValueTo2To53) {
  const Folder folder;
  folder.write("t.npz", *makeZip({{"x.npy", npy("<i8", "(4, 1)", whole({16777217, 16777218, 9007199254740991, -9007199254740991})), false}, {"y.npy", npy("<i8", "(4,)", whole({16777216, 16777217, 16777216, 16777217})), false}}));
  const Result<TableFile> table = readTableFile(folder.path() / "t.npz");
  ASSERT_TRUE(table.ok()) << table.error().text();
  EXPECT_EQ(table->table->columns[0].text(0), "16777217");
  EXPECT_EQ(table->table->columns[0].text(2), "9007199254740991");
  EXPECT_EQ(table->table->columns[0].text(3), "-9007199254740991");
  // Classes of images, too.
  folder.write("i.npz", *makeZip({{"images.npy", npy("|u1", "(4, 2, 2)", data_test::ramp(16)), false}, {"labels.npy", npy("<i8", "(4,)", whole({16777216, 16777217, 16777216, 16777217})), false}}));
  const Result<DatasetPtr> images = openData(folder.path() / "i.npz", {.validationShare = 0});
  ASSERT_TRUE(images.ok()) << images.error().text();
  EXPECT_EQ((*images)->spec.classes, (std::vector<std::string>{"16777216", "16777217"}));
}

// 9 990 arrays of a megabyte of zeros that nobody asked for took 40 s and 4 GB.
TEST(Npz, UnusedArraysStayPacked) {
  const Folder folder;
  std::vector<ZipEntry> entries{{"images.npy", npy("|u1", "(4, 2, 2)", data_test::ramp(16)), false}, {"labels.npy", npy("|u1", "(4,)", std::string("\0\1\0\1", 4)), false}};
  const std::string zeros = npy("|u1", "(1000000,)", std::string(1000000, '\0'));
  for (int i = 0; i < 60; ++i) entries.push_back({"mask" + std::to_string(i) + ".npy", zeros, false});
  const std::string bytes = *makeZip(entries);
  folder.write("a.npz", bytes);
  test::takeLargestAllocation();
  const Result<DatasetPtr> d = openData(folder.path() / "a.npz");
  ASSERT_TRUE(d.ok()) << d.error().text();
  EXPECT_LT(test::takeLargestAllocation(), std::max<std::size_t>(3 << 20, 2 * bytes.size()));
  EXPECT_EQ((*d)->notes.at(0), "60 arrays are not used: 'mask0', 'mask1', 'mask2', 'mask3', 'mask4', ….");
}

TEST(Npz, SaysWhatIsInItInstead) {
  const Folder folder;
  folder.write("a.npz", *makeZip({{"x.np\xc3\xbf", "damaged name", true}, {"readme.txt", "no arrays", true}}));
  const Result<DatasetPtr> d = openData(folder.path() / "a.npz");
  ASSERT_FALSE(d.ok());
  EXPECT_NE(d.error().text().find("no arrays, but 'x.np\xc3\xbf', 'readme.txt'"), std::string::npos) << d.error().text();
}

TEST(Npz, EncryptedOnesAndDamagedNamesAreSaid) {
  const Folder folder;
  const std::string whole = *makeZip({{"x.npy", npy("|u1", "(4, 2, 2)", data_test::ramp(16)), true}, {"y.npy", npy("|u1", "(4,)", std::string("\0\1\0\1", 4)), true}});
  const auto refused = [&](const std::string& bytes, const std::string& part) {
    folder.write("a.npz", bytes);
    const Result<DatasetPtr> d = openData(folder.path() / "a.npz");
    ASSERT_FALSE(d.ok()) << part;
    EXPECT_NE(d.error().text().find(part), std::string::npos) << d.error().text();
  };
  // The flag "encrypted", in the entries and in the directory.
  std::string encrypted = whole;
  for (std::size_t at = 0; (at = encrypted.find("PK\3\4", at)) != std::string::npos; ++at) encrypted[at + 6] |= 1;
  for (std::size_t at = 0; (at = encrypted.find("PK\1\2", at)) != std::string::npos; ++at) encrypted[at + 8] |= 1;
  refused(encrypted, "entry 'x.npy': found an encrypted entry, expected one without a password");
  // One letter of a name, in the entry alone and in both places.
  std::string damaged = whole;
  damaged[damaged.find("y.npy")] = 'q';
  refused(damaged, "no intact ZIP archive");
  damaged[damaged.rfind("y.npy")] = 'q';
  refused(damaged, "no targets");
}

}  // namespace
}  // namespace vitrine
