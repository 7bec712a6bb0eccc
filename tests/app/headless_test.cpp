// What runs without a window: training from the command line, and the figures it leaves.
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <cmath>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>

#include "app/command_line.h"
#include "app/headless.h"
#include "core/base/zip_archive.h"
#include "core/data/open.h"
#include "core/io/npy_file.h"
#include "core/data/generators.h"
#include "core/io/project.h"
#include "core/model/templates.h"
#include "tests/support/networks.h"

namespace vitrine {
namespace {

TEST(Headless, PicturesWithNumbersAsTargetsLeaveTheirFiguresToo) {
  QTemporaryDir folder;
  std::vector<float> pixels, targets;
  for (int i = 0; i < 40; ++i) {
    for (int k = 0; k < 36; ++k) pixels.push_back(static_cast<float>((i * 7 + k * 3) % 11) / 10);
    targets.push_back(static_cast<float>(i) / 40 + 0.123f);
  }
  const std::string path = folder.filePath(QStringLiteral("numbers.npz")).toStdString();
  std::ofstream(path, std::ios::binary) << *makeZip({{"images.npy", npyBytes(std::vector<std::int64_t>{40, 6, 6}, pixels)}, {"targets.npy", npyBytes(std::vector<std::int64_t>{40}, targets)}});
  const Result<DatasetPtr> data = openData(path);
  ASSERT_TRUE(data) << data.error().text();
  ASSERT_EQ((*data)->spec.task, Task::Regression);
  ASSERT_TRUE((*data)->spec.input.isImage());
  Project project;
  project.data = *data;
  project.graph = defaultTemplate((*data)->spec).make((*data)->spec);
  TrainJob job;
  job.project = folder.filePath(QStringLiteral("numbers.vitrine"));
  ASSERT_TRUE(saveProject(job.project.toStdString(), project));
  job.epochs = 1;
  job.threads = 1;
  job.out = folder.filePath(QStringLiteral("out"));
  EXPECT_EQ(runTrainJob(job), 0);
  for (const char* file : {"project.vitrine", "history.csv", "epochs.csv", "figures/loss.png", "figures/saliency.png", "figures/saliency.csv"})
    EXPECT_GT(QFileInfo(job.out + QLatin1Char('/') + QLatin1String(file)).size(), 0) << file;
}

test::Drawing plain() {
  test::Drawing d;
  return d.add("input", "in").dense("hidden", 8).add("tanh", "tanh").dense("logits", 2).add("output", "out");
}

/// A small project on points of the plane.
struct Bench {
  QTemporaryDir folder;
  TrainJob job;

