// The data that were trained on are the data that are named: what was read is hashed when it is read.
#include <gtest/gtest.h>

#include "core/base/sha256.h"
#include "core/base/zip_archive.h"
#include "core/data/file_bytes.h"
#include "core/data/image_set.h"
#include "core/data/open.h"
#include "core/data/picture_checks.h"
#include "core/data/readers.h"
#include "core/io/project.h"
#include "tests/core/data_helpers.h"

namespace vitrine {
namespace {

using data_test::Folder;
using data_test::idxImages;
using data_test::idxLabels;
using data_test::ramp;

std::string npy(const std::string& descr, const std::string& shape, const std::string& data) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + data;
}

std::string repeated(int n, int classes) {
  std::string s;
  for (int i = 0; i < n; ++i) s += static_cast<char>(i % classes);
  return s;
}

/// What the folder reader needs of the program.
struct PnmDecoder {
  PnmDecoder() {
    setImageDecoder([](std::string_view bytes, const std::string& name, const DecodeRequest&) -> Result<DecodedImage> {
      const Result<PnmImage> pnm = readPnm(bytes, name);
      if (!pnm) return pnm.error();
      DecodedImage out{.height = pnm->height, .width = pnm->width, .channels = pnm->channels, .values = {}, .numbers = {}, .damage = {}};
      out.values.assign(pnm->values.begin(), pnm->values.end());
      return out;
    });
  }
  ~PnmDecoder() { setImageDecoder({}); }
};

std::string picture(int level) { return "P5 2 2 255\n" + std::string(4, static_cast<char>(level)); }

/// Data of several files, one of each kind of reader: what is opened, and each file that is read.
struct Case {
  std::string name;
  std::string open;                                       ///< below the folder
  std::vector<std::pair<std::string, std::string>> files;
};

std::vector<Case> cases() {
  std::string cifar;
  for (int i = 0; i < 4; ++i) cifar += static_cast<char>(i) + ramp(3072);
  return {
      {"idx", "train-images-idx3-ubyte", {{"train-images-idx3-ubyte", idxImages(10, 1, 2, ramp(20))}, {"train-labels-idx1-ubyte", idxLabels({0, 1, 2, 0, 1, 2, 0, 1, 2, 0})},
                                          {"t10k-images-idx3-ubyte", idxImages(3, 1, 2, ramp(6))}, {"t10k-labels-idx1-ubyte", idxLabels({0, 1, 2})}}},
      {"npy", "X_train.npy", {{"X_train.npy", npy("|u1", "(10, 2)", ramp(20))}, {"y_train.npy", npy("|u1", "(10,)", repeated(10, 2))}}},
      {"npy images", "images.npy", {{"images.npy", npy("|u1", "(10, 2, 2)", ramp(40))}, {"labels.npy", npy("|u1", "(10,)", repeated(10, 2))}}},
      {"npz", "a.npz", {{"a.npz", *makeZip({{"x.npy", npy("|u1", "(10, 2, 2)", ramp(40)), true}, {"y.npy", npy("|u1", "(10,)", repeated(10, 2)), true}})}}},
      {"cifar", "data_batch_1.bin", {{"data_batch_1.bin", cifar}, {"data_batch_2.bin", cifar}, {"test_batch.bin", cifar}}},
      {"folder", "", {{"a/1.pgm", picture(1)}, {"a/2.pgm", picture(2)}, {"b/1.pgm", picture(3)}, {"b/deep/2.pgm", picture(4)}}},
  };
}

void write(const Folder& folder, const Case& c) {
  for (const auto& [name, bytes] : c.files) {
    std::filesystem::create_directories((folder.path() / name).parent_path());
    folder.write(name, bytes);
  }
}

/// Another number, where the format allows any.
std::string changed(const std::string& name, std::string bytes) {
  if (name.ends_with(".npz")) return *makeZip({{"x.npy", npy("|u1", "(10, 2, 2)", ramp(39) + 'x'), true}, {"y.npy", npy("|u1", "(10,)", repeated(10, 2)), true}});
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  return bytes;
}

TEST(ChangedData, EachFileThatWasReadIsKnownAgain) {
  const PnmDecoder decoder;
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const Folder folder;
    write(folder, c);
    const Result<DatasetPtr> data = openData(folder.path() / c.open);
    ASSERT_TRUE(data.ok()) << data.error().text();
    const Source source = (*data)->source;
    ASSERT_FALSE(source.sha256.empty());
    EXPECT_EQ(*sourceSha256(source), source.sha256);
    EXPECT_TRUE(reopen(source, "/", (*data)->recipe).ok());
    for (const auto& [name, bytes] : c.files) {
      folder.write(name, changed(name, bytes));
      const Result<DatasetPtr> other = reopen(source, "/", (*data)->recipe);
      ASSERT_FALSE(other.ok()) << name;
      EXPECT_NE(other.error().text().find("have changed since they were used"), std::string::npos) << other.error().text();
      EXPECT_NE(*sourceSha256(source), source.sha256);
      folder.write(name, bytes);
      EXPECT_TRUE(reopen(source, "/", (*data)->recipe).ok()) << name;
    }
  }
}

// The file changed while the data were open: what is saved names what was read.
TEST(ChangedData, AProjectNamesWhatWasReadNotWhatIsThereAtSaving) {
  const PnmDecoder decoder;
  for (const Case& c : cases()) {
    if (c.name == "npz") continue;  // small: it goes into the project itself
    SCOPED_TRACE(c.name);
    const Folder folder;
    write(folder, c);
    Project p;
    p.data = *openData(folder.path() / c.open);
    const auto& [name, bytes] = c.files.back();
    folder.write(name, changed(name, bytes));
    const std::filesystem::path project = folder.path().parent_path() / "p.vitrine";
    ASSERT_TRUE(saveProject(project, p).ok());
    const Result<OpenedProject> opened = openProject(project);
    ASSERT_TRUE(opened.ok());
    EXPECT_FALSE(opened->project.data);
    ASSERT_FALSE(opened->warnings.empty());
    EXPECT_NE(opened->warnings[0].find("changed since"), std::string::npos) << opened->warnings[0];
    folder.write(name, bytes);
    EXPECT_TRUE(openProject(project)->project.data);
  }
}

TEST(ChangedData, HashesOfOlderProjectsAreUnderstood) {
  const PnmDecoder decoder;
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const Folder folder;
    write(folder, c);
    Source source = (*openData(folder.path() / c.open))->source;
    // One file, or names and sizes of the pictures that stand in the classes' folders themselves.
    source.sha256 = c.name == "folder" ? sha256("a/1.pgm\t15\na/2.pgm\t15\nb/1.pgm\t15\n") : *fileSha256(source.path);
    EXPECT_TRUE(reopen(source, "/").ok());
    source.sha256.back() = source.sha256.back() == '0' ? '1' : '0';
    EXPECT_FALSE(reopen(source, "/").ok());
  }
}

TEST(ChangedData, OneFileHasItsOwnHashAndSeveralHaveAnother) {
  EXPECT_EQ(hashOfFiles(std::vector<std::string>{sha256("a")}), sha256("a"));
  const std::string both = hashOfFiles(std::vector<std::string>{sha256("a"), sha256("b")});
  EXPECT_EQ(both, "files:" + sha256(sha256("a") + "\n" + sha256("b") + "\n"));
  EXPECT_TRUE(isHashOfSeveral(both));
  EXPECT_FALSE(isHashOfSeveral(sha256("a")));
}

}  // namespace
}  // namespace vitrine
