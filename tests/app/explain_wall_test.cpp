// What stands around the wall: what it is of, and that all of it can be reached.
#include <gtest/gtest.h>

#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QTemporaryDir>

#include "core/data/npy.h"
#include "core/model/graph.h"
#include "tests/app/explain_bench.h"
#include "widgets/forms/param_form.h"
#include "widgets/maps/matrix_view.h"

namespace vitrine {
namespace {

using namespace test;

TEST(ExplainWall, APanelThatWasPoppedOutComesBackAsItWas) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  auto* panel = b.find<FigurePanel>("panelExplainAgreement");
  auto* home = b.find<QSplitter>("explainTrustSplitter");
  const QList<int> sizes = home->sizes();
  const auto text = [&] {
    const std::unique_ptr<QMenu> menu(panel->createMenu());
    return menu->findChild<QAction*>(QStringLiteral("popOut"))->text();
  };
  const auto press = [&] {
    const std::unique_ptr<QMenu> menu(panel->createMenu());
    menu->findChild<QAction*>(QStringLiteral("popOut"))->trigger();
    QTest::qWait(20);
  };
  EXPECT_EQ(text(), QStringLiteral("Pop out"));
  press();
  EXPECT_NE(panel->window(), &b.window);
  EXPECT_EQ(text(), QStringLiteral("Put back"));
  press();
  EXPECT_EQ(panel->window(), &b.window);
  EXPECT_TRUE(panel->isVisible());
  EXPECT_EQ(home->indexOf(panel), 1);
  EXPECT_EQ(home->sizes(), sizes);
  EXPECT_EQ(text(), QStringLiteral("Pop out"));
}

}  // namespace
}  // namespace vitrine
