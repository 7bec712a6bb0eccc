// Projects whose data are gone, moved, changed or found again: nothing that was learnt is lost.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <fstream>
#include <random>
#include <nlohmann/json.hpp>

#include "tests/core/data_helpers.h"
#include "tests/support/allocations.h"
#include "tests/support/projects.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;
using data_test::Folder;
using nlohmann::json;
using Entries = std::map<std::string, std::string>;

Entries entriesOf(const fs::path& path) {
  const Result<Entries> entries = readZipFile(path, "a project");
  EXPECT_TRUE(entries) << (entries ? "" : entries.error().text());
  return entries ? *entries : Entries{};
}

void pack(const fs::path& path, const Entries& entries) {
  std::vector<ZipEntry> list{{"mimetype", entries.at("mimetype"), true}};
  for (const auto& [name, bytes] : entries)
    if (name != "mimetype") list.push_back({name, bytes, false});
  test::writeFile(path, *makeZip(list));
}

void editJson(const fs::path& path, const std::function<void(json&)>& edit) {
  Entries entries = entriesOf(path);
  json root = json::parse(entries.at("project.json"));
  edit(root);
  entries["project.json"] = root.dump();
  pack(path, entries);
}

/// Trained pictures of IDX, in work/data and work/projects.
struct Trained {
  Folder folder{"work"};
  fs::path data = folder.path() / "data", file = folder.path() / "projects" / "p.vitrine";
  Project project;
  Trained() {
    const std::string head("\0\0\x08\x03\0\0\0\x28\0\0\0\x08\0\0\0\x08", 16), labels("\0\0\x08\x01\0\0\0\x28", 8);
    test::writeFile(data / "train-images-idx3-ubyte", head + test::halves(40));
    test::writeFile(data / "train-labels-idx1-ubyte", labels + test::halvesLabels(40));
    project = test::projectOn(*openData(data / "train-images-idx3-ubyte"), true);
    fs::create_directories(file.parent_path());
    EXPECT_TRUE(saveProject(file, project, "picture"));
    EXPECT_GT(project.pinned.size(), 0u);
  }
};

Project opened(const fs::path& file) {
  Result<OpenedProject> result = openProject(file);
  EXPECT_TRUE(result) << (result ? "" : result.error().text());
  return result ? std::move(result->project) : Project{};
}

void expectSameRun(const Project& a, const Project& b) {
  ASSERT_TRUE(a.state && b.state && a.history && b.history);
  EXPECT_EQ(a.state->step, b.state->step);
  ASSERT_EQ(a.state->params.size(), b.state->params.size());
  EXPECT_EQ(0, std::memcmp(a.state->params.data(), b.state->params.data(), a.state->params.size() * sizeof(Real)));
  EXPECT_EQ(a.state->optimiser.vectors.size(), b.state->optimiser.vectors.size());
  ASSERT_EQ(a.batchPoints, b.batchPoints);
  ASSERT_EQ(a.epochPoints, b.epochPoints);
  EXPECT_EQ(a.history->batches[a.batchPoints - 1].loss, b.history->batches[b.batchPoints - 1].loss);
}

TEST(MissingData, TheRestOpensAndSavingKeepsAllOfIt) {
  const Trained t;
  fs::remove_all(t.data);
  const Project p = opened(t.file);
  EXPECT_EQ(p.data, nullptr);
  ASSERT_TRUE(p.file && p.file->missing && p.file->missing->standIn);
  EXPECT_EQ(p.file->missing->standIn->spec, t.project.data->spec);
  EXPECT_EQ(p.file->missing->standIn->count(), 0);
  EXPECT_EQ(p.pinned, t.project.pinned);
  expectSameRun(p, t.project);

  const Entries before = entriesOf(t.file);
  Project again = p;
  for (const bool readable : {true, false}) {  // written from what was read, and carried over
    if (!readable) again.state = nullptr, again.history = nullptr;
    ASSERT_TRUE(saveProject(t.file, again));
    EXPECT_EQ(entriesOf(t.file), before) << readable;
  }
}

TEST(MissingData, SavedElsewhereTheyAreStillNamed) {
  const Trained t;
  const fs::path away = t.folder.path().parent_path() / "away";
  fs::rename(t.data, away);
  const fs::path copy = t.folder.path() / "deeper" / "still" / "copy.vitrine";
  fs::create_directories(copy.parent_path());
  ASSERT_TRUE(saveProject(copy, opened(t.file)));
  const json source = json::parse(entriesOf(copy).at("project.json")).at("data").at("source");
  EXPECT_EQ(source.at("sha256"), json::parse(entriesOf(t.file).at("project.json")).at("data").at("source").at("sha256"));
  EXPECT_EQ(opened(copy).data, nullptr);
  fs::rename(away, t.data);
  const Project back = opened(copy);
  ASSERT_NE(back.data, nullptr);
  EXPECT_EQ(back.data->train, t.project.data->train);
  expectSameRun(back, t.project);
}

