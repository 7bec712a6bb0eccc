// The wall's heads: their menus, and how they stay in sight.
#include <gtest/gtest.h>

#include <QScrollArea>
#include <QScreen>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/figures.h"
#include "tests/widgets/walls.h"
#include "widgets/explain/wall_heads.h"

namespace vitrine {
namespace {

using namespace test;

QPoint headOf(const WallView& view, int method) { return {static_cast<int>(view.cellRect(0, method).center().x()), 10}; }

TEST(Wall, ARightClickOnAHeadOpensItsMenu) {
  WallView view;
  view.resize(700, 500);
  view.setData(smallWall());
  view.show();
  QSignalSpy menu(&view, &WallView::methodMenuRequested);
  const auto rightClick = [&](QPoint at) {
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, view.mapToGlobal(at));
    QApplication::sendEvent(&view, &event);
    return event.isAccepted();
  };
  EXPECT_TRUE(rightClick(headOf(view, 1)));
  ASSERT_EQ(menu.size(), 1);
  EXPECT_EQ(menu[0][0].toInt(), 1);
  EXPECT_FALSE(rightClick(view.cellRect(0, 0).center().toPoint()));  // the panel's
  EXPECT_EQ(menu.size(), 1);
}

TEST(Wall, NumbersAreReadAsComputedHoweverSmoothTheMap) {
  WallView view;
  view.resize(700, 500);
  view.setData(smallWall());
  const QRectF cell = view.cellRect(0, 0);
  const QPointF at = cell.topLeft() + QPointF(cell.width() * 0.25, cell.height() * 0.75);
  QMouseEvent move(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
  QApplication::sendEvent(&view, &move);
  const QString before = view.readingAt(0, 1);
  WallLook look;
  look.map.blur = 1.5;
  const QImage sharp = view.grab().toImage();
  view.setLook(look);
  EXPECT_NE(view.grab().toImage(), sharp);
  EXPECT_EQ(view.readingAt(0, 1), before);
  EXPECT_TRUE(view.readoutAt(at).contains(QStringLiteral("second  20"))) << qPrintable(view.readoutAt(at));
}

/// What stands on the screen: a widget that is grabbed is painted otherwise than one that is seen.
QImage seen(QWidget* w) {
  QTest::qWait(20);
  return w->screen()->grabWindow(w->window()->winId()).toImage().copy(QRect(w->mapTo(w->window(), QPoint()), w->size()));
}

struct ScrolledWall {
  QScrollArea area;
  WallView* view = new WallView;
  QWidget* heads = nullptr;

  explicit ScrolledWall(WallData data) {
    QPalette paper = area.palette();
    for (const QPalette::ColorRole role : {QPalette::Window, QPalette::Base}) paper.setColor(role, theme().panel);
    area.setPalette(paper);
    area.setWidgetResizable(true);
    area.setFrameShape(QFrame::NoFrame);
    area.setWidget(view);
    view->setAutoFillBackground(false);
    pinWallHeads(&area, view);
    heads = area.viewport()->findChild<QWidget*>(QStringLiteral("wallHeads"));
    view->setData(std::move(data));
    area.resize(260, 300);
    area.show();
    QTest::qWait(1);
  }
};

WallData manySamples() {
  WallData d = smallWall();
  for (int m = 2; m < 5; ++m) {
    d.methods.push_back(d.methods[0]);
    d.methods.back().name = QStringLiteral("method %1").arg(m);
    for (WallSample& s : d.samples) s.cells.push_back(s.cells[0]);
  }
  while (d.samples.size() < 12) d.samples.push_back(d.samples[0]);
  return d;
}

TEST(WallHeads, StayInSightWhileTheWallScrolls) {
  ScrolledWall w(manySamples());
  ASSERT_NE(w.heads, nullptr);
  EXPECT_TRUE(w.heads->isHidden());
  const QSize head = w.view->headSize().toSize();
  const QImage top = seen(w.area.viewport());
  ASSERT_GT(w.area.verticalScrollBar()->maximum(), 100);
  ASSERT_GT(w.area.horizontalScrollBar()->maximum(), 100);
  w.area.verticalScrollBar()->setValue(100);
  EXPECT_TRUE(w.heads->isVisible());
  const QRect strip(0, 0, w.area.viewport()->width(), head.height() - 1);
  EXPECT_EQ(seen(w.area.viewport()).copy(strip), top.copy(strip));
  const QImage down = seen(w.area.viewport());
  w.area.horizontalScrollBar()->setValue(90);
  const QImage both = seen(w.area.viewport());
  const QRect corner(0, 0, head.width() - 1, head.height() - 1);
  EXPECT_EQ(both.copy(corner), top.copy(corner));
  // The inputs are those of the rows beside them.
  const QRect column(0, head.height() + 2, head.width() - 1, 120);
  EXPECT_EQ(both.copy(column), down.copy(column));
  w.area.verticalScrollBar()->setValue(0);
  w.area.horizontalScrollBar()->setValue(0);
  EXPECT_TRUE(w.heads->isHidden());
  // Other data, another theme: what is painted once more follows.
  w.area.verticalScrollBar()->setValue(100);
  const QImage before = seen(w.area.viewport()).copy(strip);
  WallData d = manySamples();
  d.methods[0].name = QStringLiteral("other");
  w.view->setData(d);
  EXPECT_NE(seen(w.area.viewport()).copy(strip), before);
}

TEST(WallHeads, ArePressedAsTheWallIs) {
  ScrolledWall w(manySamples());
  w.area.verticalScrollBar()->setValue(150);
  w.area.horizontalScrollBar()->setValue(80);
  QSignalSpy menu(w.view, &WallView::methodMenuRequested), sample(w.view, &WallView::sampleClicked);
  const QPoint at(static_cast<int>(w.view->cellRect(0, 1).center().x()) - 80, 10);
  ASSERT_TRUE(w.heads->mask().contains(at));
  QTest::mouseClick(w.heads, Qt::LeftButton, {}, at);
  ASSERT_EQ(menu.size(), 1);
  EXPECT_EQ(menu[0][0].toInt(), 1);
  // Its menu opens below the head that was pressed, not below the one that is out of sight.
  const QPoint opens = w.area.viewport()->mapFromGlobal(menu[0][1].toPoint());
  EXPECT_NEAR(opens.y(), w.view->headSize().height(), 3);
  EXPECT_NEAR(opens.x(), w.view->cellRect(0, 1).left() - 80, 3);
  QContextMenuEvent right(QContextMenuEvent::Mouse, at, w.heads->mapToGlobal(at));
  QApplication::sendEvent(w.heads, &right);
  EXPECT_EQ(menu.size(), 2);
  const QPointF row = w.view->cellRect(2, 0).center();
  QTest::mouseClick(w.heads, Qt::LeftButton, {}, QPoint(20, static_cast<int>(row.y()) - 150));
  ASSERT_EQ(sample.size(), 1);
  EXPECT_EQ(sample[0][0].toInt(), 2);
}

TEST(WallHeads, AMapChosenByKeyIsNotBelowThem) {
  ScrolledWall w(manySamples());
  w.area.verticalScrollBar()->setValue(static_cast<int>(w.view->cellRect(3, 0).top()));
  emit w.view->cellSelected(3, 0);
  QTest::qWait(1);
  EXPECT_GE(w.view->cellRect(3, 0).top() + w.view->y(), w.view->headSize().height());
}

}  // namespace
}  // namespace vitrine
