// Projects in the window: with parts of them missing, with data to be located, replaced by another program.
#include <gtest/gtest.h>

#include <QFileDialog>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QToolButton>
#include <nlohmann/json.hpp>

#include "app/image_decoder.h"
#include "tests/app/app_bench.h"
#include "tests/support/projects.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;
using test::AppBench;
using test::KindOfProject;
using Entries = std::map<std::string, std::string>;

/// Every kind of project, made once for all tests here.
struct Kinds {
  QTemporaryDir folder;
  std::vector<KindOfProject> all;
  Kinds() {
    installImageDecoder();
    all = test::everyKindOfProject(folder.path().toStdString());
  }
  const KindOfProject& named(const std::string& name) const {
    for (const KindOfProject& k : all)
      if (k.name == name) return k;
    throw std::runtime_error("no kind " + name);
  }
};
const Kinds& kinds() {
  static const Kinds made;
  return made;
}

constexpr const char* kNames[] = {"table-embedded-trained", "table-embedded-fresh", "table-by-path-trained", "table-by-path-fresh", "idx-trained", "idx-fresh",
                                  "npz-embedded-trained", "npz-embedded-fresh", "npz-by-path-trained", "npz-by-path-fresh", "folder-trained", "folder-fresh",
                                  "generator-trained", "generator-fresh", "series-trained", "series-fresh", "no-data"};

void pack(const fs::path& path, const Entries& entries) {
  std::vector<ZipEntry> list;
  if (entries.count("mimetype")) list.push_back({"mimetype", entries.at("mimetype"), true});
  for (const auto& [name, bytes] : entries)
    if (name != "mimetype") list.push_back({name, bytes, false});
  test::writeFile(path, *makeZip(list));
}

Entries entriesOf(const fs::path& path) {
  const Result<Entries> entries = readZipFile(path, "a project");
  EXPECT_TRUE(entries) << path;
  return entries ? *entries : Entries{};
}

bool barSeen(AppBench& b) { return b.find<QFrame>("missingBar")->isVisible(); }
QString barText(AppBench& b) { return b.find<QLabel>("missingText")->text(); }

/// True: opened; false: refused, and said why.
bool open(AppBench& b, const fs::path& path) {
  if (auto* dismiss = b.window.findChild<QToolButton*>(QStringLiteral("messageDismiss"))) dismiss->click();
  b.document.newProject();
  b.document.openProject(QString::fromStdString(path.string()));
  EXPECT_TRUE(b.waitFor([&] { return !b.document.isBusy(); })) << path;
  return !b.document.path().isEmpty();
}

void lookEverywhere(AppBench& b) {
  for (const int w : {MainWindow::Data, MainWindow::Explain, MainWindow::Train}) {
    b.window.setWorkspace(w);
    QTest::qWait(15);
    (void)b.window.grab();
  }
}

class EveryKind : public testing::TestWithParam<const char*> {};