TEST(MissingData, ProjectAndDataMovedTogetherJustOpen) {
  const Trained t;
  const fs::path other = t.folder.path().parent_path() / "elsewhere";
  fs::rename(t.folder.path(), other);
  const fs::path file = other / "projects" / "p.vitrine";
  const Project p = opened(file);
  ASSERT_NE(p.data, nullptr);
  expectSameRun(p, t.project);
  // Beside the project by name; what is not the same file is not taken for it.
  for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}) fs::rename(other / "data" / name, other / "projects" / name);
  EXPECT_NE(opened(file).data, nullptr);
  const std::string head("\0\0\x08\x03\0\0\0\x28\0\0\0\x08\0\0\0\x08", 16);
  test::writeFile(other / "projects" / "train-images-idx3-ubyte", head + std::string(40 * 64, 'x'));
  const Project changed = opened(file);
  EXPECT_EQ(changed.data, nullptr);
  ASSERT_TRUE(changed.file->missing);
  EXPECT_EQ(changed.file->missing->changed.filename(), "train-images-idx3-ubyte");
  expectSameRun(changed, t.project);
  // The project alone moved: the absolute path.
  fs::rename(other, t.folder.path());
  test::writeFile(t.data / "train-images-idx3-ubyte", head + test::halves(40));
  fs::rename(t.folder.path() / "projects" / "train-labels-idx1-ubyte", t.data / "train-labels-idx1-ubyte");
  const fs::path far = t.folder.path().parent_path() / "a" / "b" / "p.vitrine";
  fs::create_directories(far.parent_path());
  fs::rename(t.file, far);
  EXPECT_NE(opened(far).data, nullptr);
}

TEST(MissingData, AChosenFileIsCheckedByItsContent) {
  const Trained t;
  const fs::path away = t.folder.path() / "away";
  fs::rename(t.data, away);
  const Project p = opened(t.file);
  ASSERT_TRUE(p.file && p.file->missing);
  const Result<LocatedData> same = locateData(*p.file, away / "train-images-idx3-ubyte");
  ASSERT_TRUE(same) << same.error().text();
  EXPECT_FALSE(same->other);
  expectSameRun(same->project, t.project);
  EXPECT_EQ(same->project.pinned, t.project.pinned);
  EXPECT_FALSE(same->project.file->missing);

  const std::string head("\0\0\x08\x03\0\0\0\x28\0\0\0\x08\0\0\0\x08", 16);
  test::writeFile(away / "train-images-idx3-ubyte", head + std::string(40 * 64, 'x'));
  const Result<LocatedData> other = locateData(*p.file, away / "train-images-idx3-ubyte");
  ASSERT_TRUE(other) << other.error().text();
  EXPECT_TRUE(other->other);
  expectSameRun(other->project, t.project);

  test::writeFile(away / "t.csv", test::classesCsv(30));
  for (const char* name : {"t.csv", "nothing"}) {
    const Result<LocatedData> unfit = locateData(*p.file, away / name);
    ASSERT_FALSE(unfit) << name;
    EXPECT_NE(unfit.error().text().find(name), std::string::npos) << unfit.error().text();
  }
}

TEST(MissingData, OlderProjectsTellByTheirWeightsWhatTheDataWere) {
  const Folder folder;
  for (const test::KindOfProject& kind : test::everyKindOfProject(folder.path())) {
    if (kind.data.empty() || kind.name.find("trained") == std::string::npos) continue;
    SCOPED_TRACE(kind.name);
    DataSpec spec;
    editJson(kind.project, [&](json& root) {
      root.at("data").erase("spec");
      root.at("data").erase("absolute");
    });
    const Project whole = opened(kind.project);
    ASSERT_NE(whole.data, nullptr);
    fs::rename(kind.data, kind.data.string() + "-gone");
    const Project p = opened(kind.project);
    fs::rename(kind.data.string() + "-gone", kind.data);
    ASSERT_TRUE(p.file && p.file->missing && p.file->missing->standIn);
    EXPECT_EQ(p.file->missing->standIn->spec.outputs, whole.data->spec.outputs);
    EXPECT_EQ(p.file->missing->standIn->spec.task, whole.data->spec.task);
    EXPECT_EQ(p.file->missing->standIn->spec.input.rank(), whole.data->spec.input.rank());
    expectSameRun(p, whole);
  }
}

