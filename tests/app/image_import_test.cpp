// Opening images as a person does.
#include <gtest/gtest.h>

#include <QDir>
#include <QDoubleSpinBox>
#include <QImage>
#include <QPainter>
#include <QTemporaryDir>
#include <fstream>

#include "app/image_decoder.h"
#include "app/image_import_dialog.h"
#include "tests/app/app_bench.h"
#include "widgets/data/sample_preview.h"

namespace vitrine {
namespace {

using test::AppBench;

/// A folder of two classes: `n` dark and `n` bright pictures each.
struct Pictures {
  QTemporaryDir folder;
  explicit Pictures(const QString& in = {}, int n = 12, const char* kind = "png") {
    installImageDecoder();
    for (const auto& [name, level] : {std::pair("dark", 40), std::pair("bright", 200)})
      for (int i = 0; i < n; ++i) write(in + QLatin1String(name), i, QColor(level, level + i, level), kind);
  }
  void write(const QString& where, int i, QColor colour, const char* kind = "png", QSize size = {10, 8}) {
    QDir(folder.path()).mkpath(where);
    QImage image(size, QImage::Format_RGB32);
    image.fill(colour);
    ASSERT_TRUE(image.save(folder.filePath(where + QStringLiteral("/%1.%2").arg(i, 3, 10, QLatin1Char('0')).arg(QLatin1String(kind)))));
  }
};

struct DialogBench {
  std::unique_ptr<ImageImportDialog> dialog;
  explicit DialogBench(const QString& path) : dialog(std::make_unique<ImageImportDialog>(path)) { dialog->show(); }
  template <class T>
  T* find(const char* name) {
    T* found = dialog->findChild<T*>(QLatin1String(name));
    if (!found) ADD_FAILURE() << "no " << name;
    return found;
  }
  QString message() { return find<QLabel>("importMessage")->text(); }
  bool ready() {
    (void)QTest::qWaitFor([&] { return message() != QStringLiteral("Preparing…") && message() != QStringLiteral("Reading…"); }, 20000);
    return find<QPushButton>("importUse")->isEnabled();
  }
};

TEST(ImageImport, AFolderOfPicturesBecomesClasses) {
  for (const char* kind : {"png", "jpg", "bmp", "ppm"}) {
    const Pictures pictures({}, 12, kind);
    DialogBench b(pictures.folder.path());
    ASSERT_TRUE(b.ready()) << kind << ": " << qPrintable(b.message());
    const Dataset& d = *b.dialog->data();
    EXPECT_EQ(d.spec.classes, (std::vector<std::string>{"bright", "dark"}));
    EXPECT_EQ(d.spec.input, (Shape{8, 10, 3}));
    EXPECT_EQ(d.count(), 24);
    // Files by name: the first is bright, and no green was added to it yet.
    EXPECT_NEAR(d.inputs.raw(0, 0), 200, 2) << kind;
    EXPECT_NEAR(d.inputs.raw(3, 1), 203, 3) << kind;
    EXPECT_FALSE(b.find<SamplePreview>("importSamples")->isEmpty());
  }
}

TEST(ImageImport, FoldersTrainAndTestAreKept) {
  Pictures pictures(QStringLiteral("train/"));
  pictures.write(QStringLiteral("test/dark"), 0, QColor(30, 30, 30));
  pictures.write(QStringLiteral("test/bright"), 0, QColor(220, 220, 220));
  DialogBench b(pictures.folder.path());
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.dialog->data()->train.size(), 24u);
  EXPECT_EQ(b.dialog->data()->validation.size(), 2u);
}

TEST(ImageImport, WhatIsNoPictureIsLeftOutAndNamed) {
  Pictures pictures;
  std::ofstream(pictures.folder.filePath(QStringLiteral("dark/broken.png")).toStdString()) << "no picture";
  pictures.write(QStringLiteral("dark"), 90, QColor(40, 40, 40), "png", {31, 17});
  DialogBench b(pictures.folder.path());
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.dialog->data()->count(), 25);
  EXPECT_TRUE(b.message().contains(QStringLiteral("1 of 26 pictures cannot be read"))) << qPrintable(b.message());
  EXPECT_TRUE(b.message().contains(QStringLiteral("broken.png")));
  EXPECT_TRUE(b.message().contains(QStringLiteral("2 sizes"))) << qPrintable(b.message());
}