  explicit Bench(const TrainSettings& settings, Graph graph = plain().graph, std::int64_t size = 100, const char* generator = "circles") {
    GeneratorSettings points;
    points.size = size;
    Project p;
    p.data = *generate(generator, points);
    p.graph = std::move(graph);
    p.settings = settings;
    job.project = folder.filePath(QStringLiteral("points.vitrine"));
    job.threads = 1;
    EXPECT_TRUE(saveProject(job.project.toStdString(), p));
  }
  Project open(const QString& path = {}) const {
    Result<OpenedProject> opened = openProject((path.isEmpty() ? job.project : path).toStdString());
    EXPECT_TRUE(opened) << opened.error().text();
    return opened ? std::move(opened->project) : Project();
  }
  QByteArray bytes() const {
    QFile file(job.project);
    (void)file.open(QIODevice::ReadOnly);
    return file.readAll();
  }
};

/// What a job says and its exit code.
struct Told {
  int code;
  std::string out, err;
};
template <class F>
Told listen(F&& does) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Told t{does(), {}, {}};
  std::fflush(stdout);
  t.out = testing::internal::GetCapturedStdout();
  t.err = testing::internal::GetCapturedStderr();
  return t;
}
Told run(const TrainJob& job) {
  return listen([&] { return runTrainJob(job); });
}

TEST(Headless, EarlyStoppingHoldsAndBringsTheBestWeightsBack) {
  TrainSettings settings;
  settings.rate = 0.5;
  settings.options = {{"patience", std::int64_t{3}}, {"restore_best", true}};
  Bench b(settings);
  const Project before = b.open();
  Trainer window(1);
  ASSERT_TRUE(window.load(*Network::compile(before.graph, before.data->spec), before.data, before.settings));
  window.play();
  window.waitIdle();
  const auto expected = window.snapshots().get();
  ASSERT_EQ(expected->run, RunState::Finished);

  b.job.epochs = 5000;
  const Told told = run(b.job);
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_NE(told.out.find("No better loss for 3 epochs. The weights of epoch"), std::string::npos) << told.out;
  const Project after = b.open();
  EXPECT_EQ(after.state->epoch, expected->state->epoch);
  ASSERT_EQ(after.state->params.size(), expected->state->params.size());
  EXPECT_EQ(0, std::memcmp(after.state->params.data(), expected->state->params.data(), after.state->params.size() * sizeof(Real)));
}

TEST(Headless, NumbersThatCeaseToBeFiniteLeaveTheLastFiniteState) {
  TrainSettings settings;
  settings.optimiser.id = "sgd";
  settings.rate = 30;  // a loss of squares runs away, step by step
  settings.batch = 16;
  test::Drawing linear;
  linear.add("input", "in").dense("line", 1).add("output", "out", {{"loss", std::string("mse")}});
  Bench b(settings, linear.graph, 100, "plane");
  b.job.epochs = 1000;
  const Told told = run(b.job);
  EXPECT_EQ(told.code, 1);
  EXPECT_NE(told.err.find("Numbers ceased to be finite in epoch"), std::string::npos) << told.err;
  EXPECT_NE(told.err.find("'line'"), std::string::npos) << told.err;
  EXPECT_NE(told.err.find("are back"), std::string::npos) << told.err;
  EXPECT_NE(told.out.find("saved " + b.job.project.toStdString()), std::string::npos) << told.out;
  const Project p = b.open();
  ASSERT_TRUE(p.state);
  EXPECT_GT(p.state->step, 0);
  for (const Real x : p.state->params) ASSERT_TRUE(std::isfinite(x));
  // The history ends where the state stands: going on repeats no step.
  EXPECT_EQ(p.history->batches[p.batchPoints - 1].step, p.state->step);
}

TEST(Headless, AFailureBeforeAnythingWasLearntLeavesTheProjectAsItIs) {
  TrainSettings settings;
  settings.optimiser.id = "sgd";
  settings.rate = 1e38;
  Bench b(settings);
  b.job.epochs = 3;
  const QByteArray before = b.bytes();
  const Told told = run(b.job);
  EXPECT_EQ(told.code, 1);
  EXPECT_NE(told.err.find("Numbers ceased to be finite in epoch 2, step"), std::string::npos) << told.err;
  EXPECT_NE(told.err.find("nothing was learnt"), std::string::npos) << told.err;
  EXPECT_EQ(b.bytes(), before);
}

TEST(Headless, AFoldThatFailsIsNamedAndTheOthersAreKept) {
  TrainSettings settings;
  settings.optimiser.id = "sgd";
  settings.rate = 1e38;
  Bench b(settings);
  b.job.epochs = 3;
  b.job.folds = 4;
  const Told told = run(b.job);
  EXPECT_EQ(told.code, 1);
  EXPECT_NE(told.err.find("fold 1"), std::string::npos) << told.err;
  EXPECT_NE(told.err.find("Numbers ceased to be finite in epoch 2, step"), std::string::npos) << told.err;
  EXPECT_NE(told.out.find("0 of 4 folds were done"), std::string::npos) << told.out;
}

TEST(Headless, ABatchOfOneForBatchNormIsSaidBeforeTraining) {
  test::Drawing d;
  d.add("input", "in").dense("hidden", 4).add("batchnorm", "Norm 1").dense("logits", 2).add("output", "out");
  TrainSettings settings;
  settings.batch = 1;
  Bench b(settings, d.graph);
  const QByteArray before = b.bytes();
  const Told told = run(b.job);
  EXPECT_EQ(told.code, 1);
  EXPECT_NE(told.err.find("'Norm 1'"), std::string::npos) << told.err;
  EXPECT_NE(told.err.find("batch size of 2 or more"), std::string::npos) << told.err;
  EXPECT_EQ(b.bytes(), before);
  b.job.folds = 2;
  EXPECT_EQ(run(b.job).code, 1);
}

TEST(Headless, WhatCannotBeWrittenIsSaidBeforeTraining) {
  Bench b({});
  b.job.epochs = 1;
  std::ofstream(b.folder.filePath(QStringLiteral("file")).toStdString()) << "x";
  ASSERT_TRUE(QDir(b.folder.path()).mkpath(QStringLiteral("taken/history.csv")));
  ASSERT_TRUE(QDir(b.folder.path()).mkpath(QStringLiteral("taken/folds.csv")));
  for (const std::int64_t folds : {0, 3})
    for (const char* out : {"file", "file/below", "taken"}) {
      b.job.folds = folds;
      b.job.out = b.folder.filePath(QLatin1String(out));
      const Told told = run(b.job);
      EXPECT_EQ(told.code, 1) << out;
      EXPECT_EQ(told.out, "") << "nothing is trained: " << out;
      EXPECT_NE(told.err.find(b.job.out.toStdString()), std::string::npos) << told.err;
    }
  EXPECT_FALSE(b.open().state);
  EXPECT_EQ(QDir(b.folder.filePath(QStringLiteral("taken"))).entryList(QDir::Files | QDir::Hidden).size(), 0) << "no trial file is left";
}

TEST(Headless, AFolderThatIsGoneAtTheEndIsMadeAgain) {
  TrainSettings settings;
  Bench b(settings);
  b.job.epochs = 2;
  b.job.out = b.folder.filePath(QStringLiteral("out/deep"));
  EXPECT_EQ(run(b.job).code, 0);
  EXPECT_EQ(b.open(b.job.out + QStringLiteral("/project.vitrine")).state->epoch, 2);
}

/// `vitrine` with these arguments, as far as it needs no window.
Told commandLine(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "vitrine");
  std::vector<char*> argv;
  for (std::string& a : arguments) argv.push_back(a.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  StartOptions options;
  return listen([&] { return runCommandLine(argc, argv.data(), options).value_or(-1); });
}

TEST(CommandLine, EveryNumberHasARangeThatIsSaid) {
  const std::vector<std::pair<std::string, std::string>> ranges{
      {"epochs", "1 to 1000000000"}, {"seed", "0 to 18446744073709551615"}, {"folds", "2 to 2147483647"}, {"threads", "1 to 256"}};
  for (const auto& [name, range] : ranges)
    for (const char* wrong : {"", " ", "-1", "+3", "0x10", "1e3", "3.0", "3 ", " 3", "3a", "abc", "18446744073709551616", "99999999999999999999999", "٣", "١٢"}) {
      const Told told = commandLine({"train", "none.vitrine", "--" + name + '=' + wrong});
      EXPECT_EQ(told.code, 2) << name << " '" << wrong << "'";
      EXPECT_NE(told.err.find("--" + name), std::string::npos) << told.err;
      EXPECT_NE(told.err.find(range), std::string::npos) << told.err;
    }
  for (const auto& [option, value] : std::vector<std::pair<std::string, std::string>>{
           {"--threads", "0"}, {"--threads", "257"}, {"--threads", "100000"}, {"--threads", "4294967297"}, {"--epochs", "0"}, {"--epochs", "1000000001"},
           {"--folds", "0"}, {"--folds", "1"}, {"--folds", "2147483648"}, {"--epochs", "9223372036854775808"}}) {
    const Told told = commandLine({"train", "none.vitrine", option, value});
    EXPECT_EQ(told.code, 2) << option << ' ' << value;
    EXPECT_NE(told.err.find("'" + value + "'"), std::string::npos) << told.err;
  }
  // What is right gets as far as the project.
  for (const auto& [option, value] : std::vector<std::pair<std::string, std::string>>{
           {"--threads", "1"}, {"--threads", "256"}, {"--epochs", "1000000000"}, {"--seed", "0"}, {"--seed", "18446744073709551615"}, {"--folds", "2"}})
    EXPECT_EQ(commandLine({"train", "none.vitrine", option, value}).code, 1) << option << ' ' << value;
}

TEST(CommandLine, AnOptionGivenTwiceMustSayTheSame) {
  for (const char* name : {"--epochs", "--seed", "--folds", "--threads", "--out"}) {
    const Told told = commandLine({"train", "none.vitrine", name, "3", name, "4"});
    EXPECT_EQ(told.code, 2) << name;
    EXPECT_NE(told.err.find(name), std::string::npos) << told.err;
    EXPECT_NE(told.err.find("'3'"), std::string::npos) << told.err;
    EXPECT_NE(told.err.find("'4'"), std::string::npos) << told.err;
    EXPECT_EQ(commandLine({"train", "none.vitrine", name, "3", name, "3"}).code, 1) << name;
  }
}

TEST(CommandLine, AnEmptyFolderIsAUsageError) {
  for (const std::vector<std::string>& out : {std::vector<std::string>{"--out", ""}, {"--out="}}) {
    std::vector<std::string> arguments{"train", "none.vitrine"};
    arguments.insert(arguments.end(), out.begin(), out.end());
    const Told told = commandLine(arguments);
    EXPECT_EQ(told.code, 2);
    EXPECT_NE(told.err.find("--out"), std::string::npos) << told.err;
  }
}

TEST(CommandLine, TheWholeRangeOfSeedsArrives) {
  Bench b({});
  EXPECT_EQ(commandLine({"train", b.job.project.toStdString(), "--epochs", "1", "--seed", "18446744073709551615"}).code, 0);
  EXPECT_EQ(b.open().settings.seed, 18446744073709551615ULL);
}

}  // namespace
}  // namespace vitrine
