// The program itself, started as a process: signals and kills in mid-training and in mid-save, broken pipes.
#include <gtest/gtest.h>
#include <signal.h>

#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <fstream>

#include "core/data/generators.h"
#include "core/data/open.h"
#include "core/io/project.h"
#include "core/model/templates.h"
#include "tests/support/networks.h"

namespace vitrine {
namespace {

constexpr int kPatience = 60000;  // ms; only a fault waits so long, or a sanitizer

/// A project on points of the plane, in a folder of its own.
struct Bench {
  QTemporaryDir folder;
  QString project = folder.filePath(QStringLiteral("points.vitrine"));

  explicit Bench(const test::Drawing& hidden = small(), std::int64_t size = 300, TrainSettings settings = {}) {
    GeneratorSettings points;
    points.size = size;
    points.validationShare = 0.1;
    Project p;
    p.data = *generate("circles", points);
    p.graph = hidden.graph;
    p.settings = std::move(settings);
    const Status saved = saveProject(project.toStdString(), p);
    EXPECT_TRUE(saved) << saved.error().text();
  }

  static test::Drawing small() {
    test::Drawing d;
    d.add("input", "in").dense("hidden", 8).add("tanh", "tanh").dense("logits", 2).add("output", "out");
    return d;
  }
  static test::Drawing large(std::int64_t units) {
    test::Drawing d;
    d.add("input", "in").dense("first", units).add("relu", "relu").dense("second", units).add("relu", "relu 2").dense("logits", 2).add("output", "out");
    return d;
  }

  Project open(const QString& path = {}) const {
    Result<OpenedProject> opened = openProject((path.isEmpty() ? project : path).toStdString());
    if (!opened) {
      ADD_FAILURE() << opened.error().text();
      return {};
    }
    return std::move(opened->project);
  }
};

/// `vitrine` with these arguments, running.
struct Program {
  QProcess process;
  QByteArray out, err;