TEST_P(EveryKind, OpensOrSaysWhyWithAnyPartMissing) {
  const KindOfProject& kind = kinds().named(GetParam());
  const Entries whole = entriesOf(kind.project);
  AppBench b(nullptr);
  ASSERT_TRUE(open(b, kind.project));
  lookEverywhere(b);
  EXPECT_EQ(b.document.data() != nullptr, kind.name != "no-data");
  EXPECT_FALSE(barSeen(b));

  const fs::path bent = kind.project.parent_path() / "bent.vitrine";
  for (const auto& part : whole) {
    Entries rest = whole;
    rest.erase(part.first);
    pack(bent, rest);
    const bool opened = open(b, bent);
    lookEverywhere(b);
    if (opened) {
      EXPECT_TRUE(part.first == "thumbnail.png" || part.first.starts_with("data/") || kind.name == "no-data") << part.first;
      // Data that are within no longer are found where they came from, or are missed.
      EXPECT_EQ(barSeen(b), b.document.data() == nullptr && kind.name != "no-data") << part.first;
    } else {
      EXPECT_TRUE(b.message().contains(QStringLiteral("bent.vitrine"))) << part.first << qPrintable(b.message());
    }
  }
  if (kind.data.empty()) return;
  const fs::path away = kind.data.string() + "-away";
  fs::rename(kind.data, away);
  ASSERT_TRUE(open(b, kind.project));
  lookEverywhere(b);
  EXPECT_TRUE(barSeen(b));
  EXPECT_TRUE(barText(b).contains(QString::fromStdString(kind.data.filename().string()))) << qPrintable(barText(b));
  EXPECT_EQ(b.document.data(), nullptr);
  EXPECT_FALSE(b.find<QWidget>("playButton")->isEnabled());
  EXPECT_TRUE(b.document.whyNotPlayable().contains(QStringLiteral("Locate")));
  fs::rename(away, kind.data);
}
INSTANTIATE_TEST_SUITE_P(Project, EveryKind, testing::ValuesIn(kNames), [](const auto& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

/// A trained project of pictures whose data are in a folder `away`.
struct Missing {
  QTemporaryDir folder;
  fs::path root = folder.path().toStdString(), data = root / "train-images-idx3-ubyte", labels = root / "train-labels-idx1-ubyte", away = root / "away",
           project = root / "p.vitrine";
  Entries before;
  Missing() {
    const KindOfProject& kind = kinds().named("idx-trained");
    fs::copy_file(kind.project, project);
    fs::create_directories(away);
    fs::copy_file(kind.data, away / data.filename());
    fs::copy_file(kind.data.parent_path() / labels.filename(), away / labels.filename());
    // A project of another place, whose data are not there any more either.
    before = entriesOf(project);
    nlohmann::json json = nlohmann::json::parse(before.at("project.json"));
    json.at("data").erase("absolute");
    before["project.json"] = json.dump(1);
    pack(project, before);
  }
};

TEST(MissingData, WhatWasLearntIsSeenAndSavedAsItWas) {
  const Missing m;
  AppBench b(nullptr);
  ASSERT_TRUE(open(b, m.project));
  LiveViews& views = b.window.views();
  ASSERT_TRUE(b.waitFor([&] { return !views.loss()->isEmpty() && !views.accuracy()->isEmpty() && !views.confusion()->isEmpty(); }));
  for (const Node& n : b.document.graph().nodes)
    if (n.type == "conv2d") views.setNode(n.id);
  EXPECT_TRUE(b.waitFor([&] { return !views.weights()->isEmpty(); }));
  EXPECT_TRUE(barSeen(b));
  EXPECT_EQ(b.find<QLabel>("statusData")->text(), QStringLiteral("data missing"));
  EXPECT_FALSE(b.document.isDirty());
  b.window.resize(1024, 620);
  for (const int w : {MainWindow::Data, MainWindow::Build, MainWindow::Explain, MainWindow::Train}) {
    b.window.setWorkspace(w);
    QTest::qWait(20);
    EXPECT_LE(b.window.height(), 680) << w;  // a screen of 768 lines holds it, the bar too
  }
  b.document.reset();  // nothing can be learnt again
  b.document.stepBatch();

  QString said;
  QObject::connect(&b.document, &Document::said, [&](const QString& text) { said = text; });
  ASSERT_TRUE(b.window.save());
  EXPECT_TRUE(said.contains(QStringLiteral("kept"))) << qPrintable(said);
  Entries after = entriesOf(m.project);
  const auto parse = [](const Entries& e) { return nlohmann::json::parse(e.at("project.json")); };
  EXPECT_EQ(parse(after).at("data"), parse(m.before).at("data"));
  EXPECT_EQ(parse(after).at("run"), parse(m.before).at("run"));
  EXPECT_EQ(parse(after).at("pinned"), parse(m.before).at("pinned"));
  for (const auto& [name, bytes] : m.before)
    if (name != "project.json" && name != "thumbnail.png") {
      EXPECT_EQ(after.at(name), bytes) << name;
    }

  // An edit keeps what fits; taken back, all of it is there again.
  Graph edited = b.document.graph();
  for (const Node& n : b.document.graph().nodes)
    if (n.type == "dense" && n.id.value != b.document.graph().nodes[b.document.graph().nodes.size() - 2].id.value) edited = *setParam(edited, n.id, "units", std::int64_t{5});
  b.document.editGraph(edited, QStringLiteral("narrower"));
  ASSERT_TRUE(b.waitFor([&] { return b.document.snapshot() && b.document.snapshot()->network && b.document.snapshot()->network->graph() == edited; }));
  ASSERT_TRUE(b.window.save());
  EXPECT_NE(entriesOf(m.project).at("weights/network.safetensors"), m.before.at("weights/network.safetensors"));
  EXPECT_EQ(entriesOf(m.project).at("history.csv"), m.before.at("history.csv"));
  b.document.undoStack()->undo();
  ASSERT_TRUE(b.window.save());
  EXPECT_EQ(entriesOf(m.project).at("weights/network.safetensors"), m.before.at("weights/network.safetensors"));
}

/// Chooses a file in the next file dialog.
void choose(const fs::path& path) {
  auto* timer = new QTimer(qApp);
  QObject::connect(timer, &QTimer::timeout, timer, [timer, path] {
    auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
    if (!dialog) return;
    timer->deleteLater();
    dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))->setText(QString::fromStdString(path.string()));
    QMetaObject::invokeMethod(dialog, "accept");
  });
  timer->start(20);
}

