// What runs without a window: training from the command line, and the figures it leaves.
#include <QTemporaryDir>
#include <QFileInfo>
#include <fstream>
#include <gtest/gtest.h>

#include "app/headless.h"
#include "core/base/zip_archive.h"
#include "core/data/open.h"
#include "core/io/npy_file.h"
#include "core/io/project.h"
#include "core/model/templates.h"

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

}  // namespace
}  // namespace vitrine
