// Damaged files of every format: cut off at every byte, and each bit of the beginning flipped. They are refused or read, never
// believed in what they say of their size. And csv-spectrum's files, cell by cell.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/numbers.h"
#include "core/base/zip_archive.h"
#include "core/data/image_set.h"
#include "core/data/csv_records.h"
#include "core/data/generators.h"
#include "core/data/idx_file.h"
#include "core/data/npy.h"
#include "core/data/open.h"
#include "core/data/read_table.h"
#include "core/io/history_csv.h"
#include "core/io/project.h"
#include "core/io/safetensors.h"
#include "core/io/strict_json.h"
#include "core/model/templates.h"
#include "tests/core/data_helpers.h"
#include "tests/support/allocations.h"

namespace vitrine {
namespace {

using data_test::Folder;

std::string fileText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// How one format is read: what came of it as text that tells differences, or the error.
struct Format {
  std::string name;
  std::string good;
  std::function<Result<std::string>(const std::string&)> read;
  bool whole = true;    ///< nothing but the whole file is one
  bool checked = false; ///< a checksum: what is read at all is what was written
};

std::string tableText(const Table& t) {
  std::string out;
  for (const Column& c : t.columns) {
    out += c.name + '\n';
    for (std::int64_t r = 0; r < c.size(); ++r) out += c.text(r) + '\n';
  }
  return out;
}

template <class T>
std::string bytesText(const std::vector<T>& v) { return {reinterpret_cast<const char*>(v.data()), v.size() * sizeof(T)}; }

std::string npyOf(const std::string& descr, const std::string& shape, const std::string& data) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + data;
}

std::string npy() { return npyOf("<f4", "(3, 2)", data_test::ramp(24)); }

std::string projectBytes() {
  const Folder folder;
  GeneratorSettings g;
  g.size = 10;
  Project p;
  p.data = *generate("circles", g);
  p.graph = findTemplate("playground")->make(p.data->spec);
  EXPECT_TRUE(saveProject(folder.path() / "p.vitrine", p));
  return fileText(folder.path() / "p.vitrine");
}

std::string historyText() {
  History h;
  for (int i = 1; i < 6; ++i) h.batches.append({i, 0.2 * i, 1.0 / i, 0.5, 1e-3, 0.1 * i});
  return batchesToCsv(h, 5);
}

constexpr const char* kNames[] = {"csv", "arff", "idx", "idx_gz", "npy", "npz", "images_npz", "cifar", "safetensors", "json", "history", "embedded_table", "project"};

std::vector<Format> makeFormats() {
  const auto folder = std::make_shared<Folder>();
  const auto idx = [folder](const std::string& bytes) -> Result<std::string> {
    const Result<IdxFile> f = readIdxFile(folder->write("images-idx3-ubyte", bytes), 3, 0, {}, [](double) {});
    if (!f) return f.error();
    return bytesText(f->dims) + bytesText(f->data);
  };
  const std::string images = data_test::idxImages(5, 6, 4, data_test::ramp(120));
  std::vector<Format> all;
  all.push_back({"csv", "name,age,\"a \"\"place\"\"\"\nAda,36,\"London, UK\"\nAlan,41.5,\"two\nlines\"\nGrace,,Arlington\n",
                 [](const std::string& b) -> Result<std::string> {
                   CsvFormat format;
                   const Result<Table> t = readCsvTable(b, format);
                   if (!t) return t.error();
                   return tableText(*t);
                 },
                 false});
  all.push_back({"arff", "@relation r\n@attribute size numeric\n@attribute kind {a, 'b c'}\n@attribute day date 'yyyy-MM-dd'\n@data\n1.5,a,2026-11-24\n?,'b c',?\n{0 7, 1 a}\n",
                 [](const std::string& b) -> Result<std::string> {
                   const Result<Table> t = readArffTable(b);
                   if (!t) return t.error();
                   return tableText(*t);
                 },
                 false});
  all.push_back({"idx", images, idx});
  all.push_back({"idx_gz", data_test::gzip(images), idx, true, true});
  const auto array = [](const std::string& b) -> Result<std::string> {
    const Result<NpyArray> a = readNpy(b, "a.npy");
    if (!a) return a.error();
    return bytesText(a->shape) + bytesText(a->bytes);
  };
  all.push_back({"npy", npy(), array});
  all.push_back({"npz", *makeZip({{"x.npy", npy(), false}, {"y.npy", npy(), true}}), [array](const std::string& b) -> Result<std::string> {
                   const Result<std::vector<std::string>> names = zipNames(b, "a.npz");
                   if (!names) return names.error();
                   const auto entries = readZip(b, *names, "a.npz", "an archive of arrays");
                   if (!entries) return entries.error();
                   std::string text;
                   for (const auto& [name, bytes] : *entries) {
                     const Result<std::string> one = array(bytes);
                     if (!one) return one.error();
                     text += *one;
                   }
                   return text;
                 }});
  const auto dataset = [](const Result<ImageSetPtr>& set) -> Result<std::string> {
    if (!set) return set.error();
    const Result<DatasetPtr> d = prepareImages(*set, defaultRecipe(**set));
    if (!d) return d.error();
    std::string text = bytesText((*d)->classes) + bytesText((*d)->targets);
    for (std::int64_t r = 0; r < (*d)->count(); ++r)
      for (std::int64_t i = 0; i < (*d)->inputs.size(); ++i) text += numberText((*d)->inputs.raw(r, i)) + ' ';
    return text;
  };
  all.push_back({"images_npz", *makeZip({{"images.npy", npyOf("|u1", "(4, 3, 2)", data_test::ramp(24)), false}, {"labels.npy", npyOf("|u1", "(4,)", std::string("\0\1\0\1", 4)), true}}),
                 [dataset](const std::string& b) { return dataset(readImageBytes(b, "npz", "a.npz")); }});
  std::string cifar;
  for (int i = 0; i < 2; ++i) cifar += static_cast<char>(i) + data_test::ramp(3072);
  all.push_back({"cifar", cifar, [folder, dataset](const std::string& b) { return dataset(readImages(folder->write("data_batch_1.bin", b))); }, false});
  all.push_back({"safetensors", encodeSafetensors({{"a.weight", {2, 3}, {1, 2, 3, 4, 5, 6}}, {"a.bias", {3}, {7, 8, 9}}}), [](const std::string& b) -> Result<std::string> {
                   const auto tensors = decodeSafetensors(b, "w");
                   if (!tensors) return tensors.error();
                   std::string text;
                   for (const NamedTensor& t : *tensors) text += t.name + bytesText(t.values);
                   return text;
                 }});
  all.push_back({"json", R"({"nodes": [1, -2.5e3, "a\u00e9\n"], "deep": {"er": [true, null, {}]}})", [](const std::string& b) -> Result<std::string> {
                   const Result<nlohmann::json> j = parseStrict(b, "j");
                   if (!j) return j.error();
                   return j->dump();
                 }});
  all.push_back({"history", historyText(), [](const std::string& b) -> Result<std::string> {
                   const auto h = historyFromCsv(b, epochsToCsv({}, 0), "h");
                   if (!h) return h.error();
                   return batchesToCsv(**h, (*h)->batches.size());
                 },
                 false});
  GeneratorSettings g;
  g.size = 10;
  all.push_back({"embedded_table", encodeTable(**generate("gaussians", g)), [](const std::string& b) -> Result<std::string> {
                   const Result<DatasetPtr> d = decodeTable(b);
                   if (!d) return d.error();
                   return encodeTable(**d);
                 },
                 false});
  all.push_back({"project", projectBytes(), [folder](const std::string& b) -> Result<std::string> {
                   const Result<OpenedProject> p = openProject(folder->write("p.vitrine", b));
                   if (!p) return p.error();
                   return graphToJson(p->project.graph);
                 }});
  return all;
}

const std::vector<Format>& formats() {
  static const std::vector<Format> all = makeFormats();
  return all;
}

class DamagedFile : public testing::TestWithParam<std::size_t> {
 protected:
  /// Small files: nothing that they say can call for more than this.
  static constexpr std::size_t kMost = 8 << 20;
  const Format& format_ = formats()[GetParam()];
};

TEST_P(DamagedFile, CutOffAnywhere) {
  ASSERT_EQ(format_.name, kNames[GetParam()]);
  const Result<std::string> good = format_.read(format_.good);
  ASSERT_TRUE(good) << good.error().text();
  ASSERT_FALSE(good->empty());
  test::takeLargestAllocation();
  for (std::size_t n = 0; n < format_.good.size(); ++n) {
    const Result<std::string> r = format_.read(format_.good.substr(0, n));
    if (format_.whole) {
      ASSERT_FALSE(r) << "the first " << n << " of " << format_.good.size() << " bytes";
    }
    if (!r) {
      ASSERT_FALSE(r.error().text().empty()) << n;
    }
    ASSERT_LT(test::takeLargestAllocation(), kMost) << n << " bytes";
  }
}

TEST_P(DamagedFile, AnyBitOfItsBeginningFlipped) {
  const std::string good = *format_.read(format_.good);
  test::takeLargestAllocation();
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < 8 * std::min<std::size_t>(512, format_.good.size()); ++bit) {
    std::string bytes = format_.good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    const Result<std::string> r = format_.read(bytes);
    refused += !r;
    if (r && format_.checked) {
      ASSERT_EQ(*r, good) << "bit " << bit;
    }
    ASSERT_LT(test::takeLargestAllocation(), kMost) << "bit " << bit;
  }
  EXPECT_GT(refused, 0u);
}

