#pragma once

#include <QComboBox>
#include <QMenu>
#include <memory>
#include <vector>

#include "app/explain_workspace.h"
#include "core/base/random.h"
#include "tests/app/app_bench.h"

namespace vitrine::test {

/// Two classes of 10 × 10 images: a bright square at the left or at the right, in noise.
inline DatasetPtr squares() {
  constexpr int kSide = 10, kCount = 80;
  Rng rng(3, Stream::Test);
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> classes;
  for (int i = 0; i < kCount; ++i) {
    classes.push_back(i % 2);
    for (int y = 0; y < kSide; ++y)
      for (int x = 0; x < kSide; ++x) {
        const bool inside = y >= 3 && y < 7 && (i % 2 == 0 ? x >= 1 && x < 4 : x >= 6 && x < 9);
        pixels.push_back(static_cast<std::uint8_t>((inside ? 200 : 20) + rng.below(40)));
      }
  }
  auto data = std::make_shared<Dataset>(*imagesFromBytes("squares", {kSide, kSide, 1}, std::move(pixels), std::move(classes), 2));
  for (int i = 0; i < 20; ++i) data->validation.push_back(i);
  data->train.erase(data->train.begin(), data->train.begin() + 20);
  return data;
}

/// Prices in hundreds of thousands, which the network learns standardised.
inline DatasetPtr prices() {
  constexpr int kRows = 60;
  auto data = std::make_shared<Dataset>();
  data->name = "houses";
  data->spec.input = {3};
  data->spec.task = Task::Regression;
  data->spec.outputs = 1;
  data->featureNames = {"rooms", "area", "age"};
  data->targetName = "price";
  data->targetScaling.mean = {200000};
  data->targetScaling.deviation = {60000};
  Rng rng(5, Stream::Test);
  std::vector<float> values;
  for (int i = 0; i < kRows; ++i) {
    for (int f = 0; f < 3; ++f) values.push_back(static_cast<float>(rng.normal()));
    data->targets.push_back(200000 + 50000 * values[values.size() - 3] - 20000 * values.back());
    (i < 20 ? data->validation : data->train).push_back(i);
  }
  data->inputs = Samples::fromFloats({3}, std::move(values));
  return data;
}

struct ExplainBench : AppBench {
  ExplainWorkspace* explain = nullptr;
  explicit ExplainBench(const char* generator = "gaussians", QSize size = {1400, 900}) : AppBench(generator, size) {
    explain = window.findChild<ExplainWorkspace*>();
    window.setWorkspace(MainWindow::Explain);
  }
  WallView* wall() { return explain->wall(); }
  int cells(WallCell::State state) {
    int n = 0;
    for (const WallSample& s : wall()->data().samples)
      for (const WallCell& c : s.cells) n += c.state == state;
    return n;
  }
  /// Every map and every check is there.
  bool settled() {
    return waitFor([&] { return !wall()->isEmpty() && !explain->model().busy() && !explain->model().stale() && cells(WallCell::State::Waiting) == 0; });
  }
  bool openIris() {
    window.openPath(QStringLiteral(VITRINE_TEST_DATA "/iris.csv"));
    return waitFor([&] { return !document.isBusy() && document.data(); }) && settled();
  }
  void choose(const char* combo, const QString& text) {
    auto* box = find<QComboBox>(combo);
    const int i = box->findText(text);
    ASSERT_GE(i, 0) << qPrintable(text);
    box->setCurrentIndex(i);
    emit box->activated(i);
  }
  /// Types a number into a field of the settings that a button opens.
  void setInPopup(const char* button, const char* field, const QString& text) {
    click(button);
    QFrame* popup = nullptr;
    for (QFrame* f : explain->findChildren<QFrame*>(QStringLiteral("explainSettings")))
      if (f->isVisible()) popup = f;
    ASSERT_TRUE(popup);
    auto* edit = popup->findChild<QLineEdit*>(QString::fromLatin1(field));
    ASSERT_TRUE(edit) << field;
    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, text);
    QTest::keyClick(edit, Qt::Key_Return);
    popup->close();
  }
  /// Runs an entry of a menu that is filled when it opens.
  void menuAction(const char* menuName, const QString& action) {
    auto* menu = find<QMenu>(menuName);
    ASSERT_TRUE(menu);
    emit menu->aboutToShow();
    auto* a = menu->findChild<QAction*>(action);
    ASSERT_TRUE(a) << qPrintable(action);
    ASSERT_TRUE(a->isEnabled()) << qPrintable(a->text());
    a->trigger();
  }
};

}  // namespace vitrine::test