TEST(MissingData, WeightsThatCannotBeReadWaitForTheirNetwork) {
  const Trained t;
  fs::remove_all(t.data);
  // Neither told nor to be guessed: weights that no size of a picture fits.
  Entries entries = entriesOf(t.file);
  json root = json::parse(entries.at("project.json"));
  root.at("data").erase("spec");
  for (json& node : root.at("graph").at("nodes"))
    if (node.at("type") == "output") node.at("params")["loss"] = "mse";
  entries["project.json"] = root.dump();
  entries.erase("weights/network.safetensors");
  entries["weights/later.safetensors"] = "unknown";
  pack(t.file, entries);
  Project p = opened(t.file);
  ASSERT_TRUE(p.file && p.file->missing);
  EXPECT_EQ(p.file->missing->standIn, nullptr);
  // The network is edited meanwhile, and another optimiser chosen.
  const Graph before = p.graph;
  p.graph = removeNodes(p.graph, {p.graph.nodes.back().id});
  p.settings.optimiser = {"sgd", {}};
  ASSERT_TRUE(saveProject(t.file, p));
  const Entries after = entriesOf(t.file);
  for (const auto& [name, bytes] : entries)
    if (name != "project.json") {
      EXPECT_EQ(after.at(name), bytes) << name;
    }
  const json run = json::parse(after.at("project.json")).at("run");
  EXPECT_EQ(run.at("graph"), root.at("graph"));
  EXPECT_EQ(run.at("optimiser"), "adam");
}

TEST(Project, AFaultyNetworkKeepsWhatWasLearnt) {
  Trained t;
  Project p = t.project;
  p.runGraph = p.graph;
  const Node last = p.graph.nodes.back();
  p.graph = disconnect(p.graph, {p.graph.inputsOf(last.id)[0], last.id, 0});
  ASSERT_TRUE(saveProject(t.file, p));
  const Project q = opened(t.file);
  EXPECT_EQ(q.graph, p.graph);
  ASSERT_TRUE(q.runGraph);
  EXPECT_EQ(*q.runGraph, t.project.graph);
  expectSameRun(q, t.project);
  // Saved with weights of another network than the one drawn, which is whole: those that fit.
  p.graph = t.project.graph;
  for (const Node& n : t.project.graph.nodes)
    if (n.type == "dense") p.graph = *setParam(p.graph, n.id, "units", std::int64_t{n.id == t.project.graph.nodes[t.project.graph.nodes.size() - 2].id ? 2 : 9});
  ASSERT_TRUE(saveProject(t.file, p));
  const Project moved = opened(t.file);
  ASSERT_TRUE(moved.state);
  EXPECT_FALSE(moved.runGraph);
  EXPECT_EQ(static_cast<std::int64_t>(moved.state->params.size()), (*Network::compile(moved.graph, moved.data->spec))->parameterCount());
}

TEST(Project, WhatANewerProgramAddedStays) {
  Trained t;
  Entries entries = entriesOf(t.file);
  json root = json::parse(entries.at("project.json"));
  root["notes"] = {{"text", "mine"}};
  entries["project.json"] = root.dump();
  entries["notes/scan.bin"] = std::string("\0\1\2", 3);
  pack(t.file, entries);
  Project p = opened(t.file);
  ASSERT_NE(p.data, nullptr);
  p.settings.rate = 0.25;
  ASSERT_TRUE(saveProject(t.file, p));
  const Entries after = entriesOf(t.file);
  EXPECT_EQ(after.at("notes/scan.bin"), entries.at("notes/scan.bin"));
  EXPECT_EQ(after.at("thumbnail.png"), "picture");
  EXPECT_EQ(json::parse(after.at("project.json")).at("notes"), root.at("notes"));
  EXPECT_EQ(json::parse(after.at("project.json")).at("settings").at("rate"), 0.25);
}