TEST(MissingData, AreLocatedByTheBar) {
  const Missing m;
  AppBench b(nullptr);
  ASSERT_TRUE(open(b, m.project));
  auto* use = b.find<QToolButton>("missingUse");
  EXPECT_FALSE(use->isVisible());
  // Another file is said, and not taken.
  const std::string good = [&] {
    std::ifstream in(m.away / m.data.filename(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }();
  std::string other = good;
  other.back() = static_cast<char>(other.back() + 1);
  test::writeFile(m.away / "other-images-idx3-ubyte", other);
  fs::copy_file(m.away / m.labels.filename(), m.away / "other-labels-idx1-ubyte");
  choose(m.away / "other-images-idx3-ubyte");
  b.click("missingLocate");
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && use->isVisible(); })) << qPrintable(b.message());
  EXPECT_EQ(b.document.data(), nullptr);
  EXPECT_TRUE(barText(b).contains(QStringLiteral("other-images-idx3-ubyte"))) << qPrintable(barText(b));
  // The right one comes back with weights, history and pins, and trains on.
  choose(m.away / m.data.filename());
  b.click("missingLocate");
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && b.document.data(); })) << qPrintable(b.message());
  EXPECT_FALSE(barSeen(b));
  EXPECT_FALSE(b.document.pinned().empty());
  EXPECT_TRUE(b.document.isDirty());  // it is worth saving where they are
  ASSERT_TRUE(b.waitFor([&] { return b.step() > 0; }));
  const std::int64_t step = b.step();
  b.trigger("actionStepBatch");
  ASSERT_TRUE(b.waitFor([&] { return b.step() == step + 1; }));
  ASSERT_TRUE(b.window.save());
  ASSERT_TRUE(open(b, m.project));
  EXPECT_NE(b.document.data(), nullptr);
}

TEST(MissingData, ChangedOnesAreTakenKnowinglyWhereTheyFit) {
  const Missing m;
  fs::copy_file(m.away / m.labels.filename(), m.labels);
  std::string other = std::string("\0\0\x08\x03\0\0\0\x28\0\0\0\x08\0\0\0\x08", 16) + test::halves(41).substr(64);
  test::writeFile(m.data, other);
  AppBench b(nullptr);
  ASSERT_TRUE(open(b, m.project));
  EXPECT_TRUE(barText(b).contains(QStringLiteral("changed"))) << qPrintable(barText(b));
  EXPECT_EQ(b.document.data(), nullptr);
  b.click("missingUse");
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && b.document.data(); })) << qPrintable(b.message());
  EXPECT_FALSE(barSeen(b));
  ASSERT_TRUE(b.waitFor([&] { return b.step() > 0; }));  // with what it had learnt

  // Of another size: said, and everything stays as it was.
  test::writeFile(m.data, std::string("\0\0\x08\x03\0\0\0\x28\0\0\0\x04\0\0\0\x10", 16) + test::halves(40));
  ASSERT_TRUE(open(b, m.project));
  b.click("missingUse");
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && !b.message().isEmpty(); }));
  EXPECT_TRUE(b.message().contains(QStringLiteral("4 × 16"))) << qPrintable(b.message());
  EXPECT_TRUE(barSeen(b));
}

