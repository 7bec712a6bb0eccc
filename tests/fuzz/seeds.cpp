// Writes a first corpus for each target: fuzz_seeds FOLDER
#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "core/base/zip_archive.h"
#include "core/data/generators.h"
#include "core/data/open.h"
#include "core/io/history_csv.h"
#include "core/io/project.h"
#include "core/io/safetensors.h"
#include "core/model/templates.h"
#include "tests/support/projects.h"

namespace {

using namespace vitrine;
namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string gzip(const std::string& bytes) {
  z_stream z{};
  if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("zlib");
  std::string out(deflateBound(&z, bytes.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  (void)deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

std::string npy(const std::string& type, const std::string& shape, std::size_t bytes, bool fortran) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
  header.resize((header.size() + 10) / 64 * 64 + 53, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + std::string(bytes, '\7');
}

void idxSeeds(const fs::path& folder) {
  std::string images("\0\0\x08\x03\0\0\0\x03\0\0\0\x02\0\0\0\x02", 16), labels("\0\0\x08\x01\0\0\0\x03", 8);
  images += "abcdefghijkl", labels += std::string("\0\1\2", 3);
  write(folder / "images", images), write(folder / "labels", labels);
  write(folder / "images.gz", gzip(images)), write(folder / "labels.gz", gzip(labels));
}

void projectSeeds(const fs::path& folder) {
  GeneratorSettings g;
  g.size = 10;
  Project p;
  p.data = *generate("circles", g);
  p.graph = findTemplate("playground")->make(p.data->spec);
  write(folder / "json" / "graph", graphToJson(p.graph));
  fs::create_directories(folder / "project");
  (void)saveProject(folder / "project" / "fresh", p);
  Trainer trainer(1);
  (void)trainer.load(*Network::compile(p.graph, p.data->spec), p.data, p.settings);
  trainer.stepEpoch();
  trainer.waitIdle();
  const auto s = trainer.snapshots().get();
  p.state = s->state, p.history = s->history, p.batchPoints = s->batchPoints, p.epochPoints = s->epochPoints;
  (void)saveProject(folder / "project" / "trained", p);
  write(folder / "history" / "run", batchesToCsv(*s->history, s->batchPoints) + '\0' + epochsToCsv(*s->history, s->epochPoints));
  write(folder / "embedded" / "circles", encodeTable(*p.data));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: fuzz_seeds FOLDER\n", stderr), 2;
  const fs::path folder = argv[1];
  const std::string csv = "name,age,day,\"a \"\"place\"\"\"\nAda,36,2026-11-24,\"London, UK\"\nAlan,41.5,,\"two\nlines\"\nGrace,,2026-01-02,Arlington\n";
  const std::string semicolons = "\xEF\xBB\xBFx;y\r\n1.234,5;a\r\n-7,25;b\r\n";
  const std::string arff = "% made up\n@relation r\n@attribute size numeric\n@attribute kind {a, 'b c'}\n@attribute day date 'yyyy-MM-dd'\n@attribute s string\n@data\n"
                           "1.5,a,2026-11-24,'x y'\n?,'b c',?,z\n{0 7, 1 a}\n";
  write(folder / "csv" / "plain", csv), write(folder / "csv" / "semicolons", semicolons);
  write(folder / "arff" / "all", arff);
  write(folder / "table" / "csv", std::string(1, '\2') + csv), write(folder / "table" / "arff", std::string(1, '\1') + arff);
  idxSeeds(folder / "idx");
  const std::string floats = npy("<f4", "(3, 2)", 24, false), bytes = npy("|u1", "(2, 3, 2)", 12, true), halves = npy(">f2", "(2,)", 4, false), whole = npy("<i8", "()", 8, false);
  write(folder / "npy" / "floats", floats), write(folder / "npy" / "bytes", bytes), write(folder / "npy" / "halves", halves), write(folder / "npy" / "whole", whole);
  write(folder / "npz" / "two", *makeZip({{"x_train.npy", floats, false}, {"y_train.npy", whole, true}}));
  const std::string pixels = npy("|u1", "(4, 3, 2)", 24, false);
  std::string classes = npy("|u1", "(4,)", 4, false);
  classes[classes.size() - 1] = '\3';
  write(folder / "images" / "grey", *makeZip({{"images.npy", pixels, false}, {"labels.npy", classes, true}}));
  write(folder / "npz_file" / "images", *makeZip({{"images.npy", pixels, false}, {"labels.npy", classes, true}, {"mask.npy", floats, false}}));
  write(folder / "npz_file" / "table", *makeZip({{"x.npy", floats, false}, {"y.npy", npy("<i8", "(3L,)", 24, false), false}}));
  write(folder / "cifar" / "two", std::string(1, '\1') + std::string(3072, 'a') + std::string(1, '\2') + std::string(3072, 'b'));
  write(folder / "safetensors" / "two", encodeSafetensors({{"a.weight", {2, 3}, {1, 2, 3, 4, 5, 6}}, {"a.bias", {3}, {7, 8, 9}}}));
  write(folder / "json" / "values", R"({"nodes": [1, -2.5e3, "a\u00e9\n"], "deep": {"er": [true, null, {}]}})");
  projectSeeds(folder);
  // Small ones of every kind; data by path stay behind, so that these open without.
  const fs::path made = fs::temp_directory_path() / ("fuzz-seeds-" + std::to_string(getpid()));
  for (const test::KindOfProject& kind : test::everyKindOfProject(made))
    for (const char* target : {"views", "project"}) {
      if (fs::file_size(kind.project) > 100'000) continue;
      fs::create_directories(folder / target);
      fs::copy_file(kind.project, folder / target / kind.name, fs::copy_options::overwrite_existing);
    }
  fs::remove_all(made);
}