TEST(Project, LengthsAreHeldAgainstWhatTheyBelongTo) {
  const Folder folder;
  test::writeFile(folder.path() / "t.csv", test::classesCsv(60));
  const fs::path good = folder.path() / "good.vitrine", file = folder.path() / "bad.vitrine";
  ASSERT_TRUE(saveProject(good, test::projectOn(*openData(folder.path() / "t.csv"), true)));
  const Entries entries = entriesOf(good);
  const auto refused = [&](const std::string& entry, const std::function<void(std::string&)>& edit, const std::string& says) {
    Entries bad = entries;
    edit(bad.at(entry));
    ASSERT_NE(bad.at(entry), entries.at(entry)) << entry << ": " << says;
    pack(file, bad);
    const Result<OpenedProject> result = openProject(file);
    ASSERT_FALSE(result) << entry << ": " << says;
    EXPECT_NE(result.error().text().find(says), std::string::npos) << result.error().text();
    EXPECT_NE(result.error().text().find("bad.vitrine"), std::string::npos) << result.error().text();
  };
  const auto cell = [](int line, int column, const std::string& text) {
    return [=](std::string& csv) {
      std::size_t at = 0;
      for (int l = 1; l < line; ++l) at = csv.find('\n', at) + 1;
      for (int c = 1; c < column; ++c) at = csv.find(',', at) + 1;
      csv.replace(at, csv.find_first_of(",\n", at) - at, text);
    };
  };
  refused("epochs.csv", cell(2, 8, "1 2 3"), "9, for 3 classes");
  refused("epochs.csv", cell(3, 8, "0 0 0 0 0 0 0 0 0 0"), "9, for 3 classes");
  refused("epochs.csv", cell(2, 8, "0 0 0 0 -1 0 0 0 0"), "a count");
  refused("epochs.csv", cell(2, 1, "-1"), "a count");
  refused("history.csv", cell(2, 2, "nan"), "a number");
  refused("history.csv", cell(2, 2, ""), "a number");
  refused("history.csv", cell(2, 2, "inf"), "a number");
  refused("history.csv", cell(3, 1, "-5"), "a count");
  const auto inJson = [](const std::function<void(json&)>& edit) {
    return [=](std::string& text) {
      json root = json::parse(text);
      edit(root);
      text = root.dump();
    };
  };
  refused("project.json", inJson([](json& j) { j.at("run").at("slots") = 1; }), "slots");
  refused("project.json", inJson([](json& j) { j.at("run").at("position") = 1000; }), "position");
  refused("project.json", inJson([](json& j) { j.at("run").at("seconds") = -1; }), "negative");
  refused("project.json", inJson([](json& j) { j.at("pinned") = std::vector<int>(2000, 1); }), "pinned");
  refused("project.json", inJson([](json& j) { j.at("views")["hidden"] = 3; }), "views");
  refused("weights/network.safetensors", [](std::string& b) { b.replace(b.find("\"shape\":[3]"), 11, "\"shape\":[4]"); }, "network.safetensors");
}

TEST(Project, WhatIsNoProjectIsRefusedAtOnce) {
  const Folder folder;
  const fs::path sparse = folder.path() / "sparse.vitrine", pipe = folder.path() / "pipe.vitrine";
  std::ofstream(sparse, std::ios::binary) << "PK\x03\x04";
  fs::resize_file(sparse, 3'900'000'000ULL);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  fs::create_directories(folder.path() / "folder.vitrine");
  test::takeLargestAllocation();
  for (const auto& [name, says] : {std::pair{"sparse.vitrine", "ZIP"}, std::pair{"pipe.vitrine", "device or pipe"}, std::pair{"folder.vitrine", "a folder"},
                                   std::pair{"none.vitrine", "No such file"}}) {
    const Result<OpenedProject> result = openProject(folder.path() / name);
    ASSERT_FALSE(result) << name;
    EXPECT_NE(result.error().text().find(says), std::string::npos) << result.error().text();
    EXPECT_NE(result.error().text().find(name), std::string::npos) << result.error().text();
  }
  const Result<OpenedProject> device = openProject("/dev/zero");
  ASSERT_FALSE(device);
  EXPECT_NE(device.error().text().find("device or pipe"), std::string::npos) << device.error().text();
  EXPECT_LT(test::takeLargestAllocation(), std::size_t{64} << 20);  // none of it was read whole
}

TEST(Project, EntriesAreCappedTogether) {
  const Folder folder;
  // Five entries that say they unpack to almost 1 GiB each, which each of them may.
  std::mt19937 random(1);
  std::string noise(1'200'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  std::vector<ZipEntry> entries;
  for (int i = 0; i < 5; ++i) entries.push_back({"e" + std::to_string(i), noise, false});
  std::string bytes = *makeZip(entries);
  const auto patch = [&](const std::string& magic, std::size_t at) {
    for (std::size_t p = bytes.find(magic); p != std::string::npos; p = bytes.find(magic, p + 4)) bytes.replace(p + at, 4, std::string("\xf0\xff\xff\x3f", 4));
  };
  patch("PK\x03\x04", 22);
  patch("PK\x01\x02", 24);
  const Result<OpenedProject> result = openProject(folder.write("bomb.vitrine", bytes));
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().text().find("5119 MiB"), std::string::npos) << result.error().text();
  EXPECT_NE(result.error().text().find("together"), std::string::npos) << result.error().text();
}

}  // namespace
}  // namespace vitrine