TEST(ImageImport, AnotherSizeReadsAgainAndCanBeTakenBack) {
  const Pictures pictures;
  DialogBench b(pictures.folder.path());
  ASSERT_TRUE(b.ready());
  auto* height = b.dialog->findChild<QWidget*>(QStringLiteral("param_height"));
  ASSERT_TRUE(height);
  auto* edit = height->findChild<QLineEdit*>();
  if (!edit) edit = qobject_cast<QLineEdit*>(height);
  ASSERT_TRUE(edit);
  edit->setFocus();
  edit->selectAll();
  QTest::keyClicks(edit, QStringLiteral("5"));
  QTest::keyClick(edit, Qt::Key_Tab);
  ASSERT_TRUE(QTest::qWaitFor([&] { return b.ready() && b.dialog->data()->spec.input == Shape({5, 10, 3}); }, 5000)) << qPrintable(b.message());
  b.dialog->setFocus();
  QTest::keyClick(b.dialog.get(), Qt::Key_Z, Qt::ControlModifier);
  ASSERT_TRUE(QTest::qWaitFor([&] { return b.ready() && b.dialog->data()->spec.input == Shape({8, 10, 3}); }, 5000)) << qPrintable(b.message());
}

TEST(ImageImport, AFolderWithoutClassesSaysWhatIsNeeded) {
  QTemporaryDir empty;
  installImageDecoder();
  DialogBench b(empty.path());
  EXPECT_FALSE(b.ready());
  EXPECT_TRUE(b.message().contains(QStringLiteral("a folder for each class"))) << qPrintable(b.message());
}

TEST(ImageImport, PicturesAreLearntAndTheProjectFindsThemAgain) {
  const Pictures pictures;
  AppBench window(nullptr);
  DialogBench b(pictures.folder.path());
  ASSERT_TRUE(b.ready());
  QTest::mouseClick(b.find<QPushButton>("importUse"), Qt::LeftButton);
  window.document.useData(b.dialog->data());
  TrainSettings settings = window.document.settings();
  settings.epochs = 40;
  settings.batch = 8;
  window.document.editSettings(settings);
  window.document.play();
  ASSERT_TRUE(window.waitFor([&] { return window.document.snapshot() && window.document.snapshot()->run == RunState::Finished; }));
  const auto& s = *window.document.snapshot();
  EXPECT_GE(s.history->epochs[s.epochPoints - 1].validationAccuracy, 0.9);
  const QString project = QDir(pictures.folder.path()).filePath(QStringLiteral("p.vitrine"));
  ASSERT_TRUE(window.document.save(project, {}));
  Document again(1);
  again.openProject(project);
  ASSERT_TRUE(QTest::qWaitFor([&] { return !again.isBusy() && again.data(); }, 20000));
  EXPECT_EQ(again.data()->train, window.document.data()->train);
  EXPECT_EQ(again.data()->spec, window.document.data()->spec);
}

TEST(ImageImport, SampleDigitsAreLearnt) {
  AppBench window(nullptr);
  window.trigger("sample_digits");
  ASSERT_TRUE(window.waitFor([&] { return window.document.data() != nullptr; }));
  EXPECT_EQ(window.document.data()->spec.input, (Shape{8, 8, 1}));
  TrainSettings settings = window.document.settings();
  settings.epochs = 8;
  window.document.editSettings(settings);
  window.document.play();
  ASSERT_TRUE(window.waitFor([&] { return window.document.snapshot() && window.document.snapshot()->run == RunState::Finished; }));
  const auto& s = *window.document.snapshot();
  EXPECT_GE(s.history->epochs[s.epochPoints - 1].validationAccuracy, 0.9);
}

// Willem van Schaik's PngSuite: every colour type, depth and interlacing; files whose names begin with x are damaged.
TEST(ImageImport, PngSuiteLoadsAndDamagedFilesAreRefused) {
  installImageDecoder();
  const QDir folder(QStringLiteral(VITRINE_TEST_DATA "/pngsuite"));
  int good = 0, bad = 0;
  for (const QString& name : folder.entryList({QStringLiteral("*.png")})) {
    QFile file(folder.filePath(name));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const Result<DecodedImage> image = imageDecoder()(file.readAll().toStdString(), name.toStdString(), {});
    if (name.startsWith(QLatin1Char('x'))) {
      EXPECT_FALSE(image.ok()) << qPrintable(name);
      ++bad;
    } else {
      EXPECT_TRUE(image.ok()) << qPrintable(name) << (image ? "" : image.error().text());
      if (image) {
        EXPECT_EQ((image->isDeep() ? image->numbers.size() : image->values.size()), static_cast<std::size_t>(image->height * image->width * image->channels)) << qPrintable(name);
      }
      ++good;
    }
  }
  EXPECT_EQ(good, 161);
  EXPECT_EQ(bad, 14);
}

}  // namespace
}  // namespace vitrine
