// A project goes into its file and comes back the same; damaged files are refused in words.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <fstream>
#include <random>

#include "core/data/generators.h"
#include "core/data/open.h"
#include "core/io/project.h"
#include "core/base/zip_archive.h"
#include "core/model/templates.h"
#include "tests/core/data_helpers.h"

namespace vitrine {
namespace {

using data_test::Folder;

std::string bytesOf(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Trained for some epochs on a few points of the plane.
Project smallProject(std::int64_t epochs, const char* optimiser = "adam") {
  GeneratorSettings g;
  g.size = 40;
  Project p;
  p.data = *generate("circles", g);
  p.graph = findTemplate("playground")->make(p.data->spec);
  p.settings.optimiser.id = optimiser;
  p.settings.batch = 7;
  p.settings.seed = 12345678901234567890ULL;
  p.pinned = {3, 1};
  p.views = {{"outerSplitter", "AAAA/w=="}, {"hidden", "panelLoss"}};
  Trainer trainer(1);
  EXPECT_TRUE(trainer.load(*Network::compile(p.graph, p.data->spec), p.data, p.settings));
  for (std::int64_t e = 0; e < epochs; ++e) {
    trainer.stepEpoch();
    trainer.waitIdle();
  }
  trainer.stepBatch();  // in the middle of an epoch
  trainer.waitIdle();
  const auto s = trainer.snapshots().get();
  p.state = s->state;
  p.history = s->history;
  p.batchPoints = s->batchPoints;
  p.epochPoints = s->epochPoints;
  return p;
}

std::shared_ptr<const Snapshot> goOn(const Project& p, int threads) {
  Trainer trainer(threads);
  EXPECT_TRUE(trainer.load(*Network::compile(p.graph, p.data->spec), p.data, p.settings, p.state, std::const_pointer_cast<History>(p.history)));
  for (int e = 0; e < 2; ++e) {
    trainer.stepEpoch();
    trainer.waitIdle();
  }
  return trainer.snapshots().get();
}

class EveryOptimiser : public testing::TestWithParam<std::string> {};

TEST_P(EveryOptimiser, GoesOnFromTheFileWithTheSameBits) {
  const Folder folder;
  const std::filesystem::path file = folder.path() / "run.vitrine";
  const Project p = smallProject(3, GetParam().c_str());
  ASSERT_TRUE(saveProject(file, p));
  const Result<OpenedProject> opened = openProject(file);
  ASSERT_TRUE(opened) << opened.error().text();
  EXPECT_TRUE(opened->warnings.empty());
  const Project& q = opened->project;
  EXPECT_EQ(q.graph, p.graph);
  EXPECT_EQ(q.settings, p.settings);
  EXPECT_EQ(q.pinned, p.pinned);
  EXPECT_EQ(q.views, p.views);
  EXPECT_EQ(q.data->spec, p.data->spec);
  EXPECT_EQ(q.data->train, p.data->train);
  ASSERT_EQ(q.batchPoints, p.batchPoints);
  for (std::size_t i = 0; i < p.batchPoints; ++i) EXPECT_EQ(q.history->batches[i].loss, p.history->batches[i].loss);
  for (std::size_t i = 0; i < p.epochPoints; ++i) EXPECT_EQ(q.history->epochs[i].confusion, p.history->epochs[i].confusion);

  const auto a = goOn(p, 2), b = goOn(q, 1);
  ASSERT_EQ(a->state->params.size(), b->state->params.size());
  EXPECT_EQ(0, std::memcmp(a->state->params.data(), b->state->params.data(), a->state->params.size() * sizeof(Real)));
  EXPECT_EQ(a->history->batches[a->batchPoints - 1].loss, b->history->batches[b->batchPoints - 1].loss);
}

std::vector<std::string> optimisers() {
  std::vector<std::string> ids;
  for (const OptimiserSpec& s : optimiserRegistry()) ids.push_back(s.id);
  return ids;
}
INSTANTIATE_TEST_SUITE_P(Project, EveryOptimiser, testing::ValuesIn(optimisers()), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
});

TEST(Project, CutAtAnyByteIsRefused) {
  const Folder folder;
  ASSERT_TRUE(saveProject(folder.path() / "whole.vitrine", smallProject(0)));
  const std::string whole = bytesOf(folder.path() / "whole.vitrine");
  for (std::size_t n = 0; n < whole.size(); n += n < 200 || n + 400 > whole.size() ? 1 : 23) {
    const Result<OpenedProject> opened = openProject(folder.write("cut.vitrine", whole.substr(0, n)));
    ASSERT_FALSE(opened) << n << " of " << whole.size() << " bytes";
    EXPECT_NE(opened.error().text().find("cut.vitrine"), std::string::npos) << opened.error().text();
  }
}

TEST(Project, FlippedBitsAreRefusedOrHarmless) {
  const Folder folder;
  ASSERT_TRUE(saveProject(folder.path() / "whole.vitrine", smallProject(0)));
  const std::string whole = bytesOf(folder.path() / "whole.vitrine");
  const unsigned seed = std::random_device{}();
  std::mt19937 rng(seed);
  int refused = 0;
  for (int i = 0; i < 600; ++i) {
    std::string bent = whole;
    const std::size_t bit = rng() % (8 * bent.size());
    bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ (1 << bit % 8));
    const Result<OpenedProject> opened = openProject(folder.write("bent.vitrine", bent));
    refused += !opened;
    if (opened) {
      const Project& p = opened->project;
      const DatasetPtr known = p.data ? p.data : p.file->missing->standIn;
      EXPECT_TRUE(known && Network::compile(p.graph, known->spec)) << "seed " << seed << ", bit " << bit;
    }
  }
  EXPECT_GT(refused, 450) << "seed " << seed;
}

/// The project file with its project.json changed by `edit`.
std::filesystem::path withJson(const Folder& folder, const std::function<void(std::string&)>& edit) {
  EXPECT_TRUE(saveProject(folder.path() / "good.vitrine", smallProject(0)));
  const std::vector<std::string> names{"mimetype", "project.json", "weights/network.safetensors", "weights/optimiser.safetensors",
                                       "history.csv", "epochs.csv", "data/table.csv"};
  const auto files = readZip(bytesOf(folder.path() / "good.vitrine"), names, "good");
  std::vector<ZipEntry> entries;
  for (const std::string& name : names) {
    std::string bytes = files->at(name);
    if (name == "project.json") edit(bytes);
    entries.push_back({name, bytes, name == "mimetype"});
  }
  return folder.write("edited.vitrine", *makeZip(entries));
}

TEST(Project, FaultsInTheTextNameTheirPlace) {
  struct Fault {
    const char *from, *to, *said;
  };
  for (const Fault& f : {Fault{"\"rate\":", "\"rate\": 1, \"rate\":", "rate"}, Fault{"\"batch\": 7", "\"batch\": -7", "batch"},
                         Fault{"\"batch\": 7", "\"batch\": \"7\"", "batch"}, Fault{"\"adam\"", "\"madam\"", "optimiser"},
                         Fault{"\"dense\"", "\"thick\"", "thick"}, Fault{"\"pinned\"", "\"pinned", "project.json"}}) {
    const Folder folder;
    bool found = false;
    const auto file = withJson(folder, [&](std::string& json) {
      std::size_t at = json.find(f.from);
      std::string from = f.from;
      if (at == std::string::npos) {  // written without blanks
        from.erase(std::remove(from.begin(), from.end(), ' '), from.end());
        at = json.find(from);
      }
      found = at != std::string::npos;
      if (found) json.replace(at, from.size(), f.to);
    });
    ASSERT_TRUE(found) << f.from;
    const Result<OpenedProject> opened = openProject(file);
    ASSERT_FALSE(opened) << f.to;
    EXPECT_NE(opened.error().text().find(f.said), std::string::npos) << opened.error().text();
    EXPECT_NE(opened.error().text().find("edited.vitrine"), std::string::npos) << opened.error().text();
  }
}

TEST(Project, DataByPathAreMissedAndCheckedInWords) {
  const Folder folder;
  std::vector<int> labels;
  for (int i = 0; i < 20; ++i) labels.push_back(i % 2);
  folder.write("train-images-idx3-ubyte", data_test::idxImages(20, 8, 8, data_test::ramp(20 * 64)));
  folder.write("train-labels-idx1-ubyte", data_test::idxLabels(labels));
  Project p;
  const Result<DatasetPtr> data = openData(folder.path() / "train-images-idx3-ubyte");
  ASSERT_TRUE(data) << data.error().text();
  p.data = *data;
  p.graph = defaultTemplate(p.data->spec).make(p.data->spec);
  const std::filesystem::path file = folder.path() / "images.vitrine";
  ASSERT_TRUE(saveProject(file, p));
  {
    const Result<OpenedProject> opened = openProject(file);
    ASSERT_TRUE(opened) << opened.error().text();
    ASSERT_TRUE(opened->project.data);
    EXPECT_EQ(opened->project.data->train, p.data->train);
  }
  // Other pictures under the same name are not taken for the data it was trained with.
  folder.write("train-images-idx3-ubyte", data_test::idxImages(20, 8, 8, std::string(20 * 64, 'x')));
  for (const bool gone : {false, true}) {
    if (gone) std::filesystem::remove(folder.path() / "train-images-idx3-ubyte");
    const Result<OpenedProject> opened = openProject(file);
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ(opened->project.data, nullptr);
    EXPECT_EQ(opened->project.graph, p.graph);
    ASSERT_EQ(opened->warnings.size(), 1u);
    EXPECT_NE(opened->warnings[0].find("train-images-idx3-ubyte"), std::string::npos) << opened->warnings[0];
  }
}

}  // namespace
}  // namespace vitrine