INSTANTIATE_TEST_SUITE_P(Formats, DamagedFile, testing::Range(std::size_t{0}, std::size(kNames)),
                         [](const testing::TestParamInfo<std::size_t>& info) { return kNames[info.param]; });

TEST(DeepJson, StopsAtItsDeepestLevel) {
  EXPECT_TRUE(parseStrict(std::string(64, '[') + std::string(64, ']'), "j"));
  const std::string text(60'000'000, '[');
  test::takeLargestAllocation();
  const auto begun = std::chrono::steady_clock::now();
  const Result<nlohmann::json> j = parseStrict(text, "j");
  ASSERT_FALSE(j);
  EXPECT_NE(j.error().text().find("64 levels"), std::string::npos) << j.error().text();
  EXPECT_LT(test::takeLargestAllocation(), std::size_t{1} << 20);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(1));
  EXPECT_FALSE(parseStrict(std::string(65, '[') + std::string(65, ']'), "j"));
}

TEST(CsvSpectrum, EveryCellOfEveryFile) {
  const std::filesystem::path folder = std::filesystem::path(VITRINE_TEST_DATA) / "csv-spectrum";
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".csv") continue;
    ++files;
    SCOPED_TRACE(entry.path().filename().string());
    const std::string text = fileText(entry.path());
    nlohmann::json expected = nlohmann::json::parse(fileText(std::filesystem::path(entry.path()).replace_extension(".json")));
    if (expected.is_object()) expected = nlohmann::json::array({expected});  // one record
    CsvRecords records(text, detectSeparator(text));
    ASSERT_TRUE(records.next());
    const std::vector<std::string> names(records.fields().begin(), records.fields().end());
    for (const nlohmann::json& row : expected) {
      ASSERT_TRUE(records.next());
      ASSERT_EQ(records.fields().size(), row.size());
      for (std::size_t c = 0; c < names.size(); ++c) EXPECT_EQ(records.fields()[c], row.at(names[c]).get<std::string>());
    }
    EXPECT_FALSE(records.next());
    EXPECT_FALSE(records.error());
  }
  EXPECT_EQ(files, 12);
}

}  // namespace
}  // namespace vitrine