TEST(MissingData, OtherDataBeginAnotherProject) {
  const Missing m;
  AppBench b(nullptr);
  ASSERT_TRUE(open(b, m.project));
  b.generate("circles");
  EXPECT_FALSE(barSeen(b));
  EXPECT_TRUE(b.document.path().isEmpty());  // the file that was open keeps what it has
  EXPECT_NE(b.document.data(), nullptr);
  EXPECT_FALSE(b.document.undoStack()->canUndo());
}

TEST(Project, FaultyWhenSavedItKeepsWhatWasLearnt) {
  AppBench b;
  QTemporaryDir folder;
  b.document.stepEpoch();
  ASSERT_TRUE(b.waitFor([&] { return b.step() > 0 && !b.running(); }));
  const std::int64_t step = b.step();
  const Graph whole = b.document.graph();
  b.document.editGraph(removeNodes(whole, {whole.nodes.back().id}), QStringLiteral("faulty"));
  const QString path = folder.filePath(QStringLiteral("faulty.vitrine"));
  ASSERT_TRUE(b.document.save(path, {}));
  ASSERT_TRUE(open(b, path.toStdString()));
  ASSERT_TRUE(b.waitFor([&] { return b.step() == step; }));
  EXPECT_FALSE(b.document.whyNotPlayable().isEmpty());
  EXPECT_TRUE(b.waitFor([&] { return !b.window.views().loss()->isEmpty(); }));
}

/// Presses a button of the next message box.
void press(const char* name, bool* seen) {
  auto* timer = new QTimer(qApp);
  QObject::connect(timer, &QTimer::timeout, timer, [timer, name, seen] {
    QWidget* box = QApplication::activeModalWidget();
    if (!box) return;
    timer->deleteLater();
    *seen = box->objectName() == QStringLiteral("replacedBox");
    if (auto* button = box->findChild<QAbstractButton*>(QLatin1String(name)))
      button->click();
    else
      static_cast<QDialog*>(box)->reject();
  });
  timer->start(20);
}

TEST(Project, ReplacedByAnotherProgramAsksBeforeItIsOverwritten) {
  AppBench b;
  QTemporaryDir folder;
  const QString path = folder.filePath(QStringLiteral("p.vitrine"));
  ASSERT_TRUE(b.document.save(path, {}));
  ASSERT_TRUE(b.window.save());  // nobody else was there
  const auto bytesOf = [&] {
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly));
    return file.readAll();
  };
  const auto replace = [&] { test::writeFile(path.toStdString(), std::string(static_cast<std::size_t>(bytesOf().size()), 'x')); };
  bool seen = false;
  replace();
  press("", &seen);  // Cancel
  EXPECT_FALSE(b.window.save());
  EXPECT_TRUE(seen);
  EXPECT_TRUE(bytesOf().startsWith("xx"));
  seen = false;
  press("replacedOverwrite", &seen);
  EXPECT_TRUE(b.window.save());
  EXPECT_TRUE(seen);
  EXPECT_TRUE(bytesOf().startsWith("PK"));
  ASSERT_TRUE(b.window.save());
  // The same bytes in a new place are no other project, and a file that is gone stands in nobody's way.
  const QByteArray same = bytesOf();
  QFile::remove(path);
  test::writeFile(path.toStdString(), same.toStdString());
  ASSERT_TRUE(b.window.save());
  QFile::remove(path);
  ASSERT_TRUE(b.window.save());
  EXPECT_TRUE(bytesOf().startsWith("PK"));
}

}  // namespace
}  // namespace vitrine