  explicit Program(const QStringList& arguments) { start(QStringLiteral(VITRINE_PROGRAM), arguments); }
  explicit Program(const char* shell) { start(QStringLiteral("sh"), {QStringLiteral("-c"), QString::fromUtf8(shell)}); }
  ~Program() {
    process.kill();
    process.waitForFinished(kPatience);
  }
  void start(const QString& program, const QStringList& arguments) {
    // However the tests themselves were started: under nohup a hang-up would be passed over, behind a shell's & an interrupt.
    process.setChildProcessModifier([] {
      for (const int number : {SIGHUP, SIGINT, SIGTERM}) ::signal(number, SIG_DFL);
    });
    process.start(program, arguments);
    if (!process.waitForStarted(kPatience)) ADD_FAILURE() << "it does not start";
  }
  bool waitFor(const char* text) {
    QElapsedTimer timer;
    for (timer.start(); timer.elapsed() < kPatience; process.waitForReadyRead(10)) {
      out += process.readAllStandardOutput(), err += process.readAllStandardError();
      if (out.contains(text) || err.contains(text)) return true;
      if (process.state() == QProcess::NotRunning) break;
    }
    return false;
  }
  void signal(int number) { ::kill(static_cast<pid_t>(process.processId()), number); }
  /// Its exit code; -1 when a signal ended it.
  int code() {
    if (process.state() != QProcess::NotRunning && !process.waitForFinished(kPatience)) ADD_FAILURE() << "it does not end";
    out += process.readAllStandardOutput(), err += process.readAllStandardError();
    return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
  }
};

QStringList trainArguments(const Bench& b, QStringList more = {}) {
  return QStringList{QStringLiteral("train"), b.project, QStringLiteral("--epochs"), QStringLiteral("1000000"), QStringLiteral("--threads"), QStringLiteral("1")} + more;
}

/// A run between two batches, whole: what it learnt is in the history, and it goes on.
void expectWhole(const Project& p, std::int64_t leastEpochs) {
  ASSERT_TRUE(p.state);
  EXPECT_GE(p.state->epoch, leastEpochs);
  ASSERT_GT(p.batchPoints, 0u);
  EXPECT_EQ(p.history->batches[p.batchPoints - 1].step, p.state->step);
  EXPECT_EQ(static_cast<std::int64_t>(p.epochPoints), p.state->epoch);
  for (const Real x : p.state->params) ASSERT_TRUE(std::isfinite(x));
  Trainer trainer(1);
  ASSERT_TRUE(trainer.load(*Network::compile(p.graph, p.data->spec), p.data, p.settings, p.state, std::const_pointer_cast<History>(p.history)));
  trainer.stepEpoch();
  trainer.waitIdle();
  EXPECT_EQ(trainer.snapshots().get()->state->epoch, p.state->epoch + 1);
}

TEST(Process, ASignalSavesWhatWasLearntAndSaysSo) {
  for (const auto& [signal, code] : {std::pair{SIGINT, 130}, {SIGTERM, 143}, {SIGHUP, 129}}) {
    const Bench b;
    Program program(trainArguments(b));
    ASSERT_TRUE(program.waitFor("epoch 3 ")) << program.out.toStdString() << program.err.toStdString();
    program.signal(signal);
    EXPECT_EQ(program.code(), code) << program.err.toStdString();
    EXPECT_TRUE(program.out.contains("saved " + b.project.toUtf8())) << program.out.right(400).toStdString();
    EXPECT_TRUE(program.err.contains("the batch is finished")) << program.err.toStdString();
    expectWhole(b.open(), 3);
  }
}

TEST(Process, ASignalLeavesTheOutputFolderWhole) {
  const Bench b;
  const QString out = b.folder.filePath(QStringLiteral("new/out"));
  Program program(trainArguments(b, {QStringLiteral("--out"), out}));
  ASSERT_TRUE(program.waitFor("epoch 2 ")) << program.err.toStdString();
  program.signal(SIGTERM);
  EXPECT_EQ(program.code(), 143);
  expectWhole(b.open(out + QStringLiteral("/project.vitrine")), 2);
  for (const char* file : {"history.csv", "epochs.csv", "figures/loss.png"}) EXPECT_GT(QFileInfo(out + QLatin1Char('/') + QLatin1String(file)).size(), 0) << file;
  EXPECT_FALSE(b.open().state) << "the project that was opened stays as it was";
}

TEST(Process, ASecondSignalEndsAtOnce) {
  // One batch of everything through wide layers: it takes many seconds.
  TrainSettings settings;
  settings.optimiser.id = "gd";
  const Bench b(Bench::large(1500), 30000, settings);
  Program program(trainArguments(b));
  ASSERT_TRUE(program.waitFor("training ")) << program.err.toStdString();
  program.signal(SIGINT);
  ASSERT_TRUE(program.waitFor("the batch is finished")) << program.err.toStdString();
  program.signal(SIGTERM);
  EXPECT_EQ(program.code(), 143) << program.err.toStdString();
  EXPECT_TRUE(program.err.contains("ended at once")) << program.err.toStdString();
  EXPECT_FALSE(b.open().state);
}

TEST(Process, ASignalWhileTheProjectIsOpenedEndsIt) {
  QTemporaryDir folder;
  const std::string table = folder.filePath(QStringLiteral("long.csv")).toStdString();
  std::ofstream file(table);
  file << "a,b,c,y\n";
  for (int i = 0; i < 400000; ++i) file << i << ',' << i % 977 << ".5," << i % 31 << ',' << (i % 3 ? "left" : "right") << '\n';
  file.close();
  const Result<DatasetPtr> data = openData(table);
  ASSERT_TRUE(data) << data.error().text();
  Project p;
  p.data = *data;
  p.graph = defaultTemplate(p.data->spec).make(p.data->spec);
  const QString project = folder.filePath(QStringLiteral("long.vitrine"));
  ASSERT_TRUE(saveProject(project.toStdString(), p));
  bool met = false;
  QString seen;
  // How long the program takes to begin is not known: a signal before that ends it as any program.
  for (int wait = 20; wait < 6000 && !met; wait += std::max(10, wait / 4)) {
    Program program(QStringList{QStringLiteral("train"), project});
    QTest::qWait(wait);
    program.signal(SIGINT);
    const int code = program.code();
    met = code == 130 && program.err.contains("nothing had been trained yet");
    seen += QStringLiteral("after %1 ms: code %2, %3\n").arg(wait).arg(code).arg(QString::fromUtf8(program.err));
    if (!met && code != -1) break;
  }
  EXPECT_TRUE(met) << seen.toStdString();
  EXPECT_FALSE(openProject(project.toStdString())->project.state);
}

TEST(Process, NohupStaysWhatItIs) {
  const Bench b;
  const QByteArray shell = "trap '' HUP; exec '" VITRINE_PROGRAM "' train '" + b.project.toUtf8() + "' --epochs 1000000";
  Program program(shell.constData());
  ASSERT_TRUE(program.waitFor("epoch 1 ")) << program.err.toStdString();
  program.signal(SIGHUP);
  program.out.clear();
  ASSERT_TRUE(program.waitFor("epoch ")) << "it goes on";
  EXPECT_EQ(program.process.state(), QProcess::Running);
  program.signal(SIGINT);
  EXPECT_EQ(program.code(), 130);
  expectWhole(b.open(), 1);
}

TEST(Process, AReaderThatGoesAwayLosesNothing) {
  const Bench b;
  const QByteArray shell = "'" VITRINE_PROGRAM "' train '" + b.project.toUtf8() + "' --epochs 40 | head -n 1";
  Program program(shell.constData());
  EXPECT_EQ(program.code(), 0);
  // The pipe's end is not the program's: wait for it.
  QElapsedTimer timer;
  for (timer.start(); !b.open().state && timer.elapsed() < kPatience;) QTest::qWait(20);
  expectWhole(b.open(), 40);
}

TEST(Process, CrossValidationKeepsTheFoldsThatAreDone) {
  const Bench b;
  const QString out = b.folder.filePath(QStringLiteral("folds"));
  Program program(QStringList{QStringLiteral("train"), b.project, QStringLiteral("--folds"), QStringLiteral("200"), QStringLiteral("--epochs"), QStringLiteral("20"),
                              QStringLiteral("--out"), out});
  ASSERT_TRUE(program.waitFor("fold 2 ")) << program.err.toStdString();
  program.signal(SIGTERM);
  EXPECT_EQ(program.code(), 143) << program.err.toStdString();
  EXPECT_TRUE(program.out.contains("of 200 folds were done")) << program.out.toStdString();
  std::ifstream table(out.toStdString() + "/folds.csv");
  std::string line;
  int lines = 0;
  while (std::getline(table, line)) ++lines;
  EXPECT_GE(lines, 3);
  EXPECT_LT(lines, 201);
}

TEST(Process, AKillInMidSaveLosesNothing) {
  const Bench b(Bench::large(700), 20);
  Program first(QStringList{QStringLiteral("train"), b.project, QStringLiteral("--epochs"), QStringLiteral("1")});
  ASSERT_EQ(first.code(), 0) << first.err.toStdString();
  const std::int64_t trained = b.open().state->epoch;
  bool met = false;
  for (int attempt = 0; attempt < 20 && !met; ++attempt) {
    const std::int64_t before = b.open().state->epoch;
    Program program(QStringList{QStringLiteral("train"), b.project, QStringLiteral("--epochs"), QStringLiteral("1")});
    ASSERT_TRUE(program.waitFor("training ")) << program.err.toStdString();
    // What is being written stands beside the project until it is whole.
    const QDir folder(b.folder.path());
    const auto parts = [&] { return folder.entryList({QStringLiteral(".*.part")}, QDir::Files | QDir::Hidden); };
    const QStringList old = parts();
    QElapsedTimer timer;
    for (timer.start(); parts() == old && program.process.state() == QProcess::Running && timer.elapsed() < kPatience;) program.process.waitForFinished(0);
    program.signal(SIGKILL);
    met = program.code() == -1 && parts() != old;
    const Project p = b.open();
    ASSERT_TRUE(p.state);
    EXPECT_TRUE(p.state->epoch == before || p.state->epoch == before + 1);
    expectWhole(p, trained);
  }
  EXPECT_TRUE(met) << "no kill met a save";
}

TEST(Process, WhatAnotherProgramSavedMeanwhileIsNotOverwritten) {
  const Bench b, other(Bench::large(3));
  Program program(trainArguments(b));
  ASSERT_TRUE(program.waitFor("epoch 2 ")) << program.err.toStdString();
  ASSERT_TRUE(QFile::remove(b.project));
  ASSERT_TRUE(QFile::copy(other.project, b.project));
  program.signal(SIGTERM);
  EXPECT_EQ(program.code(), 1);
  EXPECT_TRUE(program.err.contains("Another program has changed it")) << program.err.toStdString();
  EXPECT_EQ(b.open().graph, other.open().graph);
  const QStringList beside = QDir(b.folder.path()).entryList({QStringLiteral("points-trained-*.vitrine")});
  ASSERT_EQ(beside.size(), 1);
  EXPECT_TRUE(program.out.contains(beside[0].toUtf8())) << program.out.right(400).toStdString();
  expectWhole(b.open(b.folder.filePath(beside[0])), 2);
}

TEST(Process, AFolderThatWentAwayDoesNotTakeTheRunWithIt) {
  Bench b;
  QTemporaryDir elsewhere;
  Program program(qPrintable(QStringLiteral("TMPDIR='%1' exec '" VITRINE_PROGRAM "' train '%2' --epochs 1000000").arg(elsewhere.path(), b.project)));
  ASSERT_TRUE(program.waitFor("epoch 2 ")) << program.err.toStdString();
  ASSERT_TRUE(b.folder.remove());
  program.signal(SIGINT);
  EXPECT_EQ(program.code(), 1) << program.err.toStdString();
  const QStringList saved = QDir(elsewhere.path()).entryList({QStringLiteral("points-trained-*.vitrine")});
  ASSERT_EQ(saved.size(), 1);
  expectWhole(b.open(elsewhere.filePath(saved[0])), 2);
}

TEST(Process, ThreadsThatTheSystemRefusesAreDoneWithout) {
  const Bench b;
  // 256 threads' stacks do not fit into this much address space; a sanitizer needs more for itself.
#ifdef VITRINE_POISON  // a sanitizer's build
  GTEST_SKIP();
#endif
  const QByteArray shell = "ulimit -v 1000000; exec '" VITRINE_PROGRAM "' train '" + b.project.toUtf8() + "' --epochs 2 --threads 256";
  Program program(shell.constData());
  EXPECT_EQ(program.code(), 0) << program.err.toStdString();
  expectWhole(b.open(), 2);
}

}  // namespace
}  // namespace vitrine
