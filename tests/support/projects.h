// Projects of every kind of data, small, trained or not. Without GoogleTest: the fuzzers begin with them too.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/zip_archive.h"
#include "core/data/generators.h"
#include "core/data/image_set.h"
#include "core/data/open.h"
#include "core/io/project.h"
#include "core/model/templates.h"

namespace vitrine::test {

struct KindOfProject {
  std::string name;
  std::filesystem::path project;
  std::filesystem::path data;  ///< what it names by path; empty: nothing
};

inline void writeFile(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

template <class T>
T orThrow(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text());
  return std::move(result).value();
}

/// `rows` of three numbers and one of three classes.
inline std::string classesCsv(int rows) {
  static const char* const kNames[] = {"red", "tan", "sky"};
  std::string csv = "a,b,c,kind\n";
  for (int i = 0; i < rows; ++i) {
    const int k = i % 3;
    csv += std::to_string(k + i % 7 * 0.125) + ',' + std::to_string(2 - k + i % 5 * 0.25) + ',' + std::to_string(i % 11 * 0.5) + ',' + kNames[k] + '\n';
  }
  return csv;
}

inline std::string npyBytesOf(const std::string& type, const std::string& shape, const std::string& values) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(118) + '\0' + header + '\n' + values;
}

/// Pictures of 8 × 8 whose class is which half is bright, and their classes.
inline std::string halves(int n) {
  std::string pixels;
  for (int i = 0; i < n; ++i)
    for (int p = 0; p < 64; ++p) pixels += static_cast<char>((p / 32 == i % 2 ? 200 : 20) + (p * 7 + i * 13) % 40);
  return pixels;
}

inline std::string halvesLabels(int n) {
  std::string labels;
  for (int i = 0; i < n; ++i) labels += static_cast<char>(i % 2);
  return labels;
}

/// A network as the window would make it for these data; trained for two epochs and a batch, or not at all.
inline Project projectOn(DatasetPtr data, bool trained, const char* optimiser = "adam") {
  Project p;
  p.data = std::move(data);
  p.graph = defaultTemplate(p.data->spec).make(p.data->spec);
  p.settings.optimiser.id = optimiser;
  const bool large = p.data->train.size() > 5000;
  p.settings.batch = large ? 512 : 8;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, p.data->validation.size()); ++i) p.pinned.push_back(p.data->validation[i]);
  if (!trained) return p;
  Trainer trainer(1);
  trainer.load(orThrow(Network::compile(p.graph, p.data->spec)), p.data, p.settings);
  for (int e = 0; e < (large ? 1 : 2); ++e) {
    trainer.stepEpoch();
    trainer.waitIdle();  // commands in one go are carried out in one go
  }
  trainer.stepBatch();
  trainer.waitIdle();
  const auto s = trainer.snapshots().get();
  p.state = s->state;
  p.history = s->history;
  p.batchPoints = s->batchPoints;
  p.epochPoints = s->epochPoints;
  return p;
}

/// Every kind of data under `folder`, each with its project, trained and not; the last has no data. A folder of pictures is among them
/// where a decoder is set.
inline std::vector<KindOfProject> everyKindOfProject(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<KindOfProject> all;
  const auto add = [&](const std::string& name, const DatasetPtr& data, const fs::path& source = {}) {
    for (const bool trained : {true, false}) {
      const fs::path path = folder / (name + (trained ? "-trained.vitrine" : "-fresh.vitrine"));
      if (const Status s = saveProject(path, projectOn(data, trained), "thumbnail"); !s) throw std::runtime_error(s.error().text());
      all.push_back({path.stem().string(), path, source});
    }
  };
  writeFile(folder / "small.csv", classesCsv(60));
  add("table-embedded", orThrow(openData(folder / "small.csv")));
  writeFile(folder / "large.csv", classesCsv(45000));  // more than goes into a project
  add("table-by-path", orThrow(openData(folder / "large.csv")), folder / "large.csv");

  const auto word = [](int v) { return std::string("\0\0\0", 3) + static_cast<char>(v); };
  writeFile(folder / "train-images-idx3-ubyte", word(0).substr(0, 2) + "\x08\x03" + word(40) + word(8) + word(8) + halves(40));
  writeFile(folder / "train-labels-idx1-ubyte", word(0).substr(0, 2) + "\x08\x01" + word(40) + halvesLabels(40));
  add("idx", orThrow(openData(folder / "train-images-idx3-ubyte")), folder / "train-images-idx3-ubyte");

  const std::string npz = orThrow(makeZip({{"images.npy", npyBytesOf("|u1", "(40, 8, 8)", halves(40)), true}, {"labels.npy", npyBytesOf("|u1", "(40,)", halvesLabels(40)), true}}));
  writeFile(folder / "small.npz", npz);
  add("npz-embedded", orThrow(openData(folder / "small.npz")));
  const int many = 20000;
  writeFile(folder / "large.npz", orThrow(makeZip({{"images.npy", npyBytesOf("|u1", "(" + std::to_string(many) + ", 8, 8)", halves(many)), true},
                                                   {"labels.npy", npyBytesOf("|u1", "(" + std::to_string(many) + ",)", halvesLabels(many)), true}})));
  add("npz-by-path", orThrow(openData(folder / "large.npz")), folder / "large.npz");

  if (imageDecoder()) {
    for (int i = 0; i < 24; ++i)
      writeFile(folder / "pictures" / (i % 2 ? "up" : "down") / (std::to_string(i) + ".pgm"), "P5\n8 8\n255\n" + halves(i + 1).substr(static_cast<std::size_t>(i) * 64));
    add("folder", orThrow(openData(folder / "pictures")), folder / "pictures");
  }

  GeneratorSettings g;
  g.size = 60;
  add("generator", orThrow(generate("spirals", g)));

  std::string series = "day,level\n";
  for (int i = 0; i < 90; ++i) series += std::to_string(i) + ',' + std::to_string(50 + i % 12 * 4) + '\n';
  writeFile(folder / "series.csv", series);
  TableFile table = orThrow(readTableFile(folder / "series.csv"));
  table.recipe.columns[0].role = Role::Time;
  table.recipe.series = {"windows", 10, 1, 1};
  table.recipe.split.mode = "time";
  table.recipe.task = Task::Regression;
  add("series", orThrow(prepareFile(table, table.recipe)));

  Project none;
  none.graph = addNode(addNode(Graph(), "input", {0, 0}), "output", {300, 0});
  if (const Status s = saveProject(folder / "no-data.vitrine", none, "thumbnail"); !s) throw std::runtime_error(s.error().text());
  all.push_back({"no-data", folder / "no-data.vitrine", {}});
  return all;
}

}  // namespace vitrine::test
